// Every button of the client is pressed: each label that is rendered on any screen is in a table of what it does, and is
// pressed here to see that it does it. A label that is new has to be added; one that is gone has to go (finding T).
import assert from "node:assert/strict";
import { test } from "node:test";
import { launch } from "./house.mjs";
import { serve } from "../test/fake.mjs";
import { acts } from "../test/pressed.mjs";
import { press, settled } from "../test/press.mjs";
import { api, openScreen, screens } from "../test/screens.mjs";

/** In the page: the name of everything that is pressed; with a label, the first of that name is marked to be found. */
function labels(label) {
  const dialog = document.querySelector("dialog[open]") || document;
  for (const fold of dialog.querySelectorAll("details")) fold.open = true;
  const named = (e) => (e.getAttribute("aria-label") || (e.matches(".person summary") ? e.querySelector("bdi") : e).textContent).replace(/\s+/g, " ").trim();
  const all = [...dialog.querySelectorAll("button, a.btn:not(.skip), summary")].filter((e) => e.getClientRects().length);
  if (label) all.find((e) => named(e) === label)?.setAttribute("data-pressed", "");
  return [...new Set(all.map(named))];
}

/** Presses one label on a fresh page of its screen and looks at what comes of it. */
async function pressOne(context, url, what, label, [, does, before]) {
  const page = await context.newPage();
  page.setDefaultTimeout(6000);
  await page.route("https://www.wikipedia.org/", (r) => r.fulfill({ body: "elsewhere" }));
  await openScreen(page, url, what);
  page.said = [];
  if (label === "Remove now") await press(page.getByRole("checkbox", { name: /It is urgent/ }));
  await page.evaluate(labels, label);
  if (before) await before(page);
  await page.evaluate(labels, label);
  const target = page.locator("[data-pressed]").first();
  if (does.local && (await target.evaluate((e) => e.tagName === "SUMMARY"))) {
    const open = await target.evaluate((e) => e.parentElement.open);
    await press(target);
    assert.notEqual(await target.evaluate((e) => e.parentElement.open), open, `${label} folds nothing`);
  } else if (does.local && (await target.evaluate((e) => e.tagName === "A"))) assert.match(await target.getAttribute("href"), /^(tel:|sms:|https:|\/)/);
  else await settled(page, () => target.click());
  const wait = { timeout: 5000 };
  if (does.verb) {
    for (let i = 0; i < 60 && !page.said.length; i++) await page.waitForTimeout(30);
    assert.equal(page.said[0]?.do, does.verb, `“${label}” sends ${does.verb}`);
    for (const [field, value] of Object.entries(does.more)) assert.equal(page.said[0][field], value, `“${label}”: ${field} is ${page.said[0][field]}`);
  }
  if (does.heading) await page.locator("dialog[open]").getByRole("heading", { name: does.heading }).first().waitFor(wait);
  if (does.shows) await page.getByText(does.shows).first().waitFor({ ...wait, state: "attached" });
  if (does.gone) await page.getByText(does.gone).first().waitFor({ ...wait, state: "hidden" });
  if (does.closes) await page.locator("dialog[open]").waitFor({ ...wait, state: "detached" });
  if (does.url) await page.waitForURL((u) => u.href === does.url || u.pathname === does.url, wait);
  await page.close();
}

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
    for (const [name, what] of Object.entries(screens).filter(([n]) => size === "wide" || n === "lead")) {
      const page = await context.newPage();
      await openScreen(page, server.url, what);
      // What is pressed while nothing can go out is pressed on another screen, where there is one.
      const away = what.scene?.cut || what.scene?.no;
      for (const label of await page.evaluate(labels, "")) if (!jobs.has(label) || (jobs.get(label).away && !away)) jobs.set(label, { name, what, size, away });
      if (name === "remove") jobs.set("Remove now", { name, what, size });
      await page.close();
    }
    await context.close();
  }
  const work = [...jobs];
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
  for (const act of acts) if (!used.has(act)) wrong.push(`there is no “${act[0]}” any more`);
  t.diagnostic(`${jobs.size} labels`);
  assert.deepEqual(wrong, []);
});
