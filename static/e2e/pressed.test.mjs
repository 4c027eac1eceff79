// Every button of the client is pressed: each label that is rendered on any screen is in a table of what it does, and is
// pressed here to see that it does it. A label that is new has to be added; one that is gone has to go (finding T).
import assert from "node:assert/strict";
import { test } from "node:test";
import { launch } from "./house.mjs";
import { serve } from "../test/fake.mjs";
import { acts } from "../test/pressed.mjs";
import { labels, pressOne } from "../test/look.mjs";
import { api, chosen, openScreen, screens } from "../test/screens.mjs";

// Comes once two sockets have not opened, sooner or later than a screen is looked at; it is a link, and reach.test.mjs (U21) looks where it leads.
const LATER = "Check the connection";

test("every button is pressed, and does what is written of it", { timeout: 600_000 }, async (t) => {
  const server = await serve(api);
  const browser = await launch();
  t.after(async () => { await browser.close(); server.close(); });
  const wrong = [];
  const used = new Set();
  const jobs = new Map(); // label → screen
  const sizes = { narrow: { width: 360, height: 740 }, wide: { width: 1280, height: 800 } };
  for (const [size, viewport] of Object.entries(sizes)) {
    const context = await browser.newContext({ viewport, reducedMotion: "reduce" });
    // On a phone, the tools of those who facilitate stand behind a switch of their own.
    for (const [name, what] of chosen(screens).filter(([n]) => size === "wide" || n === "lead")) {
      const page = await context.newPage();
      await openScreen(page, server.url, what);
      // What is pressed while nothing can go out is pressed on another screen, where there is one.
      const away = what.scene?.cut || what.scene?.no;
      for (const label of await page.evaluate(labels, "")) if (label !== LATER && (!jobs.has(label) || (jobs.get(label).away && !away))) jobs.set(label, { name, what, size, away });
      if (name === "remove") jobs.set("Remove now", { name, what, size });
      await page.close();
    }
    await context.close();
  }
  const only = process.env.LABEL;
  const work = [...jobs].filter(([label]) => !only || label === only);
  assert.ok(work.length > 0, `no screen has “${only}”`);
  await Promise.all([0, 1].map(async () => {
    const contexts = {};
    for (const [size, viewport] of Object.entries(sizes)) contexts[size] = await browser.newContext({ viewport, reducedMotion: "reduce", acceptDownloads: true });
    for (let one = work.shift(); one; one = work.shift()) {
      const [label, { name, what, size }] = one;
      const act = acts.find(([l]) => (l instanceof RegExp ? l.test(label) : l === label));
      if (!act) { wrong.push(`nobody presses “${label}” (${name})`); continue; }
      used.add(act);
      await pressOne(contexts[size], server.url, what, label, act).catch((e) => wrong.push(`“${label}” on ${name}: ${String(e.message).split("\n")[0]}`));
    }
  }));
  if (!process.env.SCREEN) for (const act of acts) if (!used.has(act)) wrong.push(`there is no “${act[0]}” any more`);
  t.diagnostic(`${used.size} labels`);
  assert.deepEqual(wrong, []);
});
