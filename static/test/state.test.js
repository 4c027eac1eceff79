import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { ending, facilitates, formatNow, mayDo, powersOf, screenOf } from "../app/known.js";
import { apply, forget, giveBack, isUnsaved, nothing } from "../app/state.js";

const vectors = join(dirname(fileURLToPath(import.meta.url)), "../../room/testdata/vectors");
const you = (status, more = {}) => ({ seat: "a", role: "participant", status, listening: false, ...more });
const me = (status, more) => ({ you: you(status, more), door: { state: "open", greeted: false, ready: true, closed: false }, offer: null, turn: null, can: {}, quiet: null, notices: [] });
const room = (more = {}) => ({ phase: { name: "main" }, format: { name: "open" }, seats: [], floor: null, next: [], door: "open", held: null, paused: null, ...more });
const hello = (more = {}) => ({ t: "hello", v: 1, epoch: "e1", seq: 5, now: 0, resume: "r", session: { id: "s" }, charter: { number: 1, digest: "d", lines: [] }, me: me("here"), room: room(), care: null, ...more });
const words = (id, more = {}) => ({ t: "words", to: "room", seq: 6, prev: 5, id, kind: "share", seat: "b", text: "words", at: 1, ...more });
const play = (frames, known = nothing) => frames.reduce((k, f) => apply(k, f, { same: true }), known);

test("a hello gives everything", () => {
  const k = play([hello()]);
  assert.equal(k.epoch, "e1");
  assert.equal(k.room.phase.name, "main");
  assert.deepEqual(k.words, []);
});

test("a section that is set replaces the section whole", () => {
  const k = play([hello(), { t: "set", to: "room", seq: 6, prev: 5, set: { next: ["b"], phase: { name: "closing" } } }]);
  assert.deepEqual(k.room.phase, { name: "closing" });
  assert.deepEqual(k.room.next, ["b"]);
  assert.equal(k.room.door, "open");
});

test("a section that is set to null is null", () => {
  const k = play([hello({ me: { ...me("here"), offer: { turn: 1 } } }), { t: "set", to: "me", seq: 6, prev: 5, set: { offer: null } }]);
  assert.equal(k.me.offer, null);
});

test("nothing is changed in place", () => {
  const before = play([hello()]);
  const frozen = JSON.stringify(before);
  apply(before, { t: "set", to: "room", seq: 6, prev: 5, set: { next: ["x"] }, unsay: ["w1"] });
  apply(before, words("w1"));
  assert.equal(JSON.stringify(before), frozen);
});

test("words come once, and unsay takes them away", () => {
  let k = play([hello(), words("w1"), words("w1"), words("w2", { seq: 7 })]);
  assert.deepEqual(k.words.map((w) => w.id), ["w1", "w2"]);
  k = apply(k, { t: "set", to: "room", seq: 8, prev: 7, unsay: ["w1"] });
  assert.deepEqual(k.words.map((w) => w.id), ["w2"]);
});

test("words taken back while a connection was broken cannot stay on the screen", () => {
  const k = play([hello(), words("w1")]);
  assert.equal(apply(k, hello({ seq: 9 }), { same: false }).words.length, 0);
  assert.equal(apply(k, hello({ seq: 9 }), { same: true }).words.length, 1);
  assert.equal(apply(k, hello({ seq: 9, epoch: "e2" }), { same: true }).words.length, 0);
});

test("whoever is not inside keeps nothing of the room (T13), but keeps their own line", () => {
  const line = words("l1", { to: "me", kind: "line", with: "a" });
  for (const status of ["out", "door", "waiting"]) {
    const k = play([hello(), words("w1"), line, { t: "set", to: "me", seq: 8, prev: 7, set: { you: you(status) } }]);
    assert.equal(k.room, null);
    assert.deepEqual(k.words.map((w) => w.id), ["l1"]);
  }
  for (const status of ["left", "removed"]) {
    const k = play([hello(), words("w1"), line, { t: "set", to: "me", seq: 8, prev: 7, set: { you: you(status) } }]);
    assert.deepEqual([k.room, k.words], [null, []]);
  }
});

test("a set for a view one does not have is not kept", () => {
  const k = play([hello({ me: me("waiting"), room: null }), { t: "set", to: "room", seq: 6, prev: 5, set: { next: ["b"] } }]);
  assert.equal(k.room, null);
});

