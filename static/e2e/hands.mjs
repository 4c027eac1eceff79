// Two ways of using a page: by pointer, or by keys alone.
import assert from "node:assert/strict";
import { press, settled } from "../test/press.mjs";

export const pointer = {
  press: (_page, target) => press(target),
  write: (_page, target, text) => target.fill(text),
  check: async (_page, target) => {
    if (!(await target.isChecked())) await press(target);
    assert.ok(await target.isChecked());
  },
  choose: (_page, target, label) => target.selectOption({ label }),
};

const focused = (target) => target.evaluate((el) => el === document.activeElement || el.contains(document.activeElement) && el.tagName === "FIELDSET");

/** Walks with Tab until the target has the focus. A target that Tab never reaches is a fault of the page. */
async function walkTo(page, target) {
  await target.waitFor({ timeout: 20_000 });
  const stops = await page.evaluate(() => document.querySelectorAll("a, button, input, select, textarea, summary, [tabindex]").length);
  for (let i = 0; i < stops * 2 + 20; i++) {
    if (await focused(target)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`Tab never reaches ${target}`);
}

/** A group of radio buttons is one stop: arrows move inside it. */
async function walkToRadio(page, target) {
  const name = await target.getAttribute("name");
  for (let i = 0; i < 300; i++) {
    if (await focused(target)) return;
    const inGroup = await page.evaluate((n) => document.activeElement?.getAttribute("name") === n, name);
    await page.keyboard.press(inGroup ? "ArrowDown" : "Tab");
  }
  assert.fail(`arrows never reach ${target}`);
}

export const keys = {
  async press(page, target) {
    await settled(page, async () => {
      await walkTo(page, target);
      await page.keyboard.press("Enter");
    });
  },
  async write(page, target, text) {
    await walkTo(page, target);
    await page.keyboard.press("Control+A");
    await page.keyboard.insertText(text);
  },
  async check(page, target) {
    if ((await target.getAttribute("type")) === "radio") {
      await walkToRadio(page, target);
      if (!(await target.isChecked())) await settled(page, () => page.keyboard.press("Space"));
    } else {
      await walkTo(page, target);
      await settled(page, () => page.keyboard.press("Space"));
    }
    assert.ok(await target.isChecked());
  },
  async choose(page, target, label) {
    await walkTo(page, target);
    const now = () => target.evaluate((el) => [el.selectedIndex, [...el.options].map((o) => o.text)]);
    const [, labels] = await now();
    const wanted = labels.indexOf(label);
    assert.ok(wanted >= 0, `no choice ${label} in ${labels}`);
    for (let i = 0; i < labels.length * 2; i++) {
      const [at] = await now();
      if (at === wanted) return;
      await page.keyboard.press(at < wanted ? "ArrowDown" : "ArrowUp");
    }
    assert.fail(`arrows never choose ${label}`);
  },
};
