// Plays every suite of this folder: two at a time those that wait for what comes, whenever it comes; then, one after the
// other, those that look how long something takes.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";

const beside = ["back", "backorganiser", "dialogs", "keyboard", "organiser", "organising", "payloads", "pressed", "promises", "session"].map((name) => `${name}.test.mjs`);
const all = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".test.mjs"));
const missing = beside.filter((name) => !all.includes(name));
if (missing.length) throw new Error(`there is no ${missing.join(", ")}`);

let failed = false;
for (const [lanes, names] of [[2, beside], [1, all.filter((name) => !beside.includes(name))]]) {
  const files = names.map((name) => `${import.meta.dirname}/${name}`);
  failed = spawnSync(process.execPath, ["--test", `--test-concurrency=${lanes}`, ...files], { stdio: "inherit" }).status !== 0 || failed;
}
process.exitCode = failed ? 1 : 0;
