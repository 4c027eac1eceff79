/** How much goes into one message, said while one writes; and what is longer, in parts. Nothing is ever cut. */
import { count, say } from "./words/index.js";
import { wellFormed } from "./keep.js";
import { graphemes } from "./graphemes.js";

export const MOST = 2000; // characters in one message, as the server counts them
export const LINES = 20;
const BYTES = 7900;       // as sent; a message may be 8 KiB with all that is around it
const NEAR = 0.8;         // from here on the count is shown

/** @param {string} text */
const bytes = (text) => new TextEncoder().encode(JSON.stringify(text)).length;

/** True when this is one message. @param {string} text */
export function fits(text) {
  return text.split("\n").length <= LINES && (text.length <= MOST || Array.from(text).length <= MOST) && (text.length * 6 < BYTES || bytes(text) <= BYTES);
}

// What the server refuses because nobody could see it: controls, private places, turned directions, tags that are no flag.
// What it mends by itself is left alone (package room/plain).
const HIDDEN = /\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{3,6}\u{e007f}|[\t\n\v\f\r\u0085\uf0b7\uf0a7\uf0d8\uf0fc\uf0fb\uf076\uf0a8\uf06f\uf0fe\uf0e0\uf0e8\uf0df\uf0f0\uf04a\uf04b\uf04c\uf02d\uf020]|([\p{Cc}\p{Co}\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff\u{e0000}-\u{e007f}])/gu;

/** The signs of a text that nobody could see, by their numbers; "" for none. @param {string} draft */
export function hiddenSigns(draft) {
  const found = [...wellFormed(draft).matchAll(HIDDEN)].flatMap((m) => (m[1] ? [`U+${/** @type {number} */ (m[1].codePointAt(0)).toString(16).toUpperCase().padStart(4, "0")}`] : []));
  return [...new Set(found)].slice(0, 5).join(", ");
}

/** The text without them. @param {string} draft */
export const seen = (draft) => draft.replace(HIDDEN, (all, hidden) => (hidden ? "" : all));

let last = { text: "", parts: [""] };

/** The messages that a text makes, each whole, cut where a person would pause. @param {string} draft @returns {string[]} */
export function parts(draft) {
  const text = wellFormed(draft).replace(/\r\n?/g, "\n").trim();
  if (text === last.text) return last.parts;
  /** @type {string[]} */
  const out = [];
  for (let left = text; left;) {
    const one = fits(left) ? left : beginning(left);
    out.push(one.trim());
    left = left.slice(one.length).trimStart();
  }
  last = { text, parts: out };
  return out;
}

/** The longest beginning that is one message and ends where a person would pause. @param {string} text */
function beginning(text) {
  let low = 1;
  let high = Math.min(text.length, BYTES);
  while (low < high) {
    const mid = (low + high + 1) >> 1;
    if (fits(text.slice(0, mid).trim())) low = mid;
    else high = mid - 1;
  }
  const most = text.slice(0, low);
  for (const pause of [/\n\s*\n/g, /\n/g, /[.!?…。！？؟]["”’)]*\s/g, /\s/g]) {
    const ends = [...most.matchAll(pause)].map((m) => m.index + m[0].length).filter((at) => at > most.length / 2);
    if (ends.length) return most.slice(0, ends[ends.length - 1]);
  }
  // One endless word: at least never through the middle of a sign.
  const ends = graphemes(most.slice(-64)).pop() || "";
  return most.length > ends.length ? most.slice(0, -ends.length) : most;
}

/** What is said near and over the limit; "" for a text of everyday length. @param {string} draft */
export function limitNote(draft) {
  const hidden = hiddenSigns(draft);
  if (hidden) return say("write.hidden", { signs: hidden });
  const all = parts(draft);
  if (all.length > 1) return say("write.parts", { n: all.length });
  const text = all[0] || "";
  const signs = text.length > MOST * NEAR ? MOST - Array.from(text).length : MOST;
  if (signs < MOST * (1 - NEAR)) return count("write.left", signs);
  const lines = LINES - text.split("\n").length;
  return lines < LINES * (1 - NEAR) ? count("write.lines", lines) : "";
}
