// Keeping the screen on: one lock at most, and none once nobody wants it, however slowly the browser answers (U09).
import assert from "node:assert/strict";
import { test } from "node:test";

const page = { hidden: false };
Object.defineProperty(globalThis, "document", { value: page });

/** A browser's locks: those that are held, and those that nobody has answered yet. */
function locks() {
  const held = new Set();
  const waiting = [];
  const request = () => new Promise((give, refuse) => {
    waiting.push({ refuse, give: () => {
      const released = [];
      const lock = { addEventListener: (_, f) => released.push(f), release: async () => { held.delete(lock); released.forEach((f) => f()); } };
      held.add(lock);
      give(lock);
    } });
  });
  Object.defineProperty(globalThis, "navigator", { value: { wakeLock: { request } }, configurable: true });
  return { held, waiting };
}

const settle = () => new Promise((done) => { setImmediate(done); });

test("the screen stays on by one lock, however often it is asked for", async () => {
  const { awake } = await import("../app/shell/cues.js");
  const { held, waiting } = locks();
  for (let i = 0; i < 5; i++) awake(true);
  assert.equal(waiting.length, 1);
  waiting.shift().give();
  await settle();
  for (let i = 0; i < 5; i++) awake(true);
  assert.deepEqual([held.size, waiting.length], [1, 0]);

  awake(false);
  await settle();
  assert.equal(held.size, 0);

  // Nobody wants it any more when the browser gives it.
  awake(true);
  awake(false);
  waiting.shift().give();
  await settle();
  assert.deepEqual([held.size, waiting.length], [0, 0]);

  // It is refused, and asked for again when the page changes.
  awake(true);
  waiting.shift().refuse(new Error("the battery is low"));
  await settle();
  assert.deepEqual([held.size, waiting.length], [0, 0]);
  awake(true);
  waiting.shift().give();
  await settle();
  assert.equal(held.size, 1);

  // A browser lets go of it while the page is hidden; it is taken again when somebody looks.
  page.hidden = true;
  [...held][0].release();
  awake(true);
  await settle();
  assert.deepEqual([held.size, waiting.length], [0, 0]);
  page.hidden = false;
  awake(true);
  waiting.shift().give();
  await settle();
  assert.equal(held.size, 1);
});
