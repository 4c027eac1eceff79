// Every screen, light and dark, narrow and wide: a picture of each, and axe on each.
// usage: node test/shots.mjs [part of a scene's name] [--fast]
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { serve } from "./fake.mjs";
import { helplines, scenes } from "./fixtures.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const out = join(here, "shots");
mkdirSync(out, { recursive: true });
const only = process.argv.slice(2).filter((a) => !a.startsWith("--"));
const fast = process.argv.includes("--fast");

const record = {
  v: 1, series: "Tuesday group", number: 5, of: 8, date: "2026-11-17", planned: 90, real: 92, mode: "text",
  phases: [["lobby", 15, 12], ["opening", 8, 9], ["check-in", 20, 22], ["main", 47, 46], ["closing", 12, 12], ["after-care", 15, 8]].map(([phase, planned, real]) => ({ phase, planned, real })),
  formats: ["go-round", "queue", "open", "silence"], seats: 12, people: { participants: 8, lead: 1, wellbeing: 1, trainees: 1 },
  levels: { 1: 1, 2: 0, 3: 1, 4: 0, 5: 0, U: 0 }, held: 0, ended: "ended", charter: 2,
};
const server = await serve({ "/api/helplines": helplines, "/api/open": null, "/api/forget": {}, "/api/record/s2": record });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

/** Plays a scene to the page's socket. */
async function play(page, scene) {
  await page.routeWebSocket(/\/api\/live\//, (ws) => {
    ws.onMessage((m) => {
      if (JSON.parse(String(m)).do !== "hello") return;
      if (scene.hello) ws.send(JSON.stringify(scene.hello));
      for (const f of scene.frames || []) ws.send(JSON.stringify(f));
      if (scene.close) setTimeout(() => ws.close({ code: scene.close }), 60);
    });
    if (scene.cut) page.cutNow = () => ws.close({ code: 4000 });
  });
}

const pages = {
  landing: { path: "/" }, join: { path: "/j#dG9rZW4" }, "join-none": { path: "/j" }, nowhere: { path: "/x/y" },
  rights: { path: "/rights" }, record: { path: "/s/s2/record" },
  help: { path: "/s/s1", scene: scenes.listening, act: (p) => p.getByRole("button", { name: "Helplines and rights" }).first().click() },
  settings: { path: "/s/s1", scene: scenes.listening, act: (p) => p.getByRole("button", { name: "Settings" }).click() },
  more: { path: "/s/s1", scene: scenes.notices, act: (p) => p.getByRole("button", { name: "More" }).click() },
  nudge: { path: "/s/s2", scene: { ...scenes.lead, tools: true }, late: async (p) => { await p.locator("summary", { hasText: "Priya" }).click(); await p.getByRole("button", { name: "A quiet word…" }).first().click(); } },
  person: { path: "/s/s2", scene: { ...scenes.lead, tools: true }, late: (p) => p.locator("summary", { hasText: "Priya" }).click() },
  remove: { path: "/s/s2", scene: { ...scenes.lead, tools: true }, late: async (p) => { await p.locator("summary", { hasText: "Priya" }).click(); await p.getByRole("button", { name: "Remove for today…" }).first().click(); } },
  line: { path: "/s/s1", scene: scenes.listening, act: (p) => p.getByRole("button", { name: "Private line" }).click() },
};
for (const [name, scene] of Object.entries(scenes)) pages[name] = { path: `/s/${scene.seat || "s1"}`, scene };

const looks = fast ? [["light", 360, 740], ["dark", 1280, 800]]
  : [["light", 360, 740], ["dark", 360, 740], ["light", 1280, 800], ["dark", 1280, 800], ["light", 320, 568]];
let shots = 0;
const failures = [];
for (const [name, what] of Object.entries(pages)) {
  if (only.length && !only.some((o) => name.includes(o))) continue;
  for (const [theme, width, height] of looks) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, reducedMotion: "reduce" });
    const page = await context.newPage();
    page.on("pageerror", (e) => failures.push(`${name}: ${e.message}`));
    page.on("console", (m) => { if (m.type() === "error" && !/404|ERR_|WebSocket/.test(m.text())) failures.push(`${name}: ${m.text()}`); });
    if (what.scene) await play(page, what.scene);
    await page.goto(server.url + what.path);
    await page.waitForSelector("h1");
    if (what.scene?.hello) await page.waitForSelector("hearth-connecting", { state: "detached", timeout: 5000 }).catch(() => failures.push(`${name}: still connecting`));
    if (what.scene?.draft) await page.getByLabel("Your words").fill(what.scene.draft);
    if (what.scene?.cut) await page.cutNow();
    if (what.act) await what.act(page);
    if (what.scene?.tools && width < 960) {
      await page.getByRole("button", { name: /^Tools/ }).click();
    }
    if (what.late) await what.late(page);
    await page.waitForTimeout(what.scene?.cut || what.scene?.close ? 250 : 120);
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
