import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import care from "../app/words/care.js";
import door from "../app/words/door.js";
import announce from "../app/words/announce.js";
import record from "../app/words/record.js";
import refusals from "../app/words/refusals.js";
import room from "../app/words/room.js";
import shell from "../app/words/shell.js";
import { count, learn, say } from "../app/words/index.js";

const app = join(dirname(fileURLToPath(import.meta.url)), "../app");
const areas = { care, door, announce, record, refusals, room, shell };
const texts = Object.assign({}, ...Object.values(areas));
learn(texts);

/** @param {string} dir @param {string[]} without folders @returns {string[]} */
const files = (dir, without, end = ".js") => readdirSync(dir).flatMap((f) => {
  const path = join(dir, f);
  return statSync(path).isDirectory() ? (without.includes(f) ? [] : files(path, without, end)) : path.endsWith(end) ? [path] : [];
});
const allWords = () => Promise.all(files(join(app, "words"), []).filter((f) => !f.endsWith("index.js")).map((f) => import(f)));
const sources = files(app, ["organiser"]).filter((f) => !f.includes("/words/")).map((f) => readFileSync(f, "utf8")).join("\n");

test("no key is in two areas", () => {
  const seen = new Set();
  for (const [area, all] of Object.entries(areas)) for (const key of Object.keys(all)) {
    assert.ok(!seen.has(key), `${key} is in ${area} and before`);
    seen.add(key);
  }
});

test("every key that is written out in the client has its text", () => {
  const used = [...sources.matchAll(/\b(?:say|rich|count|button)\(\s*"([a-z][\w.-]*\.[\w.-]+)"/g)].map((m) => m[1]);
  assert.ok(used.length > 150, `found only ${used.length}`);
  for (const key of used) assert.ok(key in texts || `${key}.other` in texts, `no text for ${key}`);
});

// A key is written out, or made by a template of the client from values that the client or the server writes out.
test("every text is used, the organiser's as well", async () => {
  const client = files(app, []).filter((f) => !f.includes("/words/")).map((f) => readFileSync(f, "utf8")).join("\n");
  const server = ["room", "hub", "charter"].flatMap((d) => files(join(app, "../..", d), [], ".go")).filter((f) => !f.endsWith("_test.go")).map((f) => readFileSync(f, "utf8")).join("\n");
  const known = (/** @type {string} */ v) => /^\d*$/.test(v) || client.includes(`"${v}"`) || server.includes(`"${v}"`) || new RegExp(`\\b${v}:`).test(client);
  const made = [...client.matchAll(/`([a-z][\w-]*\.[^`\n]*\$\{[^`\n]*)`/g)]
    .map((m) => new RegExp(`^${m[1].split(/\$\{[^}]*\}/).map((part) => part.replace(/[.*+?^$()|[\]\\]/g, "\\$&")).join("([\\w-]*)")}$`));
  const isUsed = (/** @type {string} */ key) => client.includes(`"${key}"`) || made.some((pattern) => key.match(pattern)?.slice(1).every(known));
  const keys = (await allWords()).flatMap((m) => Object.keys(m.default));
  assert.ok(keys.length > 1000, `found only ${keys.length}`);
  assert.deepEqual(keys.filter((key) => !isUsed(key) && !isUsed(key.replace(/\.(one|other)$/, ""))), []);
});

test("a missing text shows its key, never nothing", () => assert.equal(say("no.such.key"), "no.such.key"));

test("plurals follow the language", () => {
  assert.equal(count("spoken.count", 1), "1 new message");
  assert.equal(count("spoken.count", 3), "3 new messages");
});

test("no text hurries, shames, counts people or counts down (never 5, 7, 8, 10, 20)", () => {
  const never = /someone please|please speak|hurry up|last chance|seconds left|you have only|streak|points|badge|leaderboard|we miss you|must speak|be the first/i;
  for (const [key, text] of Object.entries(texts)) assert.ok(!never.test(text), `${key}: ${text}`);
});

// Flesch–Kincaid, roughly: a long average means long sentences or long words.
const syllables = (word) => Math.max(1, (word.toLowerCase().replace(/e$/, "").match(/[aeiouy]+/g) || []).length);
test("plain words: a reading age of about twelve in every area", () => {
  for (const [area, all] of Object.entries(areas)) {
    const sentences = Object.values(all).flatMap((t) => t.split(/[.?!:]\s+|[.?!:]$/)).filter((s) => s.split(/\s+/).length > 3);
    if (sentences.length < 5) continue;
    const words = sentences.flatMap((s) => s.match(/[A-Za-z’']+/g) || []);
    const grade = 0.39 * (words.length / sentences.length) + 11.8 * (words.reduce((n, w) => n + syllables(w), 0) / words.length) - 15.59;
    assert.ok(grade <= 7, `${area} is at grade ${grade.toFixed(1)}`);
  }
});

// Each of these stood on a screen and was not true, or hurt; docs/findings.md says why.
test("W: no sentence that was not true, or that hurt, has come back", async () => {
  const gone = [
    /offered turns.*nobody else sees/i, /answer now or soon/i, /somebody who was not part of this will/i, /being contacted/i, /the group can change it together/i,
    /does something that concerns you/i, /nothing more is kept than/i, /did not seem well enough/i, /in a hurry/i, /you have chosen to listen/i,
    /do not see or miss anything/i, /no open turn that this would fit/i, /nobody replies to anybody/i, /people who know hard times/i,
    /you can change all of this later\./i, /a quiet moment/i,
  ];
  const every = Object.assign({}, ...(await allWords()).map((m) => m.default));
  const server = readFileSync(join(app, "../../room/refusals.go"), "utf8");
  for (const old of gone) {
    for (const [key, text] of Object.entries(every)) assert.ok(!old.test(text), `${key}: ${text}`);
    assert.ok(!old.test(server), `room/refusals.go says ${old}`);
  }
});

test("W15: the first page says that people write here, without camera and microphone", () => {
  assert.match(texts["landing.lede"], /write/);
  assert.match(texts["landing.lede"], /no camera and no microphone/);
});
