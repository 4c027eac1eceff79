/**
 * The catalogue of texts: `say("lobby.title")`, with {name} in the text
 * replaced from vars. A key with a number has ".one", ".other" and whatever
 * the language's plural rules need.
 */
import { plural } from "../intl.js";
import { h } from "../shape.js";

/** @type {Record<string, string>} */
const texts = {};

/** Adds an area's texts. @param {Record<string, string>} area */
export function learn(area) { Object.assign(texts, area); }

/** @param {string} key */
export function knows(key) { return key in texts; }

/** @param {string} key @param {Record<string, any>} [vars] @returns {string} */
export function say(key, vars = {}) {
  const text = texts[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, field) => String(vars[field] ?? ""));
}

/** With a number, in the language's plural form; {n} is the number. @param {string} key @param {number} n @param {Record<string, any>} [vars] */
export function count(key, n, vars = {}) {
  const form = `${key}.${plural(n)}`;
  return say(form in texts ? form : `${key}.other`, { n, ...vars });
}

/**
 * Like say, for drawing: vars may be elements, such as name().
 * @param {string} key @param {Record<string, import("../shape.js").Kid>} vars
 * @returns {import("../shape.js").Kid[]}
 */
export function rich(key, vars) {
  return (texts[key] ?? key).split(/(\{\w+\})/).map((part) => {
    const found = /^\{(\w+)\}$/.exec(part);
    return found ? vars[found[1]] : part;
  });
}

/** A person's name, kept apart from the direction of the text around it, and from translators: Hope stays Hope. @param {string} who */
export function name(who) { return h("bdi", { dir: "auto", translate: "no" }, who); }
