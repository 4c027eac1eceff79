/** Which words differ between two texts: the longest common row of words stays, the rest is gone or new. */
import { h } from "../dom.js";
import { say } from "../words/index.js";

/** @typedef {{text: string, same: boolean}} Piece */

/** @param {string} before @param {string} after @returns {{before: Piece[], after: Piece[]}} */
export function differ(before, after) {
  const a = before.split(/(?<=\s)/);
  const b = after.split(/(?<=\s)/);
  const kept = common(a.map((w) => w.trim()), b.map((w) => w.trim()));
  return { before: pieces(a, kept.a), after: pieces(b, kept.b) };
}

/** @param {string[]} a @param {string[]} b @returns {{a: Set<number>, b: Set<number>}} the places of the words that stay */
function common(a, b) {
  const row = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) row[i][j] = a[i] === b[j] ? row[i + 1][j + 1] + 1 : Math.max(row[i + 1][j], row[i][j + 1]);
  }
  const kept = { a: new Set(), b: new Set() };
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) { kept.a.add(i++); kept.b.add(j++); }
    else if (row[i + 1][j] >= row[i][j + 1]) i++;
    else j++;
  }
  lonely(kept, a.length, b.length);
  return kept;
}

/** One small word that stays between two changes says nothing: such a word counts as changed. @param {{a: Set<number>, b: Set<number>}} kept @param {number} endA @param {number} endB */
function lonely(kept, endA, endB) {
  const as = [...kept.a], bs = [...kept.b];
  as.forEach((i, n) => {
    const j = bs[n];
    const before = (i === 0 && j === 0) || (as[n - 1] === i - 1 && bs[n - 1] === j - 1);
    const after = (i === endA - 1 && j === endB - 1) || (as[n + 1] === i + 1 && bs[n + 1] === j + 1);
    if (before || after) return;
    kept.a.delete(i);
    kept.b.delete(j);
  });
}

/** @param {string[]} words @param {Set<number>} kept @returns {Piece[]} */
function pieces(words, kept) {
  /** @type {Piece[]} */
  const out = [];
  words.forEach((word, i) => {
    const same = kept.has(i);
    const last = out[out.length - 1];
    if (last && last.same === same) last.text += word;
    else out.push({ text: word, same });
  });
  return out;
}

/**
 * Lines that changed, each as it was and as it is.
 * @param {import("./types").Line[]} was @param {import("./types").Line[]} is @param {"h3" | "h4"} [level]
 */
export function changes(was, is, level = "h3") {
  return h("ul", { class: "plain-list stack" }, is.map((line) => {
    const old = was.find((l) => l.principle === line.principle)?.text ?? "";
    if (old === line.text) return null;
    const d = differ(old, line.text);
    return h("li", { key: line.principle, class: "o-change" },
      h(level, {}, line.title),
      side("org.version.before", d.before, "del"), side("org.version.now", d.after, "ins"));
  }));
}

/** @param {string} key @param {Piece[]} words @param {"del" | "ins"} tag */
function side(key, words, tag) {
  return h("div", { key, class: `o-side o-side-${tag}` }, h("p", { class: "label" }, say(key)),
    h("p", { dir: "auto" }, words.map((p) => (p.same ? p.text : [h(tag, {}, p.text.trimEnd()), " "]))));
}
