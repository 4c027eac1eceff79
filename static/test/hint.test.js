import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { keepRoom, withRoom } from "../app/hint.js";

const kept = new Map();
const storage = { setItem: (k, v) => kept.set(k, v), getItem: (k) => kept.get(k) ?? null };
const use = (s) => Object.defineProperty(globalThis, "sessionStorage", { value: s, configurable: true, writable: true });
afterEach(() => { kept.clear(); use(undefined); });

test("a request says the room of its seat once that is known, and of no other seat", () => {
  use(storage);
  assert.equal(withRoom("/api/live/a", "a"), "/api/live/a");
  keepRoom("a", "tue&1");
  assert.equal(withRoom("/api/live/a", "a"), "/api/live/a?room=tue%261");
  assert.equal(withRoom("/api/live/b", "b"), "/api/live/b");
});

test("without storage a request goes as it is", () => {
  use({ setItem: () => { throw new Error("off"); }, getItem: () => { throw new Error("off"); } });
  keepRoom("a", "tue");
  assert.equal(withRoom("/api/record/a", "a"), "/api/record/a");
});
