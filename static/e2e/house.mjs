// A real hearth on a free port with a data folder of its own, and real Chromium.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { connect, createServer as listen } from "node:net";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
const binary = process.env.HEARTH || join(here, "../../bin/hearth");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const executablePath = process.env.CHROMIUM || "/usr/bin/chromium";

/** A port that is free now, below those that the kernel gives to whoever asks for any: one of them might be somebody's again before a server is there. */
export function freePort() {
  return new Promise((done) => {
    const look = () => {
      const port = 21_000 + Math.floor(Math.random() * 10_000);
      const s = listen().once("error", look).listen(port, "127.0.0.1", () => s.close(() => done(port)));
    };
    look();
  });
}

/**
 * Starts hearth; kill() ends it by pid, again() starts it on the same folder and port.
 * @param {string[]} [more] flags @param {string} [publicUrl] what people type, when that is not this node
 */
export async function startHearth(more = [], publicUrl = "") {
  const port = await freePort();
  const data = mkdtempSync(join(tmpdir(), "hearth-e2e-"));
  const own = `http://127.0.0.1:${port}`;
  const house = { url: publicUrl || own, own, data, child: null, said: "" };
  const flags = ["--listen", `127.0.0.1:${port}`, "--public-url", house.url, "--data", data, "--metrics-listen", "off", ...more];
  house.again = async () => {
    house.said = "";
    house.child = spawn(binary, ["serve", ...flags], { stdio: ["ignore", "pipe", "pipe"] });
    house.child.stdout.on("data", (b) => { house.said += b; });
    house.child.stderr.on("data", (b) => { house.said += b; });
    for (let i = 0; i < 200; i++) {
      if (house.child.exitCode !== null) throw new Error(`hearth went down: ${house.said}`);
      const up = await fetch(`${own}/healthz`).then((r) => r.ok, () => false);
      if (up) return;
      await pause(50);
    }
    throw new Error(`hearth did not come up: ${house.said}`);
  };
  house.kill = (signal = "SIGTERM") => new Promise((done) => {
    if (house.child.exitCode !== null || house.child.signalCode) return done();
    house.child.once("exit", done);
    house.child.kill(signal);
  });
  house.end = async () => { await house.kill(); rmSync(data, { recursive: true, force: true }); };
  await house.again();
  return house;
}

/** The link that is printed behind a word, such as "Organiser". */
export function printedLink(house, word) {
  const found = new RegExp(`${word}[^\\n]*?(http\\S+/j#\\S+)`, "i").exec(house.said) || /(http\S+\/j#\S+)/.exec(house.said);
  if (!found) throw new Error(`no link for ${word} in: ${house.said}`);
  return found[1];
}

/** One browser process; contexts of it are separate people. */
export const launch = () => chromium.launch({ executablePath, args });

/** A browser process of its own, that can be killed like a crash. */
export async function launchAlone() {
  const server = await chromium.launchServer({ executablePath, args });
  const browser = await chromium.connect(server.wsEndpoint());
  return { browser, kill: () => server.process().kill("SIGKILL"), close: () => server.close() };
}

/** A way to the network that can be cut: a forward proxy for one person. */
export async function cuttable() {
  const open = new Set();
  let cut = false;
  const keep = (s) => { open.add(s); s.on("close", () => open.delete(s)); s.on("error", () => s.destroy()); };
  const server = createServer((req, res) => {
    if (cut) return res.destroy();
    const to = new URL(req.url);
    const out = request({ host: to.hostname, port: to.port, path: to.pathname + to.search, method: req.method, headers: req.headers }, (r) => { res.writeHead(r.statusCode, r.headers); r.pipe(res); });
    out.on("error", () => res.destroy());
    req.pipe(out);
  });
  server.on("connection", keep);
  server.on("connect", (req, socket) => {
    if (cut) return socket.destroy();
    const [host, port] = req.url.split(":");
    const far = connect(Number(port), host, () => { socket.write("HTTP/1.1 200 OK\r\n\r\n"); far.pipe(socket); socket.pipe(far); });
    keep(far);
  });
  await new Promise((done) => { server.listen(0, "127.0.0.1", done); });
  return {
    proxy: { server: `http://127.0.0.1:${server.address().port}` },
    cut: () => { cut = true; for (const s of open) s.destroy(); },
    mend: () => { cut = false; },
    close: () => { for (const s of open) s.destroy(); server.close(); },
  };
}

/** What axe finds on the page as it stands, in light and in dark. */
export async function axeFinds(page) {
  const found = [];
  await page.bringToFront(); // a page behind another draws no frames
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    // Colours that are still on their way from the other look are not the page's colours.
    await page.evaluate(async () => {
      // A page behind another draws no frames, and an animation that was replaced never says that it is over.
      const bound = (ms) => new Promise((done) => { setTimeout(done, ms); });
      await Promise.race([new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }), bound(500)]);
      const ending = document.getAnimations().filter((a) => a.effect.getTiming().iterations !== Infinity);
      await Promise.race([Promise.all(ending.map((a) => a.finished.catch(() => {}))), bound(3000)]);
    });
    await page.evaluate(axe);
    const violations = await page.evaluate(async () => (await window.axe.run(document, { resultTypes: ["violations"] })).violations
      .map((v) => `${v.id} at ${v.nodes.map((n) => `${n.target.join(" ")} (${n.any[0]?.message || ""})`).slice(0, 3).join(" | ")}`));
    found.push(...violations.map((v) => `${colorScheme}: ${v}`));
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  return found;
}

/** Waits; for polling the world outside, never for hoping. */
export const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

/** Looks until look() gives something true. */
export async function until(what, look, ms = 15_000) {
  const end = Date.now() + ms;
  for (;;) {
    const got = await look();
    if (got) return got;
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain for: ${what}`);
    await pause(100);
  }
}
