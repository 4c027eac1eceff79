// Every page of the organiser says what it promises, and every button of it is pressed and does what is written of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { launch } from "./house.mjs";
import { serve } from "../test/fake.mjs";
import { labels, pressOne, read } from "../test/look.mjs";
import { organising } from "../test/organising.mjs";
import { api, chosen, openScreen } from "../test/screens.mjs";

const always = ["Helplines and rights", "Settings", "Leave quickly", "Close"]; // pressed in pressed.test.mjs
const hasName = (act, label) => (act[0] instanceof RegExp ? act[0].test(label) : act[0] === label);

/** What is missing on a page, or there though it must not be, and its labels. */
async function lookAt(page, url, what) {
  await openScreen(page, url, what);
  const seen = await page.evaluate(read);
  const shown = await page.evaluate(labels, "");
  const wrong = [
    ...what.text.filter((t) => !seen.all.includes(t)).map((t) => `does not say “${t}”`),
    ...(what.not || []).filter((t) => seen.text.includes(t) || seen.buttons.includes(t)).map((t) => `shows “${t}”`),
    ...(shown.includes("Leave quickly") ? [] : ["has no “Leave quickly”"]),
    ...shown.filter((l) => !always.includes(l) && !what.acts.some((act) => hasName(act, l))).map((l) => `nobody presses “${l}”`),
    ...what.acts.filter((act) => !shown.some((l) => hasName(act, l))).map((act) => `has no “${act[0]}”`),
  ];
  const key = /\b[a-z]+(\.[a-z_-]+)+\b/.exec(seen.text.replace(/\S+@\S+|\b\S+\.(org|com|net)\S*/g, ""));
  if (key) wrong.push(`shows the name of a text: ${key[0]}`);
  return { wrong, shown };
}

test("every page of the organiser says what it promises, and every button of it is pressed", { timeout: 600_000 }, async (t) => {
  const server = await serve(api);
  const browser = await launch();
  t.after(async () => { await browser.close(); server.close(); });
  const wrong = [];
  const pressed = new Set();
  const work = chosen(organising);
  assert.ok(work.length, `there is no page ${process.env.SCREEN}`);
  // A press waits mostly: what has just come reacts after 700 ms.
  await Promise.all([0, 1, 2, 3, 4].map(async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 1000 }, reducedMotion: "reduce", acceptDownloads: true });
    for (let one = work.shift(); one; one = work.shift()) {
      const [name, what] = one;
      const page = await context.newPage();
      const seen = await lookAt(page, server.url, what).catch((e) => ({ wrong: [String(e.message).split("\n")[0]], shown: [] }));
      await page.close();
      wrong.push(...seen.wrong.map((w) => `${name}: ${w}`));
      for (const act of what.acts) {
        const label = seen.shown.find((l) => hasName(act, l));
        const same = `${act[0]} ${JSON.stringify(act[1])}`;
        if (!label || pressed.has(same)) continue; // what says and does the same is pressed once, on the first of its pages
        pressed.add(same);
        await pressOne(context, server.url, what, label, act).catch((e) => wrong.push(`“${label}” on ${name}: ${String(e.message).split("\n")[0]}`));
      }
    }
  }));
  t.diagnostic(`${pressed.size} buttons on ${chosen(organising).length} pages`);
  assert.deepEqual(wrong, []);
});
