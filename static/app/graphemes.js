/** Not every browser has it. */
const Segmenter = /** @type {any} */ (Intl).Segmenter;
const segmenter = Segmenter ? new Segmenter(undefined, { granularity: "grapheme" }) : null;

/** What a person would call the characters of a text. @param {string} text @returns {string[]} */
export function graphemes(text) { return segmenter ? Array.from(segmenter.segment(text), (/** @type {{segment: string}} */ s) => s.segment) : Array.from(text); }

/** The first letter shown on a seat. @param {string} who */
export function initial(who) {
  return (graphemes(who.trim())[0] || "?").toLocaleUpperCase();
}
