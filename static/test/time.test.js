// Time that nobody can set, and days that are said (U17, U19).
import assert from "node:assert/strict";
import { test } from "node:test";
import { clock, daysTo, hearTime, serverNow, when } from "../app/time.js";

test("the server's time goes on by a counter, whatever the device's clock is set to", (t) => {
  hearTime(Date.UTC(2026, 10, 29, 12));
  const before = serverNow();
  t.mock.timers.enable({ apis: ["Date"], now: Date.UTC(2020, 0, 1) }); // somebody sets the clock back by years
  assert.ok(Math.abs(serverNow() - before) < 1000);
});

test("a near moment is told by the clock that the person sees", () => {
  hearTime(Date.now() + 3_600_000); // the device is an hour behind
  const shown = new Date(Date.now() + 60_000).toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
  assert.equal(clock(serverNow() + 60_000), shown);
});

test("today is a time; any other day has its day, date and zone", () => {
  hearTime(Date.now());
  const noon = new Date().setHours(12, 0, 0, 0);
  assert.equal(daysTo(noon), 0);
  assert.ok(!/day/i.test(when(noon)));
  for (const days of [1, 3, 40]) {
    const at = new Date(noon);
    at.setDate(at.getDate() + days);
    assert.equal(daysTo(at.getTime()), days);
    const text = when(at.getTime());
    assert.match(text, new RegExp(at.toLocaleDateString([], { weekday: "long" })));
    assert.match(text, new RegExp(at.toLocaleDateString([], { month: "long" })));
    assert.match(text, /GMT|UTC|[A-Z]{3,4}/);
  }
});