test("what a role may do is what the server says, and one it does not name may do nothing", () => {
  const k = (role, roles = tables.roles) => apply(nothing, hello({ roles, me: me("here", { role }) }));
  assert.deepEqual([facilitates(k("lead")), !!mayDo(k("lead")).floor, facilitates(k("wellbeing")), !!mayDo(k("wellbeing")).floor], [true, true, true, false]);
  assert.deepEqual([facilitates(k("helper")), mayDo(k("helper"))], [false, { name: "helper" }]);
  assert.equal(facilitates(k("helper", [...tables.roles, { name: "helper", tools: true }])), true);
  const old = apply(nothing, hello({ roles: undefined, streams: undefined, me: me("here", { role: "lead" }) }));
  // A server that does not name them has these, whatever there is by now.
  assert.deepEqual([old.streams, old.roles.map((p) => p.name)], [["me", "room", "care"], ["lead", "wellbeing", "trainee", "participant"]], "a server of the version before");
  assert.deepEqual([facilitates(old), !!mayDo(old).floor, !!powersOf(old, "participant").member, powersOf(old, "trainee")], [true, true, true, { name: "trainee" }]);
  assert.equal(facilitates({ ...k("helper"), care: {} }), true, "who is shown the tools has them");
});

test("a stream of any name is shown as the server names it, and gone outside", () => {
  const k = apply(nothing, hello({ streams: ["me", "room", "care", "support"], support: { with: "b" } }));
  assert.deepEqual(k.support, { with: "b" });
  const set = apply(k, { t: "set", to: "support", set: { with: "c" } });
  assert.deepEqual([set.support, set.room], [{ with: "c" }, k.room]);
  assert.deepEqual(apply(k, { t: "set", to: "words", set: { with: "c" } }), k, "what no stream is called changes nothing");
  const out = apply(set, { t: "set", to: "me", set: { you: { ...me("lobby").you } } });
  assert.deepEqual([out.support, out.room, forget(set).support], [null, null, null]);
});

test("apart is what the server said last on this socket", () => {
  const on = { t: "apart", on: true };
  assert.equal(play([hello()]).apart, false);
  const k = play([hello(), on]);
  assert.equal(k.apart, true);
  assert.equal(play([on, { t: "apart", on: false }], k).apart, false);
  assert.equal(play([{ t: "set", to: "room", seq: 6, prev: 5, set: { next: ["b"] } }, words("w1", { seq: 7, prev: 6 })], k).apart, true);
  assert.equal(apply(k, hello({ seq: 9 }), { same: true }).apart, true, "a later hello on the same socket takes nothing away");
  // On a new one the server says it again, or all is well.
  assert.equal(apply(k, hello({ seq: 9 }), { same: false }).apart, false);
  assert.equal(apply(k, { t: "resumed", v: 1, epoch: "e1", seq: 9 }, { same: true }).apart, false);
  assert.equal(play([{ t: "resumed", v: 1, epoch: "e1", seq: 9 }, on], k).apart, true);
});

test("words that were refused go back to where they were written, and never over others", () => {
  const c = { draft: "", drafts: {}, seat: "a" };
  assert.deepEqual(giveBack(c, { do: "share", text: "words" }), { draft: "words" });
  assert.deepEqual(giveBack({ ...c, draft: "other" }, { do: "share", text: "words" }), {});
  assert.deepEqual(giveBack(c, { do: "line", text: "words" }), { drafts: { "line a": "words" } });
  assert.deepEqual(giveBack(c, { do: "line", to: "b", text: "words" }), { drafts: { "line b": "words" } });
  assert.deepEqual(giveBack(c, { do: "nudge", seat: "b", principle: "safety", text: "words" }), { drafts: { "nudge b": "words" } });
  // A draft stays until its words are out, and is not doubled. Two welcomes that were refused are both kept.
  assert.deepEqual(giveBack({ ...c, drafts: { process: " some \ud800words, and more" } }, { do: "process", text: "some words," }), {});
  assert.deepEqual(giveBack({ ...c, drafts: { "line b": "other" } }, { do: "line", to: "b", text: "words" }), { drafts: { "line b": "other\n\nwords" } });
  assert.deepEqual(giveBack(c, { do: "yield" }), {});
});

