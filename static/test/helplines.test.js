// The bundled helplines: a row that is wrong in form could keep somebody from reaching help.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { readHelplines } from "../app/shell/helplines.js";

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

each("every row has every field, once and no other; not known is null", (r, who) => {
  assert.deepEqual(Object.keys(r).sort(), [...FIELDS].sort(), who);
  for (const [field, value] of Object.entries(r)) {
    if (value === null) assert.ok(!["region", "name", "source", "how"].includes(field), `${who} needs ${field}`);
    else if (field === "languages") assert.ok(Array.isArray(value) ? value.length > 0 && value.every(plain) : plain(value), `${who} ${field}`);
    else assert.ok(plain(value), `${who} ${field}: ${JSON.stringify(value)}`);
  }
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

each("a row is checked on a day by somebody, or by nobody yet, and then it says so", (r, who) => {
  assert.equal(r.checked === null, r.by === null, `${who}: a date and a name go together`);
  if (r.checked === null) return assert.match(r.how, /not checked/, `${who} does not say that nobody has checked it`);
  assert.match(r.checked, /^\d{4}-\d{2}-\d{2}$/, who);
  assert.equal(new Date(`${r.checked}T00:00:00Z`).toISOString().slice(0, 10), r.checked, `${who}: no such day`);
  return assert.ok(new Date(r.checked) <= new Date(), `${who} was checked in the future`);
});

test("the page reads every row", () => assert.deepEqual(readHelplines(file).map((r) => r.name), rows.map((r) => r.name)));
