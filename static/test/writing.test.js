// What people type: limits said in time, nothing cut, nothing that breaks the protocol (U11, U12, U14, U15, U18).
import assert from "node:assert/strict";
import { test } from "node:test";
import { unsent, wellFormed } from "../app/keep.js";
import { nameProblem } from "../app/names.js";
import { tokenOf } from "../app/door/token.js";
import { fits, hiddenSigns, limitNote, LINES, MOST, parts, seen } from "../app/writing.js";
import { initial } from "../app/graphemes.js";
import { learn } from "../app/words/index.js";
import en from "../app/words/en.js";
import room from "../app/words/room.js";

learn(en);
learn(room);

const squeezed = (text) => text.replace(/\s+/g, "");

test("everyday words are one message and say nothing of limits", () => {
  assert.deepEqual(parts("  It has been a long week.\r\nMy sister called. "), ["It has been a long week.\nMy sister called."]);
  assert.equal(limitNote("It has been a long week."), "");
  assert.deepEqual(parts("   \n "), []);
});

test("near the limit it is counted, in signs and in lines", () => {
  assert.equal(limitNote("a".repeat(MOST - 10)), "10 signs left in this message");
  assert.equal(limitNote("a".repeat(MOST - 1)), "1 sign left in this message");
  assert.equal(limitNote(Array(LINES - 1).fill("a").join("\n")), "1 line left in this message");
  assert.equal(limitNote("a".repeat(1000)), "");
});

test("a long paste is kept whole, in parts that end where people pause", () => {
  const paste = Array.from({ length: 60 }, (_, i) => `This is line ${i}. ${"It goes on for a while. ".repeat(5)}`).join("\n");
  const all = parts(paste);
  assert.ok(all.length > 3);
  for (const part of all) {
    assert.ok(fits(part), "each part is a message");
    assert.match(part, /[.]$/, "and ends with a sentence");
  }
  assert.equal(squeezed(all.join("")), squeezed(paste));
  assert.match(limitNote(paste), /goes out in \d+ parts/);
});

test("what has no pauses is kept whole as well, and no sign is torn", () => {
  for (const text of ["x".repeat(7000), "👩‍👩‍👧".repeat(900), "é".repeat(5000), "🫂".repeat(4001), "\"\\".repeat(3000), `${"a".repeat(1999)}👩‍👩‍👧`, "\u0001".repeat(3000)]) {
    const all = parts(text);
    assert.equal(all.join(""), text.trim());
    for (const part of all) {
      assert.ok(fits(part));
      assert.equal(wellFormed(part), part);
      assert.ok(!/^[\u200d\ufe0f]/.test(part), "a part begins in the middle of a sign");
    }
  }
});

// Fuzzed: surrogates, joiners, controls, bidi, tags, and long.
test("5,000 fuzzed texts: nothing is lost, every part fits and is well-formed", () => {
  let seed = 20261129;
  const random = () => { seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0; return seed / 2 ** 32; };
  const bits = ["a", "word ", "\n", ". ", "\ud83d", "\udc00", "👩‍👧", "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}", "\u0000", "\u202e", "\uf0b7", "é", "e\u0301", "\\", "\"", "ليلى ", "漢字", "\u200d", "x".repeat(600), "line of words. ".repeat(40)];
  for (let i = 0; i < 5000; i++) {
    const text = Array.from({ length: 1 + Math.floor(random() * (i % 50 === 0 ? 300 : 12)) }, () => bits[Math.floor(random() * bits.length)]).join("");
    const all = parts(text);
    assert.equal(squeezed(all.join("")), squeezed(wellFormed(text)), JSON.stringify(text).slice(0, 200));
    for (const part of all) {
      assert.ok(fits(part) && part.isWellFormed());
      assert.ok(Buffer.byteLength(JSON.stringify({ do: "share", id: "0".repeat(36), text: part })) <= 8192);
    }
  }
});

test("100 kB are divided in reasonable time", () => {
  assert.ok(parts(`${"It was a long day. ".repeat(5500)}`).length >= 50);
});

test("signs that nobody can see are named and can be taken out; flags and pasted bullets stay (U16)", () => {
  const scotland = "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}";
  assert.equal(hiddenSigns(`From ${scotland}\n\uf0b7 tea\t👩‍👩‍👧 می\u200cخواهم`), "");
  assert.equal(hiddenSigns("a\u202eb\u0007\uf0b8"), "U+202E, U+0007, U+F0B8");
  assert.equal(seen(`a\u202eb\u0007 ${scotland}\u{e0067}\uf0b7`), `ab ${scotland}\uf0b7`);
  assert.match(limitNote("a\u202eb"), /nobody can see: U\+202E/);
});

test("half a sign is taken out, and whole ones stay", () => {
  assert.equal(wellFormed("so it was \ud83d"), "so it was ");
  assert.equal(wellFormed("\udc00a\ud83d\ude00b"), "a\ud83d\ude00b");
});

test("names: what is wrong is known while one types (U14)", () => {
  for (const good of ["", "Ana", "Jean-Luc", "O’Neill", "ليلى أحمد", "José", "李小龍", "M. K.", "a".repeat(32)]) assert.equal(nameProblem(good), "", good);
  assert.match(nameProblem("a".repeat(47)), /has 47 letters/);
  assert.match(nameProblem("Flora 🌸"), /letters and numbers/);
  assert.match(nameProblem("123"), /at least one letter/);
  assert.equal(initial("👩‍👧 x"), "👩‍👧");
  assert.equal(initial("e\u0301mile"), "E\u0301");
});

test("a token is read out of what came along with its link (U18)", () => {
  const token = "a".repeat(42) + "8";
  for (const hash of [token, `${token}.`, `${token})`, `<${token}>`, `%3C${token}%3E`, `%23${token}`, `%2523${token}`, `${token}%20`, `${token}&utm=1`, `"${token}"`, `\u200b${token}`]) assert.equal(tokenOf(hash), token, hash);
  assert.equal(tokenOf(""), "");
  for (const hash of ["x", token.slice(1), `${token}a`, `${token}.${"b".repeat(43)}`, "damaged", "%zz"]) assert.equal(tokenOf(hash), null, hash);
});

test("what is written and not sent is known", () => {
  assert.equal(unsent({ draft: " ", drafts: {} }), false);
  assert.equal(unsent({ draft: "a", drafts: {} }), true);
  assert.equal(unsent({ draft: "", drafts: { "line s1": "a" } }), true);
});
