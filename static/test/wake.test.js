// Whether the server still hears us, said in time; and what it could not read (U10, U15, U17, U21).
import assert from "node:assert/strict";
import { test } from "node:test";
import { ANSWER, LONGEST_WAIT } from "../app/connection.js";
import { scene } from "./socket.js";

const status = (s) => s.links[s.links.length - 1].status;
const cut = (s) => { s.socket().send = () => {}; }; // a dead socket: it takes everything and gives nothing

// U10: a cut that nobody tells the page of.
test("a command without an answer: within two seconds it is said, and a new socket is there", () => {
  const s = scene();
  s.begin();
  cut(s);
  s.connection.send({ do: "share", text: "words" });
  s.clock.move(2 * ANSWER - 1);
  assert.equal(status(s), "open");
  s.clock.move(1);
  assert.ok(s.links.some((l) => l.status === "lost"), "it is said");
  assert.equal(s.sockets.length, 2);
  s.up();
  s.hello(12, "r2");
  assert.equal(s.socket().sent[1].text, "words", "and the words go again");
});

test("a command that is answered asks for nothing more", () => {
  const s = scene();
  s.begin();
  const id = s.connection.send({ do: "yield" });
  s.say({ t: "ack", ref: id });
  s.clock.move(5 * ANSWER);
  assert.deepEqual(s.socket().sent.map((m) => m.do), ["hello", "yield"]);
  assert.equal(s.sockets.length, 1);
});

test("waking asks the socket at once; an answer keeps it, and tells the time (U17)", () => {
  const s = scene();
  s.begin();
  s.connection.wake();
  assert.deepEqual(s.socket().sent[1], { do: "ping" });
  s.say({ t: "pong", now: 77 });
  s.clock.move(5 * ANSWER);
  assert.equal(s.sockets.length, 1);
  assert.deepEqual(s.times, [77]);
});

test("waking on a dead socket: a new one within three seconds", () => {
  const s = scene();
  s.begin();
  cut(s);
  s.connection.wake();
  s.clock.move(2 * ANSWER);
  assert.equal(s.sockets.length, 2);
  assert.ok(s.links.some((l) => l.status === "lost"));
});

test("a slow network is not a broken one: each time it is waited for longer", () => {
  const s = scene();
  s.begin();
  for (let i = 0; i < 3; i++) {
    cut(s);
    s.connection.wake();
    s.clock.move(ANSWER * 2 ** i);
    s.up();
    s.hello(12 + i, `r${i}`);
  }
  assert.equal(s.sockets.length, 4);
  s.connection.wake();
  s.clock.move(7 * ANSWER);
  s.say({ t: "pong", now: 5 });
  assert.equal(s.sockets.length, 4, "seven seconds were not too long");
});

test("offline is said at once, and online comes back at once", () => {
  const s = scene();
  s.begin();
  s.connection.offline();
  assert.equal(status(s), "lost");
  s.connection.wake();
  assert.equal(s.sockets.length, 2);
});

test("waking while a socket hangs half open opens another", () => {
  const s = scene();
  s.connection.start();
  s.clock.move(2500);
  s.connection.wake();
  assert.equal(s.sockets.length, 2);
});

// U15: what the server could not read costs neither the seat nor the words.
for (const code of [1002, 1003, 1007, 1009]) test(`a message that could not be read (${code}) is given back, and the page comes back without it`, () => {
  const s = scene();
  s.begin();
  const id = s.connection.send({ do: "share", text: "words" });
  s.end(code);
  assert.deepEqual(s.answers, [[id, "no", "share"]]);
  s.clock.move(LONGEST_WAIT);
  s.up();
  s.hello(12, "r2");
  assert.deepEqual(s.socket().sent.map((m) => m.do), ["hello"], "it is not sent again");
  assert.equal(status(s), "open");
});

test("a page that the server can never read gives up in the end", () => {
  const s = scene();
  s.begin();
  for (let i = 0; i < 4; i++) {
    s.end(1002);
    if (status(s) === "over") return;
    s.clock.move(LONGEST_WAIT);
    s.up();
    s.hello(12 + i, `r${i}`);
  }
  assert.fail("it comes back for ever");
});

// U21
test("sockets that never open are counted", () => {
  const s = scene();
  s.connection.start();
  s.end(1006);
  s.clock.move(LONGEST_WAIT);
  s.end(1006);
  assert.equal(s.links[s.links.length - 1].refused, 2);
  s.clock.move(LONGEST_WAIT);
  s.up();
  s.hello();
  s.end(1006);
  assert.equal(s.links[s.links.length - 1].refused, 0);
});
