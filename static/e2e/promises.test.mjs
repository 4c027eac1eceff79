// What every screen promises is on it, and what it must not show is not; and every button there is does what its label
// says, pressed for real (finding T).
import assert from "node:assert/strict";
import { test } from "node:test";
import { launch } from "./house.mjs";
import { serve } from "../test/fake.mjs";
import { read } from "../test/look.mjs";
import { promises } from "../test/promises.mjs";
import { api, chosen, openScreen, screens } from "../test/screens.mjs";

/** What a screen does not keep of its promises. */
async function look(page, name, must) {
  const wrong = [];
  const seen = await page.evaluate(read);
  const squeeze = (s) => s.replace(/\s+/g, " ");
  for (const text of must.text || []) if (!seen.all.includes(squeeze(text))) wrong.push(`${name}: does not say “${text}”`);
  for (const button of must.buttons) {
    // A dialog brings the way out along; the rest of the bar is behind it.
    if (seen.buttons.includes(button) || (["Helplines and rights", "Settings"].includes(button) && (await page.locator("dialog[open]").count()))) continue;
    wrong.push(`${name}: has no button “${button}”`);
  }
  for (const not of must.not || []) if (seen.text.includes(not) || seen.buttons.includes(not)) wrong.push(`${name}: shows “${not}”`);
  if (/\b[a-z]+(\.[a-z_-]+)+\b/.test(seen.text.replace(/\S+@\S+|\b\S+\.(org|com|net)\S*/g, ""))) wrong.push(`${name}: shows the name of a text: ${/\b[a-z]+(\.[a-z_-]+)+\b/.exec(seen.text)[0]}`);
  return wrong;
}

test("every screen is in the table, and keeps what it promises", { timeout: 300_000 }, async (t) => {
  const unspoken = ["small", "unsaved-hand", "unsaved-care", "lead-admitted", "lead-replies"]; // other states of screens that are there
  assert.deepEqual(Object.keys(screens).filter((name) => !(name in promises) && !unspoken.includes(name)), []);
  assert.deepEqual(Object.keys(promises).filter((name) => !(name in screens)), []);
  const table = chosen(promises);
  assert.ok(table.length, `there is no screen ${process.env.SCREEN}`);
  const server = await serve(api);
  const browser = await launch();
  t.after(async () => { await browser.close(); server.close(); });
  const wrong = [];
  let held = 0;
  await Promise.all([0, 1].map(async (side) => {
    for (const [name, must] of table.filter((_, i) => i % 2 === side)) {
      // A device of its own: a goodbye is kept on the device.
      const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" })).newPage();
      await openScreen(page, server.url, screens[name]);
      let broken = await look(page, name, must);
      // A machine that is busy draws late.
      for (let i = 0; i < 10 && broken.length; i++) {
        await page.waitForTimeout(200);
        broken = await look(page, name, must);
      }
      wrong.push(...broken);
      held += (must.text || []).length + must.buttons.length + (must.not || []).length;
      await page.context().close();
    }
  }));
  t.diagnostic(`${held} promises on ${table.length} screens`);
  assert.deepEqual(wrong, []);
  assert.ok(held > (process.env.SCREEN ? 0 : 500), `only ${held} promises`);
});
