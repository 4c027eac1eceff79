/**
 * What the browser knows of the language of the page. Its formatters are made once for each language and purpose: making
 * one takes long, and what is drawn asks for many at each letter that is typed.
 */

/** @type {Map<string, any>} */
const made = new Map();
const language = () => globalThis.document?.documentElement.lang || "en";

/** @template {keyof typeof Intl} K @param {K} kind @param {object} options @returns {any} */
function formatter(kind, options) {
  const key = `${kind} ${language()} ${JSON.stringify(options)}`;
  if (!made.has(key)) made.set(key, new /** @type {any} */ (Intl)[kind]([language()], options));
  return made.get(key);
}

/** A country's name, when its code is one that is known. @param {string} code @returns {string} */
export function placeName(code) {
  try { return /^[A-Z]{2}$/.test(code) ? formatter("DisplayNames", { type: "region" }).of(code) || code : code; } catch { return code; }
}

/** A date that has no hour, such as when a helpline was checked. @param {number} at @returns {string} */
export const longDate = (at) => formatter("DateTimeFormat", { dateStyle: "long", timeZone: "UTC" }).format(at);

/** Several, joined as the language joins them; old browsers know commas only. @param {string[]} names @returns {string} */
export function list(names) {
  return typeof Intl.ListFormat === "function" ? formatter("ListFormat", { type: "conjunction" }).format(names) : names.join(", ");
}

/** The plural form of a number. @param {number} n @returns {string} */
export const plural = (n) => formatter("PluralRules", {}).select(n);
