// The bundled helplines: a row that is wrong in form could keep somebody from reaching help.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { byCountry, checkedText, readHelplines } from "../app/shell/helplines.js";
import shell from "../app/words/shell.js";
import { learn } from "../app/words/index.js";

learn(shell);
const file = JSON.parse(readFileSync(join(dirname(fileURLToPath(import.meta.url)), "../helplines.json"), "utf8"));
const FIELDS = ["region", "name", "number", "call", "text", "chat", "url", "hours", "languages", "for", "cost", "rescue", "how", "source", "checked", "by"];
const rows = file.helplines;
const each = (what, look) => test(what, () => { for (const r of rows) look(r, `${r.region} ${r.name}`); });
const plain = (s) => typeof s === "string" && s.trim() === s && s !== "" && !/[\u0000-\u001f<>]/.test(s);

test("there is one list, and a word about it", () => {
  assert.deepEqual(Object.keys(file), ["about", "helplines"]);
  assert.ok(plain(file.about));
  assert.ok(rows.length >= 3, `${rows.length} rows`);
});

each("every row has a country, a name and a source, and no field that nobody reads; not known is not there", (r, who) => {
  for (const needed of ["region", "name", "source"]) assert.ok(plain(r[needed]), `${who} needs ${needed}`);
  for (const [field, value] of Object.entries(r)) assert.ok(FIELDS.includes(field) && plain(value), `${who} ${field}: ${JSON.stringify(value)}`);
});

each("a region is a country that can be named", (r, who) => {
  assert.match(r.region, /^[A-Z]{2}$/, who);
  assert.notEqual(new Intl.DisplayNames(["en"], { type: "region" }).of(r.region), r.region, who);
});

test("no service is twice in one place", () => {
  const all = rows.map((r) => `${r.region} ${r.name.toLowerCase()}`);
  assert.deepEqual(all.filter((k, i) => all.indexOf(k) !== i), []);
});

each("every service can be reached in some way", (r, who) => assert.ok(r.call || r.text || r.chat || r.url, who));

each("numbers can be dialled, and are shown as they are dialled", (r, who) => {
  for (const field of ["call", "text"]) if (r[field]) assert.match(r[field], /^\+?[\d]{3,15}$/, `${who} ${field}`);
  if (r.number) {
    assert.match(r.number, /^[+\d][\d ()-]*$/, who);
    assert.equal(r.number.replace(/[^+\d]/g, ""), r.call, `${who}: shown and dialled differ`);
  }
});

each("addresses are https and nothing hides in them", (r, who) => {
  for (const field of ["chat", "url"]) {
    if (!r[field]) continue;
    const url = new URL(r[field]);
    assert.equal(url.protocol, "https:", `${who} ${field}`);
    assert.equal(url.username + url.password + url.port, "", `${who} ${field}`);
  }
});

each("nobody claims to have checked what nobody has", (r, who) => assert.ok(!r.checked && !r.by, who));

test("the page reads every row", () => assert.deepEqual(readHelplines(file).map((r) => r.name), rows.map((r) => r.name)));

test("U26: one's own country comes first, then by name; two of one name stand under their countries", () => {
  const names = { GB: "United Kingdom", IE: "Ireland", US: "United States", CA: "Canada", NZ: "New Zealand" };
  const order = byCountry(readHelplines(file), "US", (code) => names[code]);
  assert.deepEqual(order.map((p) => p.name), ["United States", "Canada", "Ireland", "New Zealand", "United Kingdom"]);
  const twins = order.filter((p) => p.lines.some((l) => l.name === "Samaritans")).map((p) => p.name);
  assert.deepEqual(twins, ["Ireland", "United Kingdom"]);
  assert.deepEqual(order.flatMap((p) => p.lines).length, rows.length);
  assert.equal(byCountry(rows, "", (c) => names[c])[0].name, "Canada");
});

test("U26: a row says when it was checked, that this is long ago, or that nobody has", () => {
  const now = Date.parse("2026-11-29T09:00:00Z");
  const row = (checked) => checkedText({ region: "GB", name: "a", checked }, now);
  assert.match(row("2026-11-01"), /^Last checked on November 1, 2026\.$/);
  assert.match(row("2026-06-03"), /^Last checked on June 3, 2026\.$/);
  assert.match(row("2026-06-01"), /more than half a year ago/);
  for (const none of [undefined, "", "soon"]) assert.match(row(none), /Nobody from this house has checked this yet/);
});

test("U26: no screen promises that somebody answers, for hearth cannot know", () => {
  for (const [key, text] of Object.entries(shell)) assert.doesNotMatch(text, /answers? (now|soon|at once|right away)|always answers?/i, key);
});
