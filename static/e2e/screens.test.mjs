// axe on every screen there is, light and dark, against a server that plays each scene. The whole session has axe too,
// on what people see in it; here are the screens that no session comes by, and every state of the rest.
import assert from "node:assert/strict";
import { test } from "node:test";
import { axeFinds, launch } from "./house.mjs";
import { serve } from "../test/fake.mjs";
import { api, openScreen, screens } from "../test/screens.mjs";

// Half of the screens on a phone and half on a desk; the pictures (npm run shots) have all of them on both.
const SIZES = [{ width: 360, height: 740 }, { width: 1280, height: 800 }];

test("axe finds nothing on any screen, light and dark", { timeout: 180_000 }, async (t) => {
  const server = await serve(api);
  const browser = await launch();
  t.after(async () => { await browser.close(); server.close(); });
  const wrong = [];
  // Side by side: a phone's screens and a desk's.
  await Promise.all(SIZES.map(async (viewport, side) => {
    const context = await browser.newContext({ viewport, reducedMotion: "reduce" });
    for (const [name, what] of Object.entries(screens).filter((_, i) => i % 2 === side)) {
      const page = await context.newPage(); // a window of its own: nothing is kept from one to the next
      page.on("pageerror", (e) => wrong.push(`${name}: ${e.message}`));
      page.on("console", (m) => { if (m.type() === "error" && !/404|ERR_|WebSocket/.test(m.text())) wrong.push(`${name}: ${m.text()}`); });
      await openScreen(page, server.url, what);
      wrong.push(...(await axeFinds(page)).map((v) => `${name}, ${v}`));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (wide > 0) wrong.push(`${name}: ${wide}px wider than the screen`);
      if ((await page.locator("main h1").count()) !== 1) wrong.push(`${name}: not one first heading`);
      await page.close();
    }
  }));
  t.diagnostic(`${Object.keys(screens).length} screens`);
  assert.deepEqual(wrong, []);
});

test("a small laptop: circle, words and what is asked stand beside each other, and no seat covers another", { timeout: 60_000 }, async (t) => {
  const server = await serve(api);
  const browser = await launch();
  t.after(async () => { await browser.close(); server.close(); });
  for (const viewport of [{ width: 1366, height: 625 }, { width: 1280, height: 800 }]) for (const name of ["lead", "my-turn", "offer"]) {
    const page = await browser.newPage({ viewport, reducedMotion: "reduce" });
    await openScreen(page, server.url, screens[name]);
    const wrong = await page.evaluate(boxes);
    assert.deepEqual(wrong, [], `${name} at ${viewport.width} x ${viewport.height}`);
    await page.close();
  }
});

/** In the page: the panes that are not in view or lie on each other, and the seats whose face lies on another's name or note. */
function boxes() {
  const wrong = [];
  const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
  const panes = [".room-circle", ".room-talk", ".room-dock", ".room-side"].map((s) => ({ s, e: document.querySelector(s) })).filter((p) => p.e);
  for (const p of panes) {
    const box = p.e.getBoundingClientRect();
    if (box.top < 0 || box.bottom > innerHeight + 1 || box.height < 40) wrong.push(`${p.s} from ${box.top} to ${box.bottom}`);
    for (const o of panes) if (o.s > p.s && over(box, o.e.getBoundingClientRect())) wrong.push(`${p.s} lies on ${o.s}`);
  }
  const seats = [...document.querySelectorAll(".seat")];
  for (const a of seats) for (const b of seats) {
    if (a === b) continue;
    const disc = a.querySelector(".seat-disc").getBoundingClientRect();
    for (const part of b.querySelectorAll(".seat-name, .seat-note")) {
      if (part.textContent && over(disc, part.getBoundingClientRect())) wrong.push(`${a.textContent} covers ${part.textContent}`);
    }
  }
  return wrong;
}
