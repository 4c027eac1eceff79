import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Announcer, calm, PER_MINUTE, SEEN, sentences } from "../app/announce.js";
import { apply, nothing } from "../app/state.js";
import en from "../app/words/en.js";
import roomWords from "../app/words/room.js";
import { learn, say } from "../app/words/index.js";
import { Clock } from "./clock.js";
import { charter, seats } from "./fixtures.mjs";

learn(en);
learn(roomWords);
const golden = join(dirname(fileURLToPath(import.meta.url)), "golden/announcer.txt");
const all = { turn: true, words: "full", queue: true, room: true, comings: true, care: true };
const hello = {
  t: "hello", v: 1, epoch: "e", seq: 1, now: 0, resume: "r", charter, session: { id: "s", title: "t" },
  me: { you: { seat: "s1", name: "Sam", role: "participant", status: "here", listening: false }, can: {}, notices: [] },
  room: { phase: { name: "opening" }, format: { name: "" }, seats: seats(6), floor: null, next: [], door: "open", held: null, paused: null }, care: null,
};

/** A browser that only listens. */
function listener(wants = all) {
  const clock = new Clock();
  const heard = [];
  const voice = (how) => (text) => heard.push({ at: clock.now(), how, text });
  const announcer = new Announcer({ now: clock.now, after: clock.after, polite: voice("polite"), assertive: voice("assertive") });
  let known = apply(nothing, hello);
  let seq = 1;
  const frame = (f) => {
    const whole = { seq: ++seq, prev: seq - 1, ...f };
    const after = apply(known, whole, { same: true });
    announcer.say(sentences(whole, known, after, wants));
    known = after;
  };
  return {
    clock, heard, announcer,
    on: (kind, more = {}, set = undefined, to = "room") => frame({ t: "set", to, set, on: [{ kind, ...more }] }),
    raw: (f) => frame(f),
    set: (set, to = "room") => frame({ t: "set", to, set }),
    words: (seat, text, kind = "share", more = {}) => frame({ t: "words", to: "room", id: `w${seq}`, kind, seat, text, at: 0, ...more }),
  };
}

test("a session as it is heard", () => {
  const l = listener();
  const step = (ms, play) => { play(); l.clock.move(ms); };
  step(3000, () => l.on("phase", { value: "check-in" }, { phase: { name: "check-in" } }));
  step(3000, () => l.on("format", { value: "go-round" }, { format: { name: "go-round" }, next: ["s3", "s1"] }));
  step(3000, () => l.on("floor", { seat: "s3" }, { floor: { turn: 1, seat: "s3", stage: "speaking" }, next: ["s1", "s4"] }));
  step(3000, () => l.words("s3", "It has been a long week."));
  step(400, () => l.words("s3", "My sister called."));
  step(400, () => l.words("s3", "We did not argue."));
  step(3000, () => l.words("s3", "I do not know what to do with that."));
  step(3000, () => { l.on("floor-free", {}, { floor: null }); l.on("offer", {}, { offer: { turn: 2 } }, "me"); });
  step(3000, () => l.on("floor", { seat: "s1" }, { floor: { turn: 2, seat: "s1", stage: "speaking" }, next: ["s4"] }));
  step(3000, () => l.words("s1", "My own words are not read to me."));
  step(3000, () => l.on("cue", { value: "minute" }, {}, "me"));
  step(3000, () => l.on("entered", { seat: "s4" }));
  step(3000, () => l.on("entered", { seat: "s1" }));
  step(3000, () => l.words("s5", "Could we leave the advice?", "nudge", { to: "me", id: "n1" }));
  step(3000, () => l.on("notice", {}, { notices: [{ id: "n1", kind: "nudge", level: 1 }] }, "me"));
  step(3000, () => l.words("s5", "Are you all right?", "line", { to: "me", with: "s1" }));
  step(3000, () => l.on("remind", { principle: "choice" }));
  step(3000, () => l.on("reconnecting", { seat: "s6" }));
  step(3000, () => l.on("lead-changed", { seat: "s5", was: "s2" }));
  step(3000, () => l.on("paused", {}, { paused: { ends: 1 } }));
  step(3000, () => l.on("carry-on", {}, { paused: null }));
  step(3000, () => l.on("removed", { seat: "s6", name: "Edith" }, { seats: seats(5) }));
  step(3000, () => l.on("words-hidden"));
  step(3000, () => l.on("held", {}, { held: { why: "no-facilitator" } }));
  step(3000, () => l.on("held", {}, { held: { why: "restart" } }));
  step(3000, () => l.on("left", { seat: "s4", name: "Tomasz" }));
  const transcript = `${l.heard.map((h) => `${String(h.at / 1000).padStart(6)} ${h.how.padEnd(9)} ${h.text}`).join("\n")}\n`;
  if (process.env.GOLDEN) writeFileSync(golden, transcript);
  assert.equal(transcript, readFileSync(golden, "utf8"));
});

test("polite sentences are a second or more apart", () => {
  const l = listener();
  for (let i = 0; i < 40; i++) { l.words("s3", `words ${i}`); l.clock.move(130); }
  l.clock.move(5000);
  for (let i = 1; i < l.heard.length; i++) assert.ok(l.heard[i].at - l.heard[i - 1].at >= 1000, `${l.heard[i - 1].at} and ${l.heard[i].at}`);
});

