// Every sentence that promises something has a row in docs/promises.md, with tests that are there.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const read = (/** @type {string} */ path) => readFileSync(join(root, path), "utf8");

/** Words with which a text of the client or a refusal promises. */
const PROMISE = new RegExp(`\\b(${[
  "only (you|the facilitators|facilitators|organisers|on this|this|now|that)|alone|nobody|no one|everybody|everyone|whoever|anybody|anyone|in private|sees?|shown",
  "never|always|ever|cannot|can no longer|no longer|any ?more|nothing|cut off|cuts|not (recorded|kept|shown|used|offered|saved|reached?|record|let)",
  "erased?|keeps?|kept|gone|stays?|can stay|lasts?|still (here|good|work)|for (a day|half an hour|good)|until|within|at most|(at )?any time|undone",
  "at once|will|by itself|stops? working|is told|are told|have told|we tell|looked at|come back to you",
].join("|")})\\b`, "i");
/** The same of whole sections, in which nearly every other word would be found. */
const STRONG = /\b(nobody|never|always|erase[ds]?|at once|kept|keeps|by itself|nothing|forgets?|within|cannot)\b/i;

const SERVER = ["room/refusals.go", "hub/runtime/refusals.go", "hub/web/answer.go", "hub/web/guard.go", "hub/house/refusals.go", "hub/house/helplines.go"];
const PAGES = ["README.md", "docs/facilitating.md", "docs/first-server.md", "docs/operating.md", "docs/security.md"];

/** @type {Record<string, string>} */
const client = {};
for (const file of readdirSync(join(root, "static/app/words"))) if (file !== "index.js" && file !== "en.js") Object.assign(client, (await import(`../app/words/${file}`)).default);

/** What the server says, by file and code; a line of the floor by file and its words. */
const server = Object.fromEntries([
  ...SERVER.flatMap((file) => [...read(file).matchAll(/Refusal\{(?:Code: )?"([^"]+)", (?:Say: )?"([^"]+)"/g)].map(([, code, says]) => [`${file}:${code}`, says])),
  ...[...read("charter/floor.go").matchAll(/^\t\t"(.+)",$/gm)].map(([, says]) => [`charter/floor.go:${says}`, says]),
]);

/** Sections of a page by their headings; what stands in boxes is no sentence. */
const sections = Object.fromEntries(PAGES.flatMap((file) => read(file).replace(/^```[^]*?^```/gm, "").split(/^#+ /m).slice(1).map((part) => [`${file}#${part.slice(0, part.indexOf("\n")).trim()}`, part.slice(part.indexOf("\n"))])));

const named = (/** @type {string} */ cell) => [...cell.matchAll(/`([^`]+)`/g)].map((m) => m[1]);
const [promised, excused] = read("docs/promises.md").split("## Not a promise").map((part) => part.split("\n").filter((l) => l.startsWith("| ") && !/^\| (promise|reason) \|/.test(l)).map((l) => l.split(" | ")));
const rows = promised.map(([says, , tests]) => ({ says: says.slice(2), names: named(says), tests: named(tests ?? "") }));
const excuses = excused.flatMap(([, names]) => named(names));
const names = [...rows.flatMap((r) => r.names), ...excuses];

const covers = (/** @type {string[]} */ all, /** @type {string} */ key) => all.includes(key) || (key.startsWith("charter/floor.go:") && all.some((n) => n.startsWith("charter/floor.go:") && key.startsWith(n)));
const promising = [
  ...Object.entries({ ...client, ...server }).filter(([, text]) => PROMISE.test(text)).map(([key]) => key),
  ...Object.entries(sections).filter(([, text]) => STRONG.test(text)).map(([key]) => key),
];

test("every sentence that promises something has a row in docs/promises.md", () => {
  assert.ok(promising.length > 250, `found only ${promising.length}`);
  assert.deepEqual(promising.filter((key) => !covers(names, key)), []);
});

test("no row and no excuse is of a sentence that is gone", () => {
  const there = [...Object.keys(client), ...Object.keys(server), ...Object.keys(sections)];
  assert.deepEqual(names.filter((n) => !there.some((key) => covers([n], key))), []);
  assert.deepEqual(excuses.filter((n) => !promising.includes(n)), [], "these promise nothing any more");
  assert.deepEqual(excuses.filter((n) => rows.some((r) => r.names.includes(n))), [], "these have a row as well");
});

/** Whether a test is there: a file or folder, or a file with a test, a step or a rule of that name. @param {string} ref */
function isThere(ref) {
  const [file, name] = /^([^:]+)(?::(.*))?$/.exec(ref)?.slice(1) || [];
  if (!existsSync(join(root, file)) || !/(_test\.go|\.test\.m?js|^\.ci\/|testdata\/.*\.txt|conform\/.*\.go)/.test(ref)) return false;
  if (!name) return !/\.m?js$|\.go$/.test(file) && statSync(join(root, file)).isFile();
  const text = read(file);
  return file.endsWith(".go") ? new RegExp(`^func ${name}\\(`, "m").test(text) : ["\"", "`", "'"].some((quote) => text.includes(`(${quote}${name}`));
}

test("every row says which tests fail, and they are there", () => {
  assert.ok(rows.length > 80, `found only ${rows.length} rows`);
  assert.deepEqual(rows.filter((r) => !r.tests.length || !r.names.length).map((r) => r.says), []);
  assert.deepEqual(rows.flatMap((r) => r.tests).filter((ref) => !isThere(ref)), []);
});
