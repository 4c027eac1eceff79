// Texts that programs stumble over: what people paste, what keyboards of all languages write, and what nobody writes who
// means well. The same kinds as package hub/texttest makes for the server.

/** Numbers by chance, the same from the same seed (mulberry32). @param {number} seed */
export function chance(seed) {
  let a = seed >>> 0;
  const next = () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return (/** @type {number} */ n) => Math.floor(next() * n);
}

const tags = (s) => [...s].map((c) => String.fromCodePoint(0xe0000 + c.codePointAt(0))).join("");
const of = (...list) => (n) => list[n(list.length)];

/** What everybody may send: words of many languages, and signs that people use. */
const meant = [
  of("I slept badly. ", "It is better today, thank you. ", "O’Neill said: “tea?” ", "Zoë Ünal ", "Sam ", "<b>bold</b> & \"quoted\" \\ ", "https://example.org/?a=1#b "),
  of("我今天好多了。", "ありがとうございます。", "می\u200cخواهم ", "क्\u200dष ", "สวัสดี ", "שלום ", "مرحبا ", "Ελληνικά ", "한국어 ", "ქართული "),
  of("👩‍👩‍👧‍👦", "🏳️‍🌈", "🇬🇧", "👍🏽", "❤️", "🧑🏿‍🚀", `🏴${tags("gbsct")}\u{e007f}`, "1️⃣", "☕"),
  of("- one\n", "\n\n", "word\n", "word\r\n", "\u2028 x", "\uf0b7 bullet "),
];
const odd = [
  of("\u0000", "\u0007", "\u001b[31m", "\u007f", "\u0085", "\u009f", "\t", "\v", "\f", "\b"),
  of("\u202a", "\u202e", "\u2066", "\u2069", "\u200e", "\u200f", "\u061c", "abc\u202e", "שלום\u2067"),
  of("\u200b", "\u2060", "\ufeff", "\u00ad", "\u034f", "\u180e", "\u3164", "\ufe0f", "a\u200bb", " ", "\u00a0", "\u2800"),
  of("\ue000", "\u{f0000}", "\ufdd0", "\ufffe", "\uffff", "\u0378", "\u{1fffe}"),
  of("\u{e0001}", "\u{e0041}", "\u{e007f}", `x${tags("hi")}`, `🏴${tags("g")}\u{e007f}`),
  (n) => String.fromCharCode(97 + n(26)) + Array.from({ length: n(30) }, () => String.fromCharCode(0x300 + n(0x70))).join(""),
  (n) => { const [high, low] = [String.fromCharCode(0xd800 + n(0x400)), String.fromCharCode(0xdc00 + n(0x400))]; return [high, low, low + high, `a${high}b`, `${high} `][n(5)]; },
  (n) => Array.from({ length: 1 + n(8) }, () => String.fromCodePoint(n(0x110000))).join(""),
  (n) => ["a", "ß", "漢", "e\u0301", "👍"][n(5)].repeat(1 + n(1500)),
];

/**
 * A text of a few pieces, and whether everybody may send it.
 * @param {(n: number) => number} n @returns {{text: string, meant: boolean}}
 */
export function oneText(n) {
  const all = [...meant, ...odd];
  const mixed = n(3) === 0;
  let kind = n(all.length);
  let fine = true;
  let text = "";
  for (let left = 1 + n(6); left; left--) {
    if (mixed) kind = n(all.length);
    fine &&= kind < meant.length;
    text += all[kind](n);
  }
  // Now and then it is a long paste, up to 100 kB.
  if (n(40) === 0) while (text.length < 50_000 && n(3)) text += text;
  if (n(400) === 0) while (text.length < 50_000) text += text;
  return { text: text.slice(0, 100_000), meant: fine };
}
