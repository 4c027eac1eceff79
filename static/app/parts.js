/** Small parts that many screens are made of. */
import { h } from "./dom.js";
import { leaveQuickly } from "./shell/leave.js";
import { say } from "./words/index.js";

/** @typedef {import("./dom.js").Kid} Kid */

/** Line drawings, 24 units square. @type {Record<string, string[]>} */
const ICONS = {
  flame: ["M12.6 2.5c.8 4.2-5.1 6.9-5.1 12.5 0 3.4 2.3 6 5 6.5 3.2-.3 5.5-3 5.5-6.4 0-4.7-3.3-8.8-5.4-12.6Z", "M12.4 21.3c-1.9-1-2.3-3.5-.9-5.2.9-1 1.3-1.8 1.2-2.9 1.9 1.4 3.3 5.8.1 8.1"],
  help: ["M12 20.5s-7.5-4.6-7.5-10.2A4.3 4.3 0 0 1 12 7.6a4.3 4.3 0 0 1 7.5 2.7c0 5.6-7.5 10.2-7.5 10.2Z"],
  settings: ["M4 7h9m4 0h3M4 17h3m4 0h9", "M15 4.8v4.4M9 14.8v4.4"],
  leave: ["M14 4h4.5A1.5 1.5 0 0 1 20 5.5v13a1.5 1.5 0 0 1-1.5 1.5H14", "M4 12h11m-4-4 4 4-4 4"],
  hand: ["M7 12.5V6.8a1.4 1.4 0 0 1 2.8 0V11m0-.5V4.9a1.4 1.4 0 0 1 2.8 0v5.6m0 0V6a1.4 1.4 0 0 1 2.8 0v5.5m0 0V8.6a1.4 1.4 0 0 1 2.8 0V14c0 4-2.3 6.8-6 6.8-3.5 0-4.7-2-7.7-7 .9-1.6 2.5-1 3.3.6"],
  ear: ["M7 9.5a5 5 0 0 1 10 0c0 3.5-3.3 4.3-3.3 7.2A3.3 3.3 0 0 1 10.4 20c-1.7 0-2.6-1-3-2", "M10 9.6a2 2 0 0 1 4 0c0 1.7-1.7 1.9-1.7 3.6"],
  out: ["M5 19.5h14M8 19.5V5.5A1.5 1.5 0 0 1 9.5 4h5A1.5 1.5 0 0 1 16 5.5v14M13.2 12v.2"],
  line: ["M4.5 6.5A1.5 1.5 0 0 1 6 5h12a1.5 1.5 0 0 1 1.5 1.5v8A1.5 1.5 0 0 1 18 16h-6l-4.5 3.5V16H6a1.5 1.5 0 0 1-1.5-1.5Z"],
  more: ["M5.4 12a.6.6 0 1 0 1.2 0 .6.6 0 1 0-1.2 0M11.4 12a.6.6 0 1 0 1.2 0 .6.6 0 1 0-1.2 0M17.4 12a.6.6 0 1 0 1.2 0 .6.6 0 1 0-1.2 0"],
  close: ["m6.5 6.5 11 11m0-11-11 11"],
  wait: ["M12 4.5a7.5 7.5 0 1 0 7.5 7.5", "M12 8v4.2l2.6 1.6"],
  lost: ["M4.5 10a11 11 0 0 1 15 0M7.5 13.3a6.6 6.6 0 0 1 9 0M12 17.6v.1M5 5l14 14"],
  quiet: ["M12 3.5v0M8.5 9.5v2.5a3.5 3.5 0 0 0 7 0V7a3.5 3.5 0 0 0-7 0", "M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3", "m4.5 4.5 15 15"],
  door: ["M6 20V5.5A1.5 1.5 0 0 1 7.5 4h9A1.5 1.5 0 0 1 18 5.5V20M4 20h16M14.5 12v.2"],
  leaf: ["M5 19c0-8 4.5-13 14-13.5C19 14 14 19 7.5 17.5M5 20c1-4 3.5-7 7.5-9"],
};

/** @param {keyof typeof ICONS} which */
export function icon(which) {
  return h("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" },
    ICONS[which].map((d) => h("path", { d })));
}

/**
 * A button. `busy` keeps it in place and focusable while its act is under way.
 * @param {Kid} label
 * @param {(e: Event) => void} act
 * @param {Record<string, any> & {look?: string, busy?: boolean}} [more]
 */
export function button(label, act, more = {}) {
  const { look = "", busy = false, ...rest } = more;
  return h("button", {
    type: "button", class: `btn ${look}`.trim(),
    "aria-disabled": busy ? "true" : undefined,
    onclick: (/** @type {Event} */ e) => { if (!busy) act(e); },
    ...rest,
  }, label);
}

/** Text for ears only. @param {Kid} text */
export function ears(text) { return h("span", { class: "sr" }, text); }

/**
 * A dialog's inside: heading with a close button, body.
 * @param {string} id @param {Kid} title @param {Kid[]} body
 */
export function dialogBody(id, title, ...body) {
  return [
    h("div", { class: "dialog-head" },
      h("h2", { id, tabindex: "-1" }, title),
      // An open dialog covers the bar, so the way out comes with it (never 12).
      button(say("bar.quick"), leaveQuickly, { look: "btn-small dialog-quick", "data-free": true }),
      button(icon("close"), (e) => shut(closest(e)), { look: "btn-plain", "aria-label": say("close") })),
    h("div", { class: "dialog-body" }, body),
  ];
}

/** @param {Event} e @returns {HTMLDialogElement} */
export function closest(e) {
  return /** @type {HTMLDialogElement} */ (/** @type {Element} */ (e.currentTarget).closest("dialog"));
}

/** Which dialogs the page wants open. @type {WeakMap<Element, boolean>} */
const wanted = new WeakMap();

/**
 * Shows a dialog when it should be open, and closes it when not.
 * @param {Element} host @param {string} selector @param {boolean} open
 */
export function toggle(host, selector, open) {
  const dialog = /** @type {HTMLDialogElement | null} */ (host.querySelector(selector));
  if (!dialog) return;
  const was = wanted.get(dialog);
  wanted.set(dialog, open);
  // A person who has just closed it is not shown it again: the event that says so is on its way.
  if (open && !was && !dialog.hasAttribute("open")) {
    // iOS 15.0 to 15.3 know no dialogs: there it is a part of the page.
    if (typeof dialog.showModal === "function") dialog.showModal();
    else dialog.setAttribute("open", "");
    /** @type {HTMLElement | null} */ (dialog.querySelector("[autofocus], h2"))?.focus();
  } else if (!open && dialog.hasAttribute("open")) shut(dialog);
}

/**
 * What a dialog does when a person closes it, by its buttons or by a key. A browser says "close" up to a frame late: by
 * then it may have been opened again, so what this page can know at once it does not wait to be told.
 * @param {() => void} act
 */
export function closes(act) {
  return {
    onclose: (/** @type {Event} */ e) => {
      const dialog = /** @type {HTMLDialogElement} */ (e.currentTarget);
      if (!wanted.get(dialog) || dialog.hasAttribute("open")) return;
      wanted.set(dialog, false);
      act();
    },
    oncancel: (/** @type {Event} */ e) => {
      e.preventDefault();
      shut(/** @type {HTMLDialogElement} */ (e.currentTarget));
    },
  };
}

/** Closes a dialog, and says so at once. iOS 15.0 to 15.3 know no dialogs. @param {HTMLDialogElement} dialog */
export function shut(dialog) {
  if (typeof dialog.close === "function") dialog.close();
  else dialog.removeAttribute("open");
  dialog.dispatchEvent(new Event("close"));
}