test("a busy room of twelve is told in at most twenty sentences a minute, and nothing is lost", () => {
  const l = listener();
  for (let i = 0; i < 600; i++) {
    if (i % 3 === 0) l.words(`s${2 + (i % 4)}`, `words ${i}`);
    if (i % 5 === 0) l.on("floor", { seat: "s3" }, { next: ["s4"] });
    if (i % 7 === 0) l.on("entered", { seat: "s4" });
    l.clock.move(300);
  }
  l.clock.move(70_000);
  for (const h of l.heard) {
    const inMinute = l.heard.filter((x) => x.at >= h.at && x.at < h.at + 60_000).length;
    assert.ok(inMinute <= PER_MINUTE, `${inMinute} in the minute from ${h.at}`);
  }
  const told = l.heard.flatMap((h) => [...h.text.matchAll(/(\d+) new message|: words \d/g)]).reduce((n, m) => n + (m[1] ? Number(m[1]) : 1), 0);
  assert.equal(told, 200);
});

test("it can be your turn: once, at once, whatever else waits", () => {
  const l = listener();
  for (let i = 0; i < 20; i++) l.words("s3", `words ${i}`);
  l.on("offer", {}, { offer: { turn: 2 } }, "me");
  assert.deepEqual(l.heard.map((h) => [h.at, h.how]), [[0, "assertive"]]);
  l.clock.move(60_000);
  assert.equal(l.heard.filter((h) => h.how === "assertive").length, 1);
});

test("a node out of reach is told once, however often connections begin anew, and so is its return", () => {
  const l = listener();
  const apart = (on) => l.raw({ t: "apart", on });
  const again = () => l.raw({ t: "resumed", v: 1, epoch: "e" });
  apart(true);
  l.clock.move(5000);
  again(); apart(true);
  l.clock.move(5000);
  l.raw({ ...hello, seq: 9 }); apart(true);
  l.clock.move(5000);
  assert.deepEqual(l.heard.map((h) => [h.how, h.text]), [["polite", say("spoken.apart")]]);
  again();
  l.clock.move(5000);
  assert.equal(l.heard[1].text, say("spoken.whole"), "well again unseen, while this browser was away");
  apart(true); apart(false);
  l.clock.move(5000);
  assert.equal(l.heard.length, 2, "a moment's gap is not worth a word");
  apart(true);
  l.clock.move(5000);
  assert.equal(l.heard[2].text, say("spoken.apart"));
});

test("a connection that breaks for a moment is not spoken of, a longer break twice: broken, and mended", () => {
  const l = listener();
  const link = (on) => l.announcer.say([{ kind: "link", text: on ? "lost" : "found", on }]);
  link(true); link(false);
  l.clock.move(5000);
  assert.deepEqual(l.heard, []);
  link(true);
  l.clock.move(5000);
  link(false);
  l.clock.move(5000);
  assert.deepEqual(l.heard.map((h) => h.text), ["lost", "found"]);
});

test("each kind can be switched off", () => {
  const quiet = listener({ turn: false, words: "off", queue: false, room: false, comings: false, care: false });
  quiet.words("s3", "words");
  for (const kind of ["offer", "cue", "floor", "phase", "entered", "remind", "held", "paused"]) quiet.on(kind, { seat: "s3", value: "minute", principle: "choice" }, { next: ["s3"] });
  quiet.raw({ t: "apart", on: true });
  quiet.clock.move(60_000);
  assert.deepEqual(quiet.heard, []);
  quiet.words("s5", "A private word is never silent.", "line", { to: "me", with: "s1" });
  quiet.clock.move(5000);
  assert.equal(quiet.heard.length, 1);
});

test("the count says no words", () => {
  const l = listener({ ...all, words: "count" });
  l.words("s3", "secret");
  l.clock.move(5000);
  assert.deepEqual(l.heard.map((h) => h.text), ["1 new message"]);
});

// U04: what concerns everybody is both heard and seen.
const concerns = {
  removed: { seat: "s6", name: "Edith" }, "words-hidden": {}, "lead-changed": { seat: "s5", was: "s2" }, "carry-on": {}, door: { value: "locked" },
};
test("everything that is said of the room can be seen as well, and what has no place of its own is a line in the same words", () => {
  const kinds = Object.keys(en).filter((k) => k.startsWith("spoken.")).map((k) => k.split(".")[1].split("_")[0]);
  const notHappenings = ["words", "count", "reply", "process", "line", "nudge", "next", "apart", "whole", "lost", "found", "restart"];
  for (const kind of new Set(kinds)) assert.ok(kind in SEEN || notHappenings.includes(kind), `${kind} is heard and nobody has said where it is seen`);
  assert.deepEqual(Object.keys(SEEN).filter((k) => SEEN[k] === "line").sort(), Object.keys(concerns).sort());
  const before = apply(nothing, hello);
  for (const [kind, more] of Object.entries(concerns)) {
    const frame = { t: "set", to: "room", seq: 2, prev: 1, set: {}, on: [{ kind, ...more }] };
    const heard = sentences(frame, before, before, all).map((s) => s.text);
    const seen = calm(frame, before, before, 5).map((l) => l.text);
    assert.deepEqual(seen, heard, kind);
    assert.ok(seen[0].length > 5 && !seen[0].startsWith("spoken."), kind);
  }
});

// U25: words of the room do not stay in the page.
test("what was taken back or is over is not left to be read", () => {
  const l = listener();
  l.words("s3", "Something private.");
  l.clock.move(300);
  l.words("s3", "And more.");
  l.announcer.clear();
  l.clock.move(60_000);
  assert.deepEqual(l.heard.slice(-2).map((h) => h.text), ["", ""]);
  assert.ok(!l.heard.some((h) => h.text.includes("And more.")));
});
