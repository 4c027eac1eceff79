// Every place where something can be half written: after loading again, and after Back and Forward, it is found as it was.
import assert from "node:assert/strict";
import { test } from "node:test";
import { launch } from "./house.mjs";
import { serve } from "../test/fake.mjs";
import { scenes } from "../test/fixtures.mjs";
import { press } from "../test/press.mjs";
import { api } from "../test/screens.mjs";
import { pause, stage } from "../test/stage.mjs";

const TEXT = "Half a thought, kept whole";
const named = (p, name) => p.getByRole("button", { name, exact: true }).first();
const tools = async (p) => { if (p.viewportSize().width < 960) await press(p.getByRole("button", { name: /^Tools/ })); };
const onPriya = (act) => async (p) => {
  await tools(p);
  await press(p.locator("summary", { hasText: "Priya" }));
  if (act) await press(named(p, act));
};
const opens = (name) => (p) => press(named(p, name));

/** Where one can write: the scene, what opens the field, the field, what is written, and whether the browser asks before it goes. */
const places = {
  "the name at the door": { scene: "door", field: "#door-name", text: "Samira" },
  "the name at the door, with a new charter": { scene: "door-changed", field: "#door-name", text: "Samira" },
  "the line in the lobby": { scene: "lobby", field: "#line-s1", asks: true },
  "the line in the lobby, greeted": { scene: "lobby-greeted", field: "#line-s1", asks: true },
  "the line while out": { scene: "out", field: "#line-s1", asks: true },
  "my turn": { scene: "my-turn", field: "#composer-text", asks: true },
  "the open floor": { scene: "open", field: "#composer-text", asks: true },
  "a reply": { scene: "replies", field: "#composer-text", asks: true },
  "the private line": { scene: "listening", open: opens("Private line"), field: "#line-s1", asks: true },
  "an answer to a notice": { scene: "notices", open: opens("You may question this"), field: "#line-s1", asks: true },
  "my name in the room": { scene: "listening", open: opens("More"), field: "#more-name", text: "Samira" },
  "the process line": { scene: "lead", open: tools, field: "#floor-process", asks: true },
  "words of welcome": { scene: "lead", open: async (p) => { await tools(p); await press(p.locator("summary[aria-label='Words of welcome, private line: Robin']")); }, field: "#greet-w1", asks: true },
  "a line to somebody at the door": { scene: "lead", open: async (p) => { await tools(p); await press(p.locator("summary[aria-label='Private line: Alex']")); }, field: "#line-w2", asks: true },
  "a line to somebody inside": { scene: "lead", open: onPriya(""), field: "#line-s3", asks: true },
  "a quiet word": { scene: "lead", open: onPriya("A quiet word…"), field: "#act-text", asks: true },
  "the minutes of a quiet time": { scene: "lead", open: onPriya("Quiet time…"), field: "#act-minutes", text: "9" },
  "the reason of a removal": { scene: "lead", open: onPriya("Remove for today…"), field: "#act-reason", choice: "threat" },
  "the line of a pause": { scene: "lead", open: onPriya("Pause the room…"), field: "#act-line", choice: "loyalty" },
  "the reason at the urgent door": { scene: "lead", open: async (p) => { await tools(p); await press(named(p, "Lock the door and hide the last words…")); }, field: "#act-reason", choice: "raid" },
  "the line of a reminder": { scene: "lead", open: tools, field: "#remind-line", choice: "loyalty" },
  "the pace of the open floor": { scene: "lead-open", open: tools, field: "#floor-pace", text: "40" },
  "the minutes of a silence": { scene: "wellbeing", open: tools, field: "#floor-minutes", text: "3" },
};

/** The field is there, has what was written and the focus. */
async function asItWas(s, { field, text = TEXT, choice }, when) {
  const seen = s.page.locator(field);
  await seen.waitFor({ timeout: 8000 });
  assert.equal(await seen.inputValue(), choice || text, when);
  await s.page.waitForFunction((f) => document.activeElement?.matches(f), field, { timeout: 3000 }).catch(() => {});
  assert.equal(await s.page.evaluate(() => `#${document.activeElement?.id}`), field, `the focus ${when}`);
  assert.deepEqual(s.said, [], `nothing was sent ${when}`);
}

/** One place, on a page of its own: loaded again; back, and stayed; back, and gone, and forward. */
async function visit(context, url, place) {
  const seat = scenes[place.scene].seat || "s1";
  const s = await stage(context, url, seat);
  const asked = [];
  let stay = false;
  s.page.on("dialog", (d) => { asked.push(d.type()); if (stay) d.dismiss(); else d.accept(); });
  await s.page.goto("about:blank");
  await s.show(scenes[place.scene]);
  if (place.open) await place.open(s.page);
  await s.page.locator(place.field).click();
  if (place.choice) await s.page.locator(place.field).selectOption(place.choice);
  else await s.page.locator(place.field).fill(place.text || TEXT);
  await s.page.reload();
  await asItWas(s, place, "after loading again");
  assert.deepEqual(asked.splice(0), place.asks ? ["beforeunload"] : []);
  if (place.asks) {
    await s.page.locator(place.field).click(); // a browser asks for people who have touched the page
    stay = true;
    await s.page.evaluate(() => { history.back(); });
    for (let i = 0; i < 60 && !asked.length; i++) await pause(50);
    assert.deepEqual(asked.splice(0), ["beforeunload"], "it asks before it goes back");
    stay = false;
    await asItWas(s, place, "after staying");
  }
  await s.page.goBack();
  assert.equal(s.page.url(), "about:blank");
  await s.page.goForward();
  await asItWas(s, place, "after back and forward");
  assert.deepEqual(s.errors, []);
  await s.page.close();
}

for (const viewport of [{ width: 1366, height: 768 }, { width: 360, height: 740 }, { width: 320, height: 640 }, { width: 740, height: 360 }]) {
  test(`what is half written is found again, at ${viewport.width} x ${viewport.height}`, { timeout: 240_000 }, async (t) => {
    const server = await serve(api);
    const browser = await launch();
    t.after(async () => { await browser.close(); server.close(); });
    const wrong = [];
    const work = Object.entries(places);
    await Promise.all([0, 1].map(async () => {
      for (let one = work.shift(); one; one = work.shift()) {
        const context = await browser.newContext({ viewport, reducedMotion: "reduce" });
        await visit(context, server.url, one[1]).catch((e) => wrong.push(`${one[0]}: ${String(e.message).split("\n").slice(0, 6).join(" ")}`));
        await context.close();
      }
    }));
    assert.deepEqual(wrong, []);
  });
}
