import assert from "node:assert/strict";
import { test } from "node:test";
import { around, turned } from "../app/room/ring.js";

test("seats stand evenly around the fire, the first nearest to me", () => {
  for (const ratio of [0.7, 1, 1.12, 1.7]) for (let n = 1; n <= 14; n++) {
    const at = around(n, ratio);
    assert.equal(at.length, n);
    assert.ok(Math.abs(at[0].x) < 1e-9 && at[0].y === 1);
    const far = at.map((p, i) => Math.hypot((p.x - at[(i + 1) % n].x) * ratio, p.y - at[(i + 1) % n].y));
    if (n > 4) assert.ok(Math.max(...far) / Math.min(...far) < 1.25, `${n} seats at ${ratio}: ${far}`);
  }
});

test("turning the circle keeps its order", () => {
  const seats = ["a", "b", "c", "d"].map((seat) => ({ seat }));
  assert.deepEqual(turned(seats, "c").map((s) => s.seat), ["c", "d", "a", "b"]);
  assert.deepEqual(turned(seats, "nobody").map((s) => s.seat), ["a", "b", "c", "d"]);
});
