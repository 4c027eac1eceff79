// Scenes for looking at every screen: one hello each, and the frames after it.
import { readFileSync } from "node:fs";

/** As package room gives them. */
export const tables = JSON.parse(readFileSync(new URL("../../room/testdata/tables.json", import.meta.url), "utf8"));
const now = () => Date.now();
const min = 60_000;

export const charter = {
  number: 1, digest: "c0ffee",
  lines: [
    ["safety", "Safety and trust", "This is a place to look after each other. What people share here stays with us, and nobody records it. Find a private spot if you can. If a life may be in danger, we follow the help plan that we have all read."],
    ["honesty", "Honesty", "We speak from our own lives and say what is true for us. “I don’t know” and “I’d rather not say” are honest answers too."],
    ["positivity", "Positivity", "We leave room for hope, even on days when it is hard to find. That never means putting on a brave face."],
    ["reciprocity", "Reciprocity", "We give and we receive, and it does not have to even out every week. Quiet listening is a gift as well."],
    ["loyalty", "Loyalty", "We stand by one another. We do not talk about people who are not in the room."],
    ["equality", "Equality", "Nobody here is in charge of anyone else’s life, and that includes the facilitators. Every voice counts the same."],
    ["stigma", "Mitigating stigma", "We see a whole person before any label. If something stings, we name it gently and learn from it."],
    ["goals", "Person-centred goals", "Your goals belong to you. They can be as small as a short walk or as big as a fresh start."],
    ["independence", "Independence", "We trust you to run your own life. We share what helped us, and we do not tell you what to do."],
    ["empowerment", "Empowerment", "You are the expert on being you. We ask before we offer ideas."],
    ["recovery", "Recovery", "There are many ways to heal. Slips and bad weeks are part of the road. You are welcome on all of those days."],
    ["choice", "Choice", "You can talk, pass, just listen, take a break or leave, and you never have to explain why."],
  ].map(([principle, title, text]) => ({ principle, title, text })),
};

export const helplines = [
  { region: "GB", name: "Samaritans", call: "116 123", hours: "Day and night", languages: ["English", "Welsh"], cost: "Free", for: "Anybody who finds it hard to cope", checked: "2026-10-02" },
  { region: "GB", name: "Shout", text: "85258", hours: "Day and night", languages: ["English"], cost: "Free", for: "Anybody who would rather text", checked: "2026-10-02" },
  { region: "US", name: "988 Lifeline", call: "988", text: "988", chat: "https://988lifeline.org/chat/", hours: "Day and night", languages: ["English", "Spanish"], cost: "Free", checked: "2026-10-02" },
];

const people = [
  ["s1", "Sam", "participant"], ["s2", "Ana", "lead"], ["s3", "Priya", "participant"], ["s4", "Tomasz", "participant"],
  ["s5", "Wren", "wellbeing"], ["s6", "ليلى", "participant"], ["s7", "Bo", "participant"], ["s8", "Maximiliana", "participant"],
  ["s9", "Kit", "trainee"], ["s10", "Noor", "participant"], ["s11", "Jo", "participant"], ["s12", "Edith", "participant"],
];
export const seats = (n, states = {}) => people.slice(0, n).map(([seat, name, role]) => ({ seat, name, role, state: states[seat] || "here" }));

const me = (over = {}) => {
  const { you, ...rest } = over;
  return {
    line: { open: true, seat: "s5" },
    you: { seat: "s1", name: "Sam", role: "participant", status: "here", listening: false, needs: [], answer: "agree", ...you },
    door: { state: "open", greeted: false, ready: true, closed: false },
    offer: null, turn: null, can: {}, quiet: null, notices: [], swap_asked: false, ...rest,
  };
};
const room = (over = {}) => ({
  phase: { name: "check-in", minutes: 20, planned: "go-round", next: "main" }, format: { name: "go-round" },
  seats: seats(12, { s7: "reconnecting", s10: "out" }), floor: { turn: 4, seat: "s3", stage: "speaking" }, next: ["s4", "s6"],
  door: "open", held: null, paused: null, ...over,
});
const care = (over = {}) => ({
  lead: "s2", wellbeing: "s5", alone: false,
  waiting: [
    { seat: "w1", name: "Robin", role: "participant", listening: true, needs: ["more-time"], greeted: false, concern: true, open: false, knocks: false, admitted: false, lost: false },
    { seat: "w2", name: "Alex", role: "participant", listening: false, greeted: true, concern: false, open: true, claims: "s4", knocks: true, admitted: false, lost: true },
  ],
  clock: { seat: "s3", soft: now() - min, over: true },
  people: [
    { seat: "s1", listening: false, concern: false }, { seat: "s3", listening: false, needs: ["more-time"], concern: false },
    { seat: "s4", listening: true, concern: true }, { seat: "s6", listening: false, needs: ["interpreter", "breaks"], concern: false, quiet_until: now() + 4 * min },
    { seat: "s7", listening: false, concern: false }, { seat: "s8", listening: true, concern: false }, { seat: "s10", listening: false, concern: false, out_since: now() - 4 * min },
  ],
  removal: null, break: true, rounds: false, phase_ends: now() + 9 * min, ready: true, ...over,
});

