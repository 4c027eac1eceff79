import assert from "node:assert/strict";
import { test } from "node:test";
import { nothing } from "../app/state.js";
import { findGoodbye, forgetGoodbyes, goodbyeOf, KEPT_FOR, keepGoodbye } from "../app/shell/goodbyes.js";

/** As a browser's storage: its keys are its own properties. */
function storage(more = {}) {
  const s = Object.create({
    getItem(k) { return Object.hasOwn(this, k) ? this[k] : null; },
    setItem(k, v) { this[k] = v; },
    removeItem(k) { delete this[k]; },
  });
  return Object.assign(s, more);
}

const words = [{ id: "w1", kind: "share", seat: "b", text: "somebody's words", at: 1 }];
const client = (you, more = {}) => ({
  seat: "a", gone: null,
  known: {
    ...nothing, epoch: "e", words,
    session: { id: "s", title: "t", start: 0, minutes: 90, contact: "ana@example.org", region: "GB" },
    charter: { number: 1, digest: "d", lines: [{ principle: "safety", title: "Safety", text: "We look after each other." }] },
    me: { you: { seat: "a", name: "Ana", role: "participant", listening: false, ...you }, door: {}, notices: [{ id: "n1", kind: "removed", level: 5, principle: "safety", reason: "threat", urgent: true }] },
    ...more,
  },
});

test("U05: a removal is found again for 72 hours: why, which line, whom to write to; no word, no name", () => {
  globalThis.localStorage = storage();
  keepGoodbye("a", goodbyeOf(client({ status: "removed" })), 1000);
  assert.equal(KEPT_FOR, 72 * 60 * 60 * 1000);
  const found = findGoodbye("a", 1000 + KEPT_FOR - 1);
  assert.equal(found.why, "removed");
  assert.deepEqual(found.notice, { kind: "removed", reason: "threat", urgent: true });
  assert.deepEqual(found.line, { title: "Safety", text: "We look after each other." });
  assert.equal(found.contact, "ana@example.org");
  const stored = JSON.stringify(localStorage);
  assert.ok(!/Ana|somebody's words|"s"/.test(stored), stored);
  assert.equal(findGoodbye("b", 1001), null, "another seat has its own");
  assert.equal(findGoodbye("a", 1000 + KEPT_FOR), null, "after 72 hours it is gone");
  assert.equal(Object.keys(localStorage).length, 0);
});

test("a close, a cancelled session, leaving: a goodbye, and no reason of anybody's", () => {
  globalThis.localStorage = storage();
  for (const why of ["closed", "cancelled", "left"]) {
    keepGoodbye("a", goodbyeOf(client({ status: "left", why })), 1000);
    const found = findGoodbye("a", 2000);
    assert.equal(found.why, why);
    assert.equal(found.notice, undefined);
    assert.equal(found.line, undefined);
  }
});

test("what the server knows again is not kept: other tabs, a device that does not hold the seat", () => {
  globalThis.localStorage = storage();
  for (const code of [4009, 4401, 1008]) keepGoodbye("a", goodbyeOf({ ...client({ status: "here" }), gone: { code } }), 1000);
  assert.equal(Object.keys(localStorage).length, 0);
});

test("forgetting takes every goodbye, and nothing else; a clock set far ahead keeps none longer", () => {
  globalThis.localStorage = storage({ other: "stays" });
  keepGoodbye("a", goodbyeOf(client({ status: "removed" })), 1000);
  keepGoodbye("b", goodbyeOf(client({ status: "removed" })), 1e15);
  assert.equal(findGoodbye("b", 2000), null);
  forgetGoodbyes();
  assert.deepEqual(Object.keys(localStorage), ["other"]);
});

test("a browser without storage shows its goodbye all the same", () => {
  globalThis.localStorage = { get length() { throw new Error("no storage"); }, getItem() { throw new Error("no storage"); }, setItem() { throw new Error("no storage"); } };
  keepGoodbye("a", goodbyeOf(client({ status: "removed" })), 1000);
  assert.equal(findGoodbye("a", 2000), null);
  forgetGoodbyes();
});
