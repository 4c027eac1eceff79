/** Ways to hand a link on: share sheet, mail, a code to scan. Nothing is sent by hearth. */
import { h } from "../dom.js";
import { button } from "../parts.js";
import texts from "../words/organiser-send.js";
import { learn, say } from "../words/index.js";
import { ask } from "./ask.js";

learn(texts);

/** @typedef {import("./page.js").Page<any>} Page */
/** @typedef {{label: string, title: string, note: string, url: string}} Handed */

/** Codes that were asked for, by address. @type {Map<string, string[]>} */
const codes = new Map();
window.addEventListener("hearth-quick", () => codes.clear());

/** The buttons below one link. @param {Page} page @param {Handed} link */
export function waysToSend(page, { label, title, note, url }) {
  const share = typeof navigator.share === "function";
  return h("div", { key: "ways", class: "btn-row" },
    share ? button(say("org.send.share"), () => navigator.share({ title, text: note }).catch(() => { /* the person thought better of it */ }), { look: "btn-small", "aria-label": `${say("org.send.share")}: ${label}` }) : null,
    // A neutral subject: it is seen on lock screens.
    h("a", { class: "btn btn-small", href: `mailto:?subject=${encodeURIComponent(title)}&body=${encodeURIComponent(note)}`, "aria-label": `${say("org.send.mail")}: ${label}` }, say("org.send.mail")),
    button(say(codes.has(url) ? "org.send.code_hide" : "org.send.code"), () => turn(page, url), { look: "btn-small", "aria-label": `${say(codes.has(url) ? "org.send.code_hide" : "org.send.code")}: ${label}`, busy: page.busy === url }));
}

/** Shows a code, or puts it away. @param {Page} page @param {string} url */
async function turn(page, url) {
  if (codes.delete(url)) page.again();
  else await page.attempt(url, async () => { codes.set(url, (await ask("POST", "qr", { url })).rows); });
}

/** The code of a link, once it was asked for. @param {string} url @param {string} label */
export function codeOf(url, label) {
  const rows = codes.get(url);
  if (!rows) return null;
  const dark = rows.flatMap((row, y) => [...row.matchAll(/1+/g)].map((run) => `M${run.index} ${y}h${run[0].length}v1h-${run[0].length}z`)).join("");
  return h("figure", { key: "code", class: "o-code" },
    h("svg", { viewBox: `0 0 ${rows.length} ${rows.length}`, role: "img", "aria-label": say("org.send.code_of", { label }) }, h("path", { d: dark })),
    h("figcaption", { class: "small soft" }, say("org.send.code_about")));
}
