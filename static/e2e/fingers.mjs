// A third way of using a page: by taps of a finger, and keys for words alone. Everything tapped is large enough for one.
import assert from "node:assert/strict";
import { settled } from "../test/press.mjs";

export const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
const LEAST = 44; // CSS px, each way (WCAG 2.5.5)
const HALF = 0.5; // a pixel of the device

/** What a finger aims at: a tick or a radio button is tapped with its words. @param {import("playwright-core").Locator} target */
const aim = (target) => target.evaluateHandle((e) => (e.matches("input[type=checkbox], input[type=radio]") && e.closest("label")) || e);

/** @param {import("playwright-core").Page} page @param {import("playwright-core").Locator} target */
async function tap(page, target) {
  await target.waitFor({ timeout: 20_000 });
  const what = (await aim(target)).asElement();
  const { width, height } = await what.boundingBox();
  assert.ok(width >= LEAST - HALF && height >= LEAST - HALF, `${target} is ${width} x ${height}`);
  await settled(page, () => what.tap());
}

export const fingers = {
  press: tap,
  write: async (page, target, text) => {
    await tap(page, target);
    await target.evaluate((e) => e.select());
    await page.keyboard.insertText(text);
  },
  check: async (page, target) => {
    if (!(await target.isChecked())) await tap(page, target);
    assert.ok(await target.isChecked());
  },
  // The list that opens is the system's own.
  choose: async (page, target, label) => {
    await tap(page, target);
    await target.selectOption({ label });
  },
};

/** Writes down every pointer that is no finger. @param {import("playwright-core").BrowserContext} context */
export function onlyFingers(context) {
  return context.addInitScript(() => {
    window.taps = 0;
    window.strange = [];
    window.addEventListener("pointerdown", (e) => {
      if (e.pointerType === "touch") window.taps++;
      else window.strange.push(e.pointerType);
    }, true);
    window.addEventListener("keydown", (e) => window.strange.push(e.key), true);
  });
}
