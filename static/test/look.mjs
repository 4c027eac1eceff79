// Looking at a screen as it is drawn: what is to be read on it, and what comes of pressing.
import assert from "node:assert/strict";
import { press, settled } from "./press.mjs";
import { openScreen } from "./screens.mjs";

/** In the page: all that a person can come to read, folds open. */
export function read() {
  const dialog = document.querySelector("dialog[open]");
  const root = dialog || document.querySelector("hearth-frame");
  for (const fold of root.querySelectorAll("details")) fold.open = true;
  const text = (dialog ? dialog.innerText : root.innerText).replace(/\s+/g, " ");
  const shown = (e) => !!e.getClientRects().length;
  const buttons = [...(dialog || document).querySelectorAll("button, a.btn")].filter(shown).map((e) => (e.getAttribute("aria-label") || e.innerText).replace(/\s+/g, " ").trim());
  const ticks = [...root.querySelectorAll("label")].filter(shown).map((e) => e.innerText.replace(/\s+/g, " "));
  const options = [...root.querySelectorAll("option")].map((e) => e.textContent);
  return { text, all: [text, ...buttons, ...ticks, ...options].join("\n"), buttons };
}

/** In the page: the name of everything that is pressed; with a label, the first of that name is marked to be found. */
export function labels(label) {
  const dialog = document.querySelector("dialog[open]") || document;
  for (const fold of dialog.querySelectorAll("details")) fold.open = true;
  const named = (e) => (e.getAttribute("aria-label") || (e.matches(".person summary") ? e.querySelector("bdi") : e).textContent).replace(/\s+/g, " ").trim();
  const all = [...dialog.querySelectorAll("button, a.btn:not(.skip), summary")].filter((e) => e.getClientRects().length);
  if (label) all.find((e) => named(e) === label)?.setAttribute("data-pressed", "");
  return [...new Set(all.map(named))];
}

/** Presses one label on a fresh page of its screen and looks at what comes of it. */
export async function pressOne(context, url, what, label, [, does, before]) {
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await page.route("https://www.wikipedia.org/", (r) => r.fulfill({ body: "elsewhere" }));
  await openScreen(page, url, what);
  page.said = [];
  page.asked = [];
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
  else if (does.href) assert.ok((await target.getAttribute("href")).startsWith(does.href), `${label} leads to ${await target.getAttribute("href")}`);
  else await settled(page, () => target.click());
  const wait = { timeout: 5000 };
  if (does.asks) {
    for (let i = 0; i < 60 && !page.asked.includes(does.asks); i++) await page.waitForTimeout(30);
    assert.ok(page.asked.includes(does.asks), `“${label}” asks ${does.asks}`);
  }
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
