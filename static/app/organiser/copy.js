/** Addresses and notes that are shown once, each with a way to copy it. */
import { h } from "../dom.js";
import { button } from "../parts.js";
import { say } from "../words/index.js";

/** @typedef {import("./page.js").Page<any>} Page */

/** What was copied last, by the id of its field; so that its button can say so. */
let copied = "";

/**
 * Copies a field. Where the clipboard is closed to pages, the text is selected
 * for the person to copy.
 * @param {Page} page @param {string} id of the field @param {string} what it is called
 */
async function copy(page, id, what) {
  const field = /** @type {HTMLInputElement | null} */ (page.querySelector(`#${id}`));
  if (!field) return;
  page.said = "";
  page.again();
  try {
    await navigator.clipboard.writeText(field.value);
    copied = id;
    page.said = say("org.copied", { what });
  } catch {
    field.focus();
    field.select();
    page.said = say("org.selected");
  }
  page.again();
}

/** @param {Page} page @param {string} id @param {string} what @param {string} label */
export function copyButton(page, id, what, label) {
  return button(say(copied === id ? "org.copy.done" : label), () => copy(page, id, what), {
    look: `btn-small ${copied === id ? "o-copied" : "btn-calm"}`, "aria-label": `${say(copied === id ? "org.copy.done" : label)}: ${what}`,
  });
}

/** @param {Event} e */
const selectAll = (e) => /** @type {HTMLInputElement} */ (e.currentTarget).select();

/**
 * An address in a field, with Copy.
 * @param {Page} page @param {{id: string, what: string, url: string}} link
 */
export function shownOnce(page, { id, what, url }) {
  const field = `url-${id}`;
  return h("div", { key: field, class: "o-once" },
    h("label", { class: "sr", for: field }, say("org.copy.field", { what })),
    h("input", { id: field, class: "input o-url", readonly: true, dir: "ltr", spellcheck: "false", value: url, onfocus: selectAll }),
    copyButton(page, field, what, "org.copy.link"));
}

/**
 * A longer text, folded away, with Copy.
 * @param {Page} page @param {{id: string, what: string, text: string, fold: string, label?: string}} note
 */
export function noteToSend(page, { id, what, text, fold, label = "org.copy.note" }) {
  const field = `note-${id}`;
  return h("details", { key: field, class: "o-fold" },
    h("summary", {}, fold),
    h("div", { class: "o-note" },
      h("label", { class: "sr", for: field }, what),
      h("textarea", { id: field, class: "input", readonly: true, dir: "auto", rows: 4, value: text }),
      copyButton(page, field, what, label)));
}