const hello = (m, r = null, c = null) => ({
  t: "hello", v: 1, epoch: "e1", seq: 41, now: now(), resume: "r1",
  session: { id: "x", title: "Tuesday group", start: now() - 12 * min, minutes: 90, contact: "tuesday@example.org", policy: "ask-first", region: "GB" },
  ...tables, charter, me: m, room: r, care: c,
});

const said = [
  ["share", "s2", "Welcome, everyone. Let us go round once. Say how you are today, in as many or as few words as you like. Passing is fine."],
  ["process", "s5", "The kettle is on in the corner of your screen. Step out whenever you need to."],
  ["share", "s12", "I slept badly again, but I made it to the shop this morning and bought the good bread."],
  ["share", "s1", "I nearly did not come. I am glad I did."],
  ["share", "s3", "It has been a long week.\nMy sister called, and for once we did not argue. I kept waiting for it to go wrong, and it did not."],
  ["share", "s3", "I do not really know what to do with that yet."],
];
export const words = (list = said, from = 41) => list.map(([kind, seat, text, over], i) => ({
  t: "words", to: over?.to || "room", seq: from + 1 + i, prev: over?.to === "me" || i === 0 ? from : from + i, id: over?.id || `w${i}`, kind, seat, text, at: now() - (list.length - i) * 9000, ...over,
}));
const can = (c) => ({ can: c });

