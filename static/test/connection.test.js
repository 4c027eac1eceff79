import assert from "node:assert/strict";
import { test } from "node:test";
import { LONGEST_WAIT, SILENCE } from "../app/connection.js";
import { comeBack } from "../app/closing.js";
import { scene } from "./socket.js";

const set = (seq, prev, to = "room") => ({ t: "set", to, seq, prev, set: {} });

test("the first message is a hello without a resume", () => {
  const s = scene();
  s.connection.start();
  s.up();
  assert.deepEqual(s.socket().sent, [{ do: "hello", v: 1 }]);
  s.hello();
  assert.equal(s.frames[0].t, "hello");
  assert.deepEqual(s.links.map((l) => l.status), ["connecting", "open"]);
});

test("several frames in one message are heard in order", () => {
  const s = scene();
  s.begin();
  s.say(set(11, 9), set(12, 11));
  assert.deepEqual(s.frames.slice(1).map((f) => f.seq), [11, 12]);
});

test("a ping is answered with a pong", () => {
  const s = scene();
  s.begin();
  s.say({ t: "ping" });
  assert.deepEqual(s.socket().sent[1], { do: "pong" });
});

test("a broken connection comes back with its token and its number", () => {
  const s = scene();
  s.begin();
  s.say(set(11, 10), set(14, 9, "me"));
  s.end(1006);
  assert.equal(s.links[s.links.length - 1].status, "lost");
  s.clock.move(500);
  s.up();
  assert.deepEqual(s.socket().sent[0], { do: "hello", v: 1, resume: "r1", seq: 14 });
});

test("a resumed stream goes on from what was seen, even if the tail comes in parts", () => {
  const s = scene();
  s.begin();
  s.say(set(11, 10));
  s.end(1006);
  s.clock.move(500);
  s.up();
  s.say({ t: "resumed", v: 1, epoch: "e", seq: 20, now: 0, resume: "r2" }, set(15, 11));
  s.end(1006); // again, before the rest of the tail
  s.clock.move(500);
  s.up();
  assert.deepEqual(s.socket().sent[0], { do: "hello", v: 1, resume: "r2", seq: 15 });
});

test("a gap in a stream makes it come back at once, with resume", () => {
  const s = scene();
  s.begin();
  s.say(set(11, 10));
  s.say(set(14, 13));
  assert.equal(s.frames.length, 2, "the frame behind the gap is not applied");
  assert.equal(s.sockets.length, 2);
  assert.equal(s.sockets[0].closed, 4000);
  s.up();
  assert.deepEqual(s.socket().sent[0], { do: "hello", v: 1, resume: "r1", seq: 11 });
});

test("numbers are this seat's own, over all its streams, and follow each other without prev", () => {
  const s = scene();
  const next = (/** @type {number} */ seq, to = "room") => ({ t: "set", to, seq, set: {} });
  s.begin();
  s.say(next(11), next(12, "me"), next(13, "care"), next(14));
  assert.equal(s.sockets.length, 1);
  assert.equal(s.frames.length, 5);
  s.say(next(16, "me"));
  assert.equal(s.sockets.length, 2, "a number that is missing is a gap, whatever the stream");
  s.up();
  assert.deepEqual(s.socket().sent[0], { do: "hello", v: 1, resume: "r1", seq: 14 });
});

test("numbers that go on from elsewhere are no gap when prev was seen", () => {
  const s = scene();
  s.begin();
  s.say(set(5_000_000_000, 10), set(5_000_000_001, 5_000_000_000, "me"));
  assert.equal(s.sockets.length, 1);
  assert.equal(s.frames.length, 3);
});

test("a gap that a resume did not fill asks for a whole snapshot", () => {
  const s = scene();
  s.begin();
  s.end(1006);
  s.clock.move(500);
  s.up();
  s.say({ t: "resumed", v: 1, epoch: "e", seq: 20, now: 0, resume: "r2" }, set(18, 17));
  assert.equal(s.sockets.length, 3);
  s.up();
  assert.deepEqual(s.socket().sent[0], { do: "hello", v: 1 });
});

test("a gap long after a resume is a gap like any other", () => {
  const s = scene();
  s.begin();
  s.end(1006);
  s.clock.move(500);
  s.up();
  s.say({ t: "resumed", v: 1, epoch: "e", seq: 12, now: 0, resume: "r2" }, set(12, 10), set(13, 12), set(20, 19));
  s.up();
  assert.deepEqual(s.socket().sent[0], { do: "hello", v: 1, resume: "r2", seq: 13 });
});

test("a frame heard before is not applied twice", () => {
  const s = scene();
  s.begin();
  s.say(set(11, 10), set(11, 10), set(9, 8));
  assert.equal(s.frames.length, 2);
});

test("a later hello on the same socket is known as such", () => {
  const s = scene();
  s.begin();
  s.hello(20, "r9");
  assert.deepEqual(s.frames.map((f) => f.same), [false, true]);
  s.say(set(21, 12));
  assert.equal(s.sockets.length, 1, "prev below the last hello is no gap");
});

test("25 seconds of silence are a broken connection", () => {
  const s = scene();
  s.begin();
  s.clock.move(SILENCE - 1);
  assert.equal(s.links[s.links.length - 1].status, "open");
  s.clock.move(1);
  assert.equal(s.links[s.links.length - 1].status, "lost");
});

