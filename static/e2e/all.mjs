// Plays every suite of this folder. Those that wait for what comes, whenever it comes, go in two lanes; then, one after the
// other, those that look how long something takes. What is about pages, storage, networks and whole meetings runs in Chromium
// as people have it; what is about drawing and pressing runs in Chromium's headless shell: the same engine without the
// browser around it, which takes two thirds of the time. CHROMIUM names one for all.
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";

const shell = new Set(["back", "care", "dialogs", "dom", "guard", "organising", "payloads", "pressed", "promises", "screens", "sent", "sizes", "texts"]);
const lanes = [["session", "keyboard", "organiser", "backorganiser"], ["back", "dialogs", "organising", "payloads", "pressed", "promises", "screens", "texts"]];
const all = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".test.mjs")).map((name) => name.replace(".test.mjs", ""));
const missing = [...shell, ...lanes.flat()].filter((name) => !all.includes(name));
if (missing.length) throw new Error(`there is no ${missing.join(", ")}`);

/** Plays suites one after the other, and gives those that failed. */
async function play(names) {
  const failed = [];
  for (const name of names) {
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
    if (code !== 0) failed.push(name);
  }
  return failed;
}

const beside = (await Promise.all(lanes.map(play))).flat();
const failed = [...beside, ...(await play(all.filter((name) => !lanes.flat().includes(name))))];
if (failed.length) console.log(`not ok: ${failed.join(", ")}`);
process.exitCode = failed.length ? 1 : 0;