test("a welcome that was refused goes back to its own field, unsigned, unless they have been greeted", () => {
  const welcome = { do: "line", to: "b", text: "Hello — you are welcome.\n— Ana", then: { do: "line", to: "b", text: "more", then: { do: "greet", seat: "b" } } };
  const at = (w) => ({ draft: "", drafts: { "greet b": "new" }, seat: "a", known: { me: { you: { name: "Ana" } }, care: { waiting: [{ seat: "b", ...w }] } } });
  assert.deepEqual(giveBack(at({}), welcome), { drafts: { "greet b": "new\n\nHello — you are welcome." } });
  assert.deepEqual(giveBack(at({ greeted: true }), welcome), { drafts: { "greet b": "new", "line b": welcome.text } });
});

test("a command is not saved yet only for its own place", () => {
  const c = { sent: [{ id: "1", verb: "line", key: "b", unsaved: true }, { id: "2", verb: "share", key: "" }] };
  assert.equal(isUnsaved(c, "line", "b"), true);
  assert.equal(isUnsaved(c, "line", "a"), false);
  assert.equal(isUnsaved(c, "share"), false);
});

const client = (k, gone = null) => ({ known: k, gone });
test("each status has its screen", () => {
  const at = (m, r = null, gone = null) => screenOf(client(play([hello({ me: m, room: r })]), gone));
  assert.equal(screenOf(client(nothing)), "connecting");
  assert.equal(at(me("door")), "door");
  assert.equal(at(me("waiting")), "lobby");
  assert.equal(at(me("admitted")), "lobby");
  assert.equal(at(me("here"), room()), "room");
  assert.equal(at(me("out")), "out");
  assert.equal(at(me("left", { why: "left" })), "goodbye");
  assert.equal(at(me("removed")), "goodbye");
  assert.equal(at(me("here"), room(), { code: 4403 }), "goodbye");
});

test("each end has its words", () => {
  const why = (m, code) => ending(client(play([hello({ me: m, room: null })]), code ? { code } : null));
  assert.equal(why(me("left", { why: "left" })), "left");
  assert.equal(why(me("left", { why: "left" }), 4410), "left");
  assert.equal(why(me("left", { why: "lost" })), "lost");
  assert.equal(why(me("left", { why: "moved" }), 4410), "moved");
  assert.equal(why(me("left", { why: "closed" }), 4404), "closed");
  assert.equal(why(me("here"), 4404), "closed");
  assert.equal(why(me("here"), 4410), "revoked");
  assert.equal(why(me("here"), 4403), "removed");
  assert.equal(why(me("here"), 4009), "replaced");
  assert.equal(why(me("here"), 4401), "device");
  assert.equal(why(me("here"), 1008), "stopped");
});

// The same vectors that package room is checked against: after its casts the
// browser's view is the room's view. Words are fewer here when the person was
// outside in between, and never others.
const tables = JSON.parse(readFileSync(join(vectors, "../tables.json"), "utf8"));
const files = existsSync(vectors) ? readdirSync(vectors).filter((f) => f.endsWith(".json")) : [];
for (const file of files) {
  test(`vector ${file}`, () => {
    const v = JSON.parse(readFileSync(join(vectors, file), "utf8"));
    const told = { t: "hello", epoch: "e", ...tables, formats: [...tables.formats, ...(v.formats || [])] };
    let k = apply(nothing, { ...told, seq: 0, ...v.start });
    let outside = false;
    for (const f of v.frames) {
      if (f.whole) k = apply(k, { ...told, ...f.whole }, { same: true });
      else if (f.words) k = apply(k, { t: "words", to: f.to, ...f.words }, { same: true });
      else k = apply(k, { t: "set", ...f }, { same: true });
      if (k.me.you.status !== "here") outside = true;
      // A format that the client was not built with (format-piece) is known all the same.
      if (k.room?.format.name) assert.ok(told.formats.includes(formatNow(k)), k.room.format.name);
    }
    for (const view of tables.streams) assert.deepEqual(k[view], v.end[view], view);
    const mine = k.words.map((w) => w.id);
    assert.deepEqual(mine, v.words.filter((id) => mine.includes(id)));
    if (!outside) assert.deepEqual(mine, v.words);
  });
}
test("there are vectors", () => assert.ok(files.length >= 15, `${files.length} in ${vectors}`));
