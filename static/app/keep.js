/**
 * What this tab keeps for one seat while it is open: drafts, which are sent to
 * nobody, and the ids of words that were shared, so that they can be taken back
 * after the page was loaded again. It is gone with the tab, with leaving, and
 * with "forget".
 */

/** @typedef {{draft: string, drafts: Record<string, string>, mine: string[], epoch: string}} Kept */

/** @type {Kept} */
const EMPTY = { draft: "", drafts: {}, mine: [], epoch: "" };

/** @param {string} seat @returns {Kept} */
export function kept(seat) {
  try { return { ...EMPTY, ...JSON.parse(sessionStorage.getItem(`kept ${seat}`) || "{}") }; } catch { return EMPTY; }
}

/** @param {string} seat @param {Kept} what */
export function keep(seat, what) {
  try {
    const full = what.draft || what.mine.length || Object.values(what.drafts).some(Boolean);
    if (full) sessionStorage.setItem(`kept ${seat}`, JSON.stringify(what));
    else sessionStorage.removeItem(`kept ${seat}`);
  } catch { /* storage may be off or full: then it lives as long as the page */ }
}

/** True while something is written that nobody has been sent. @param {import("./types").Client} c */
export function unsent(c) {
  return !!c.draft.trim() || Object.values(c.drafts).some((text) => !!text.trim());
}

/** Text that every program can read: half a sign, left over from cutting or deleting, is taken out. @param {string} text */
export function wellFormed(text) {
  return text.replace(/[\uD800-\uDBFF][\uDC00-\uDFFF]|[\uD800-\uDFFF]/g, (sign) => (sign.length === 2 ? sign : ""));
}
