// Every screen, light and dark, narrow and wide: a picture of each, and axe on each.
// usage: node test/shots.mjs [part of a scene's name] [--fast | --forced] (forced: with the system's own few colours)
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { serve } from "./fake.mjs";
import { api, openScreen, screens } from "./screens.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const out = join(here, "shots");
mkdirSync(out, { recursive: true });
const only = process.argv.slice(2).filter((a) => !a.startsWith("--"));
const fast = process.argv.includes("--fast");

const server = await serve(api);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

const looks = process.argv.includes("--forced") ? [["forced", 360, 740], ["forced", 1280, 800]] : fast ? [["light", 360, 740], ["dark", 1280, 800]]
  : [["light", 360, 740], ["dark", 360, 740], ["light", 1280, 800], ["dark", 1280, 800], ["light", 320, 640], ["light", 740, 360], ["light", 1366, 768]];
let shots = 0;
const failures = [];
for (const [name, what] of Object.entries(screens)) {
  if (only.length && !only.some((o) => name.includes(o))) continue;
  for (const [theme, width, height] of looks) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme === "light" ? "light" : "dark", forcedColors: theme === "forced" ? "active" : "none", reducedMotion: "reduce" });
    const page = await context.newPage();
    page.on("pageerror", (e) => failures.push(`${name}: ${e.message}`));
    page.on("console", (m) => { if (m.type() === "error" && !/404|ERR_|WebSocket/.test(m.text())) failures.push(`${name}: ${m.text()}`); });
    await openScreen(page, server.url, what).catch((e) => failures.push(`${name}: ${e.message}`));
    const file = `${name}-${theme}-${width}.png`;
    await page.screenshot({ path: join(out, file), fullPage: !process.argv.includes("--fold") });
    shots++;
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (wide > 0) failures.push(`${file}: ${wide}px wider than the screen`);
    await page.evaluate(axe);
    const found = await page.evaluate(async () => (await window.axe.run(document, { resultTypes: ["violations"] })).violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(" | ")}`));
    for (const v of found) failures.push(`${file}: ${v}`);
    await context.close();
  }
}
await browser.close();
server.close();
for (const f of failures) console.log(f);
console.log(`${shots} pictures in ${out}, ${failures.length} failures`);
process.exit(failures.length ? 1 : 0);
