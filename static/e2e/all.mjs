// Plays every suite of this folder. Those that wait for what comes, whenever it comes, play two at a time, long ones first: three
// keep two cores so busy that all of it takes longer. Then, one after the other, those that look how long something takes. What
// is about pages, storage, networks and whole meetings runs in Chromium as people have it; what is about drawing and pressing
// runs in Chromium's headless shell: the same engine without the browser around it, which takes two thirds of the time. CHROMIUM
// names one for all.
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";

const shell = new Set(["back", "care", "dialogs", "dom", "guard", "organising", "payloads", "pressed", "promises", "screens", "sent", "sizes", "texts"]);
const beside = ["session", "keyboard", "pressed", "organiser", "back", "screens", "organising", "backorganiser", "promises", "payloads", "texts", "dialogs"];
const all = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".test.mjs")).map((name) => name.replace(".test.mjs", ""));
const missing = [...shell, ...beside].filter((name) => !all.includes(name));
if (missing.length) throw new Error(`there is no ${missing.join(", ")}`);

/** Plays a suite, and says whether it passed. */
async function play(name) {
  const began = Date.now();
  const env = shell.has(name) ? { CHROMIUM: "/usr/bin/chromium-headless-shell", ...process.env } : process.env;
  let said = "";
  const code = await new Promise((done) => {
    const run = spawn(process.execPath, ["--test", `${import.meta.dirname}/${name}.test.mjs`], { env, stdio: ["ignore", "pipe", "inherit"] });
    run.stdout.on("data", (text) => { said += text; });
    run.on("close", done);
  });
  // What is said of one suite stays together, whatever plays beside it.
  process.stdout.write(`${said}# ${name}: ${Math.round((Date.now() - began) / 1000)} s\n`);
  return code === 0;
}

/** Plays suites in their order, some at a time, and gives those that failed. */
async function playAll(names, some) {
  const failed = [];
  const waiting = [...names];
  const next = async () => { for (let name; (name = waiting.shift());) if (!(await play(name))) failed.push(name); };
  await Promise.all(Array.from({ length: some }, next));
  return failed;
}

const failed = [...(await playAll(beside, 2)), ...(await playAll(all.filter((name) => !beside.includes(name)), 1))];
if (failed.length) console.log(`not ok: ${failed.join(", ")}`);
process.exitCode = failed.length ? 1 : 0;