export const scenes = {
  door: { hello: hello(me({ you: { status: "door", name: "" }, door: { state: "open", greeted: false, ready: false, closed: false } })) },
  "door-changed": { hello: hello(me({ you: { status: "door", name: "Sam", why: "charter-changed" } })) },
  lobby: { hello: hello(me({ you: { status: "waiting" }, door: { state: "open", greeted: false, ready: false, closed: false } })) },
  "lobby-greeted": {
    hello: hello(me({ you: { status: "waiting", listening: true }, door: { state: "knock", greeted: true, ready: true, closed: false } })),
    frames: words([["line", "s5", "Hello Sam, good to see you. We are in the middle of a round. I will let you in at the next pause.", { to: "me", with: "s1" }]]),
  },
  listening: { hello: hello(me(), room()), frames: words() },
  offer: { hello: hello(me({ offer: { turn: 5, until: now() + 40_000 } }), room({ floor: null, next: ["s4", "s6", "s8"] })), frames: words() },
  "my-turn": { hello: hello(me({ turn: { turn: 5, stage: "speaking", soft: now() + min, cue: "minute", invite: "hear" }, ...can({ share: true, invite: true }) }), room({ phase: { name: "main", next: "closing" }, floor: { turn: 5, seat: "s1", stage: "speaking" } })), frames: words() },
  moment: { hello: hello(me({ turn: { turn: 5, stage: "moment", cue: "", invite: "hear" } }), room({ floor: { turn: 5, seat: "s1", stage: "moment" } })), frames: words() },
  passed: { hello: hello(me(can({ undo_pass: true })), room({ floor: null })), frames: words() },
  queue: { hello: hello(me(can({ hand: true })), room({ phase: { name: "main" }, format: { name: "queue" }, seats: seats(7), next: ["s3", "s7"], floor: null })), frames: words() },
  open: { hello: hello(me(can({ share: true, rounds: true, from: now() + 20_000 })), room({ phase: { name: "main" }, format: { name: "open", pace: 20 }, floor: null, next: [] })), frames: words() },
  replies: { hello: hello(me(can({ share: true, reply: true })), room({ phase: { name: "main" }, floor: { turn: 4, seat: "s3", stage: "replies", invite: "me-too", replies: 3 } })), frames: [...words(), ...words([["reply", "s4", "I know that waiting for it to go wrong. Me too.", { id: "r1", seq: 48, prev: 47 }]], 47)] },
  notices: {
    hello: hello(me({
      quiet: { until: now() + 5 * min, principle: "safety", reason: "hurtful" },
      notices: [{ id: "n1", kind: "nudge", level: 1, principle: "independence" }, { id: "n2", kind: "quiet", level: 3, principle: "safety", reason: "hurtful", until: now() + 5 * min }],
    }), room()),
    frames: [...words(), { t: "words", to: "me", seq: 48, prev: 41, id: "n1", kind: "nudge", seat: "s5", text: "Hi Sam. Could we leave the advice for later? I know that you mean well.", at: now() }],
  },
  held: { hello: hello(me(), room({ held: { why: "no-facilitator", closes: now() + 9 * min }, floor: null, next: [] })), frames: words() },
  restart: { hello: hello(me(), room({ held: { why: "restart" }, floor: null })) },
  paused: { hello: hello(me(), room({ paused: { ends: now() + min } })), frames: words() },
  silence: { hello: hello(me(), room({ format: { name: "silence", ends: now() + min }, floor: null, next: [] })), frames: words() },
  small: { hello: hello(me(), room({ seats: seats(4), floor: { turn: 1, seat: "s3", stage: "speaking" }, next: ["s1"] })), frames: words().slice(0, 2) },
  lost: { hello: hello(me({ turn: { turn: 5, stage: "speaking", cue: "", invite: "hear" }, ...can({ share: true }) }), room({ floor: { turn: 5, seat: "s1", stage: "speaking" } })), frames: words(), cut: true, draft: "I was just about to say" },
  apart: { hello: hello(me(can({ hand: true })), room({ phase: { name: "main" }, format: { name: "queue" } })), frames: [...words(), { t: "apart", on: true }] },
  unsaved: { hello: hello(me({ turn: { turn: 5, stage: "speaking", cue: "", invite: "hear" }, ...can({ share: true }) }), room({ floor: { turn: 5, seat: "s1", stage: "speaking" } })), frames: words(), draft: "I was just about to say", no: "unavailable", press: "Share" },
  "unsaved-hand": { hello: hello(me(can({ hand: true })), room({ phase: { name: "main" }, format: { name: "queue" }, floor: null })), frames: words(), no: "unavailable", press: "Raise my hand" },
  "unsaved-care": { hello: hello(me({ you: { seat: "s2", name: "Ana", role: "lead" }, ...can({ process: true }) }), room(), care()), frames: [...words(), { t: "apart", on: true }], seat: "s2", tools: true, no: "unavailable", press: "More time" },
  refused: { hello: hello(me({ turn: { turn: 5, stage: "speaking", cue: "", invite: "hear" }, ...can({ share: true }) }), room({ floor: { turn: 5, seat: "s1", stage: "speaking" } })), frames: words(), draft: "I was just about to say", no: "not-your-turn", press: "Share" },
  out: { hello: hello(me({ you: { status: "out" } })) },
  trainee: { hello: hello(me({ you: { seat: "s9", name: "Kit", role: "trainee" } }), room()), frames: words(), seat: "s9" },
  lead: { hello: hello(me({ you: { seat: "s2", name: "Ana", role: "lead" }, ...can({ process: true }) }), room(), care()), frames: words(), seat: "s2", tools: true },
  wellbeing: { hello: hello(me({ you: { seat: "s5", name: "Wren", role: "wellbeing" }, ...can({ process: true }), swap_asked: true }), room({ floor: null }), care({ alone: true, swap: "s2", rounds: true, removal: { seat: "s8", by: "s2", principle: "safety", reason: "harassment" } })), frames: words(), seat: "s5", tools: true },
  left: { hello: hello(me({ you: { status: "left", why: "left" } })) },
  removed: { hello: hello(me({ you: { status: "removed" }, notices: [{ id: "n3", kind: "removed", level: 5, principle: "safety", reason: "harassment", urgent: true }] })) },
  closed: { hello: hello(me({ you: { seat: "s2", role: "lead", status: "left", why: "closed" }, door: { state: "open", greeted: true, ready: true, closed: true } })), seat: "s2" },
  moved: { close: 4410, hello: hello(me({ you: { status: "left", why: "moved" } })) },
  revoked: { close: 4410 },
  replaced: { close: 4009, hello: hello(me(), room()) },
};

