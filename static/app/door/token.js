/** The token of a link, read out of what came along with it: dots, brackets, quotes, a rewritten "#". */

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** "" when there is no link at all, null when it is damaged. @param {string} hash what stands behind "#" @returns {string | null} */
export function tokenOf(hash) {
  let text = hash;
  for (let i = 0; i < 3 && text.includes("%"); i++) { // a link that was wrapped twice is written in code twice
    try { text = decodeURIComponent(text); } catch { break; }
  }
  if (!text.trim()) return "";
  const found = text.split(/[^A-Za-z0-9_-]+/).filter((part) => TOKEN.test(part));
  return new Set(found).size === 1 ? found[0] : null;
}
