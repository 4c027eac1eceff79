// A dialog that was closed opens again at once: a browser says "close" up to a frame late, on an old phone much later.
import assert from "node:assert/strict";
import { test } from "node:test";
import { launch } from "./house.mjs";
import { serve } from "../test/fake.mjs";
import { scenes } from "../test/fixtures.mjs";
import { organising } from "../test/organising.mjs";
import { press } from "../test/press.mjs";
import { api, openScreen } from "../test/screens.mjs";
import { hurry, stage } from "../test/stage.mjs";

/** In the page: closes the dialog by a button, opens it again by another, three times; gives how often it was open when all was said. */
async function again([opener, closer]) {
  const shown = () => document.querySelector("dialog[open]");
  /** Presses, and waits for as few draws as it takes until a dialog is there, or is not. Nothing of app/guard.js is looked at here. */
  const click = async (el, open) => {
    el.dispatchEvent(Object.defineProperty(new MouseEvent("click", { bubbles: true, cancelable: true }), "timeStamp", { value: performance.now() + 60_000 }));
    for (let i = 0; i < 100 && Boolean(shown()) !== open; i++) await new Promise((done) => { requestAnimationFrame(done); });
  };
  const find = (text, root) => [...root.querySelectorAll("button")].find((b) => (b.getAttribute("aria-label") || b.textContent).trim().startsWith(text));
  const from = find(opener, document);
  if (!shown()) await click(from, true);
  // What is in it may have to be fetched.
  for (let i = 0; i < 100 && !shown(); i++) await new Promise((done) => { setTimeout(done, 50); });
  let open = 0;
  for (let i = 0; i < 3; i++) {
    if (!shown()) await click(from, true);
    await click(find(closer, shown()), false);
    await click(from, true);
    await new Promise((done) => { setTimeout(done, 200); });
    if (shown()) open++;
  }
  return open;
}

const fold = async (p) => { await p.evaluate(() => { for (const one of document.querySelectorAll("details")) one.open = true; }); };
const dialogs = {
  "an act of care": { seat: "s2", scene: scenes.lead, first: fold, open: "A quiet word…", close: "Go back" },
  "the end, asked": { seat: "s2", scene: scenes["lead-closing"], first: fold, open: "End the session…", close: "Go back" },
  "more about me": { scene: scenes.listening, open: "More", close: "Close" },
  "the private line": { scene: scenes.listening, open: "Private line", close: "Close" },
  "the settings": { scene: scenes.listening, open: "Settings", close: "Close" },
  "helplines": { scene: scenes.held, open: "Helplines and rights", close: "Close" },
};

async function house(t) {
  const server = await serve(api);
  const browser = await launch();
  t.after(async () => { await browser.close(); server.close(); });
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce" });
  await context.addInitScript(hurry);
  return { url: server.url, context };
}

for (const [name, d] of Object.entries(dialogs)) test(`${name}: closed and opened at once, it stays open`, { timeout: 60_000 }, async (t) => {
  const { url, context } = await house(t);
  const s = await stage(context, url, d.seat);
  await s.show({ ...d.scene, press: undefined });
  await d.first?.(s.page);
  assert.equal(await s.page.evaluate(again, [d.open, d.close]), 3);
  await s.page.keyboard.press("Escape");
  await s.page.locator("dialog[open]").waitFor({ state: "detached", timeout: 5000 });
  await press(s.page.getByRole("button", { name: d.open }).first());
  await s.page.locator("dialog[open]").waitFor({ timeout: 5000 });
});

test("a question of the organiser: closed and opened at once, it stays open", { timeout: 60_000 }, async (t) => {
  const { url, context } = await house(t);
  const page = await context.newPage();
  page.said = [];
  await openScreen(page, url, organising["delete the group?"]);
  assert.equal(await page.evaluate(again, ["Delete this group…", "Cancel"]), 3);
});