const staff = { you: { seat: "s2", name: "Ana", role: "lead" }, ...can({ process: true }) };
const waits = (over, door = {}) => hello(me({ you: { status: "waiting", ...over }, door: { state: "open", greeted: false, ready: true, closed: false, ...door } }));
/** Further states, for what each screen promises. */
Object.assign(scenes, {
  "line-nobody": { hello: hello(me({ line: { open: false } }), room()) },
  "lobby-concern": { hello: waits({ answer: "concern", listening: true }) },
  "lobby-locked": { hello: waits({}, { state: "locked" }) },
  "lobby-knock": { hello: waits({}, { state: "knock" }) },
  "lobby-ready": { hello: waits({}) },
  "lobby-sent-back": { hello: hello(me({ you: { status: "waiting", why: "sent-back" }, notices: [{ id: "n5", kind: "sent-back", level: 0 }] })) },
  "out-quiet": { hello: hello(me({ you: { status: "out" }, quiet: { until: now() + 5 * min, principle: "safety", reason: "hurtful" } })) },
  "quiet-now": { hello: hello(me({ quiet: { until: now() + 5 * min, principle: "safety", reason: "hurtful" } }), room()), frames: words() },
  "lobby-admitted": { hello: waits({ status: "admitted" }, { greeted: true }) },
  "offer-again": { hello: hello(me({ offer: { turn: 5, again: true } }), room({ floor: null })), frames: words() },
  kept: { hello: hello(me(can({ undo_pass: true, kept: true })), room({ floor: null })), frames: words() },
  "hand-up": { hello: hello(me(can({ hand_up: true })), room({ format: { name: "queue" }, floor: null })), frames: words() },
  "my-replies": { hello: hello(me({ turn: { turn: 5, stage: "replies", cue: "", invite: "ideas" } }), room({ floor: { turn: 5, seat: "s1", stage: "replies", invite: "ideas", replies: 3 } })), frames: words() },
  "paused-me": { hello: hello(me({ notices: [{ id: "n4", kind: "pause", level: 2, principle: "safety" }] }), room({ paused: { ends: now() + min } })), frames: words() },
  "paused-mine": { hello: hello(me({ turn: { turn: 5, stage: "speaking", cue: "", invite: "hear" } }), room({ floor: { turn: 5, seat: "s1", stage: "speaking" }, paused: { ends: now() + min } })), frames: words() },
  reminded: { hello: hello(me(), room()), frames: [...words(), { t: "set", to: "room", seq: 48, prev: 47, set: {}, on: [{ kind: "remind", principle: "loyalty" }] }] },
  written: { hello: hello(me(), room()), frames: [...words(), { t: "words", to: "me", seq: 48, prev: 41, id: "l1", kind: "line", seat: "s5", with: "s1", text: "Are you all right?", at: now() }] },
  "lead-closing": { hello: hello(me(staff), room({ phase: { name: "closing", next: "after-care" }, format: { name: "" }, floor: null, next: [] }), care()), seat: "s2", tools: true },
  "lead-wrote": { hello: hello(me(staff), room(), care({ wrote: [{ seat: "s7", name: "Bo", gone: false }] })), seat: "s2", tools: true },
  "lead-open": { hello: hello(me(staff), room({ format: { name: "open", pace: 20 }, floor: null, next: [] }), care()), seat: "s2", tools: true },
  "lead-locked": { hello: hello(me(staff), room({ door: "locked" }), care()), seat: "s2", tools: true },
  "lead-admitted": { hello: hello(me(staff), room(), care({ waiting: [{ seat: "w3", name: "Remy", role: "participant", listening: false, greeted: true, concern: false, open: false, knocks: false, admitted: true, lost: false }] })), seat: "s2", tools: true },
  "lead-replies": { hello: hello(me(staff), room({ floor: { turn: 4, seat: "s3", stage: "replies", invite: "ideas", replies: 2 } }), care()), seat: "s2", tools: true },
  "wellbeing-held": { hello: hello(me({ you: { seat: "s5", name: "Wren", role: "wellbeing" } }), room({ held: { why: "no-facilitator" }, floor: null, next: [] }), care()), seat: "s5", tools: true },
  drafted: { hello: scenes.refused.hello, frames: words(), draft: "I was just about to say" },
  device: { close: 4401 },
});
