// What is said in the language of the page, and what making it costs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { list, longDate, placeName, plural } from "../app/intl.js";

test("countries, dates, lists and plurals are said in the language of the page", () => {
  assert.deepEqual([placeName("DE"), placeName("XQ"), placeName("de"), placeName("")], ["Germany", "XQ", "de", ""]);
  assert.equal(longDate(Date.UTC(2026, 10, 29)), "November 29, 2026");
  assert.deepEqual([list([]), list(["Ana"]), list(["Ana", "Ben", "Kit"])], ["", "Ana", "Ana, Ben, and Kit"]);
  assert.deepEqual([plural(0), plural(1), plural(2)], ["other", "one", "other"]);
  globalThis.document = { documentElement: { lang: "de" } };
  try {
    assert.deepEqual([placeName("DE"), list(["Ana", "Ben"]), longDate(0)], ["Deutschland", "Ana und Ben", "1. Januar 1970"]);
  } finally { delete globalThis.document; }
  assert.equal(placeName("DE"), "Germany");
});

test("a formatter is made once, however often something is drawn", () => {
  const made = {};
  const own = { ...Object.fromEntries(["DisplayNames", "DateTimeFormat", "ListFormat", "PluralRules"].map((kind) => [kind, Intl[kind]])) };
  for (const [kind, Of] of Object.entries(own)) Intl[kind] = class extends Of { constructor(...how) { super(...how); made[kind] = (made[kind] || 0) + 1; } };
  globalThis.document = { documentElement: { lang: "fr" } };
  try {
    for (let i = 0; i < 1000; i++) { placeName("DE"); placeName("GB"); longDate(i * 86_400_000); list(["Ana", "Ben"]); plural(i); }
  } finally {
    Object.assign(Intl, own);
    delete globalThis.document;
  }
  assert.deepEqual(made, { DisplayNames: 1, DateTimeFormat: 1, ListFormat: 1, PluralRules: 1 });
});
