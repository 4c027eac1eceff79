/** What the server takes as a name, as far as it can be said while one types (package room/plain); the server has the last word. */
import { graphemes } from "./graphemes.js";
import { say } from "./words/index.js";

export const LONGEST = 32; // letters
const SIGNS = /^[\p{L}\p{M}\p{Nd}\u200c\u200d .\-'’ʼʻ‐·・־׳״་՛\s]*$/u;

/** What is wrong with a name, "" if nothing is. @param {string} raw */
export function nameProblem(raw) {
  const text = raw.normalize("NFKC").trim();
  if (!text) return "";
  if (!SIGNS.test(text)) return say("name.signs");
  const n = graphemes(text.replace(/\s+/g, " ")).length;
  return n > LONGEST ? say("name.long", { n, most: LONGEST }) : /\p{L}/u.test(text) ? "" : say("name.letter");
}