test("waits double from half a second to fifteen, with full jitter", () => {
  const s = scene(() => 1);
  s.connection.start();
  const waits = [];
  for (let i = 0; i < 8; i++) {
    s.end(1006);
    const wait = s.links[s.links.length - 1].wait;
    waits.push(wait);
    s.clock.move(wait);
  }
  assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, LONGEST_WAIT, LONGEST_WAIT, LONGEST_WAIT]);
  const t = scene(() => 0);
  t.connection.start();
  t.end(1006);
  assert.equal(t.links[t.links.length - 1].wait, 0);
});

test("a restart stays away for as long as the server asks, and jitter", () => {
  const s = scene(() => 0.5);
  s.begin();
  s.end(1012, "restart retry=3000");
  assert.equal(s.links[s.links.length - 1].wait, 3250);
});

test("the hint of a restart is kept to, as the server writes it", () => {
  const s = scene(() => 0);
  s.begin();
  s.end(1012, '{"retry":1500}');
  assert.equal(s.links[s.links.length - 1].wait, 1500);
  s.clock.move(1499);
  assert.equal(s.sockets.length, 1);
  s.clock.move(1);
  assert.equal(s.sockets.length, 2);
});

test("an upgrade that is refused keeps the token for the node that takes it", () => {
  const s = scene();
  s.begin();
  s.say(set(11, 10));
  s.end(1006);
  for (let i = 0; i < 3; i++) {
    s.clock.move(LONGEST_WAIT);
    s.end(1006); // 503 from a node that is going: no socket was opened
  }
  s.clock.move(LONGEST_WAIT);
  s.up();
  assert.deepEqual(s.socket().sent[0], { do: "hello", v: 1, resume: "r1", seq: 11 });
});

test("a node that goes before it answers a hello costs no token", () => {
  const s = scene();
  s.begin();
  s.end(1006);
  s.clock.move(500);
  s.up();
  s.end(1006); // the hello was sent, and nothing came
  s.clock.move(1000);
  s.up();
  assert.deepEqual(s.socket().sent[0], { do: "hello", v: 1, resume: "r1", seq: 10 });
  s.say({ t: "resumed", v: 1, epoch: "e", seq: 10, now: 0, resume: "r2" });
  s.end(1006);
  s.clock.move(1000);
  s.up();
  assert.equal(s.socket().sent[0].resume, "r2");
});

test("a frame without a number is heard, and leaves no gap", () => {
  const s = scene();
  s.begin();
  s.say({ t: "apart", on: true }, set(11, 10));
  assert.deepEqual(s.frames.slice(1).map((f) => f.t), ["apart", "set"]);
  assert.equal(s.sockets.length, 1);
});

test("close codes say whether to come back", () => {
  for (const code of [1001, 1002, 1003, 1006, 1007, 1009, 1011, 1012, 4000, 4008]) assert.equal(comeBack(code), true, String(code));
  for (const code of [1008, 4009, 4400, 4401, 4403, 4404, 4410, 4999]) assert.equal(comeBack(code), false, String(code));
});

test("after a last word nothing comes back, and no token is kept", () => {
  const s = scene();
  s.begin();
  s.end(4403);
  assert.deepEqual(s.links[s.links.length - 1], { status: "over", code: 4403 });
  s.connection.wake();
  s.clock.move(600_000);
  assert.equal(s.sockets.length, 1);
});

test("a command has an id of its own and is answered once", () => {
  const s = scene();
  s.begin();
  const id = s.connection.send({ do: "share", text: "words" });
  assert.deepEqual(s.socket().sent[1], { do: "share", id, text: "words" });
  s.say({ t: "ack", ref: id }, { t: "ack", ref: id });
  assert.deepEqual(s.answers, [[id, "ack", "share"]]);
});

test("an unanswered command is sent once more after a resume, with the same id", () => {
  const s = scene();
  s.begin();
  const first = s.connection.send({ do: "yield" });
  const second = s.connection.send({ do: "pass" });
  s.say({ t: "ack", ref: first });
  s.end(1006);
  s.clock.move(500);
  s.up();
  assert.equal(s.socket().sent.length, 1, "nothing before the server has answered the hello");
  s.say({ t: "resumed", v: 1, epoch: "e", seq: 10, now: 0, resume: "r2" });
  assert.deepEqual(s.socket().sent.slice(1), [{ do: "pass", id: second }]);
  s.hello(30);
  assert.equal(s.socket().sent.length, 2, "a later hello on the same socket repeats nothing");
});

test("a command given while away waits for the connection", () => {
  const s = scene();
  s.begin();
  s.end(1006);
  const id = s.connection.send({ do: "step-out" });
  s.clock.move(500);
  s.up();
  s.hello(12);
  assert.deepEqual(s.socket().sent[1], { do: "step-out", id });
});

test("what does not parse is a broken connection", () => {
  const s = scene();
  s.begin();
  s.socket().onmessage({ data: '{"t":"set","to"' });
  assert.equal(s.links[s.links.length - 1].status, "lost");
});

test("a socket given up is not listened to any more", () => {
  const s = scene();
  s.begin();
  const old = s.socket();
  s.end(1006);
  s.clock.move(500);
  s.up();
  s.hello(12, "r2");
  const frames = s.frames.length;
  old.onmessage({ data: JSON.stringify(set(13, 12)) });
  old.onclose({ code: 4403 });
  assert.equal(s.frames.length, frames);
  assert.equal(s.links[s.links.length - 1].status, "open");
});
