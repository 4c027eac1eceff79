import assert from "node:assert/strict";
import { test } from "node:test";
import { AT_MOST, Pending } from "../app/pending.js";
import { Clock } from "./clock.js";

/** A server that cannot save, until it can. */
function scene() {
  const clock = new Clock();
  const s = { clock, posts: [], answers: [], unsaved: [], ids: 0, open: true };
  s.pending = new Pending({
    now: clock.now, after: clock.after, cancel: clock.cancel, uuid: () => `id-${++s.ids}`,
    onAnswer: (id, a, c) => s.answers.push([clock.now(), id, a.t, a.code || "", c]), onUnsaved: (id) => s.unsaved.push(id),
  }, (message) => { if (s.open) s.posts.push({ at: clock.now(), ...message }); });
  s.no = (ref, code = "unavailable") => s.pending.answered({ t: "no", ref, code });
  s.ack = (ref) => s.pending.answered({ t: "ack", ref });
  return s;
}
const share = { do: "share", text: "It has been a long week." };

test("what could not be saved goes again after 0.5, 1, 2, 4 and then every 5 seconds, with the same id", () => {
  const s = scene();
  const id = s.pending.send(share);
  s.no(id);
  for (let i = 0; i < 6; i++) {
    const before = s.posts.length;
    while (s.posts.length === before) s.clock.move(100);
    s.no(id);
  }
  assert.deepEqual(s.posts.map((p) => p.at), [0, 500, 1500, 3500, 7500, 12_500, 17_500]);
  for (const p of s.posts) assert.deepEqual(p, { at: p.at, do: "share", id, text: share.text });
  assert.deepEqual([...new Set(s.unsaved)], [id]);
  s.ack(id);
  s.clock.move(AT_MOST);
  assert.equal(s.posts.length, 7, "nothing goes out after the answer");
  assert.deepEqual(s.answers.map((a) => a.slice(1, 4)), [[id, "ack", ""]]);
});

test("after a minute it is given back", () => {
  const s = scene();
  const id = s.pending.send({ do: "yield" });
  s.no(id);
  while (s.answers.length === 0) {
    const before = s.posts.length;
    s.clock.move(100);
    if (s.posts.length > before) s.no(id);
  }
  assert.deepEqual(s.answers, [[AT_MOST, id, "no", "unavailable", { do: "yield" }]]);
  const posts = s.posts.length;
  s.clock.move(AT_MOST);
  assert.equal(s.posts.length, posts);
});

test("words that were given back go with their old id when they are sent once more: the first try may have counted", () => {
  const s = scene();
  const id = s.pending.send(share);
  s.no(id);
  s.clock.move(AT_MOST);
  assert.equal(s.pending.send({ ...share }), id);
  s.ack(id);
  assert.notEqual(s.pending.send({ ...share }), id, "the same words, said a second time and meant so, are new");
});

test("an act without words is new each time: it may have been undone in between", () => {
  const s = scene();
  const id = s.pending.send({ do: "hand", up: true });
  s.no(id);
  s.clock.move(AT_MOST);
  assert.notEqual(s.pending.send({ do: "hand", up: true }), id);
});

test("an answer that comes after the words were given back still counts", () => {
  const s = scene();
  const id = s.pending.send(share);
  s.no(id);
  s.clock.move(AT_MOST);
  s.no(id);
  assert.equal(s.answers.length, 1);
  s.ack(id);
  assert.deepEqual(s.answers[1].slice(1), [id, "ack", "", share]);
  assert.notEqual(s.pending.send({ ...share }), id);
});

test("a last word ends the trying, and a busy room does not", () => {
  const s = scene();
  const id = s.pending.send(share);
  s.no(id);
  s.no(id, "busy");
  s.clock.move(500);
  s.no(id, "slow-down");
  assert.equal(s.answers.length, 0);
  s.no(id, "not-your-turn");
  assert.deepEqual(s.answers[0].slice(1, 4), [id, "no", "not-your-turn"]);
  const other = s.pending.send(share);
  s.no(other, "busy");
  assert.equal(s.answers[1][3], "busy", "a busy room is told at once when nothing is being saved");
});

test("a new connection asks once, not twice", () => {
  const s = scene();
  const id = s.pending.send(share);
  s.no(id);
  s.open = false;
  s.clock.move(3000);
  s.open = true;
  s.pending.repeat();
  assert.equal(s.posts.length, 2);
  s.no(id);
  s.clock.move(1000);
  assert.equal(s.posts.length, 3);
});

test("two answers to one command start one timer", () => {
  const s = scene();
  const id = s.pending.send(share);
  s.no(id);
  s.no(id);
  s.no(id);
  s.clock.move(500);
  assert.equal(s.posts.length, 2);
});

test("after the end nothing is tried and nothing is kept", () => {
  const s = scene();
  s.no(s.pending.send(share));
  s.pending.stop();
  s.clock.move(2 * AT_MOST);
  s.pending.repeat();
  assert.equal(s.posts.length, 1);
  assert.deepEqual(s.answers, []);
});
