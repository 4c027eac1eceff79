/** Fields of the organiser's forms: label, hint, what is wrong, control; each told to ears in that order. */
import { h } from "../dom.js";

/** @typedef {import("../dom.js").Kid} Kid */
/** @typedef {{id: string, label: Kid, hint?: Kid, error?: string, value: string, set: (value: string) => void} & Record<string, any>} Field */

/** @param {string} id @param {Kid} hint @param {string} [error] */
function described(id, hint, error) {
  return [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ") || undefined;
}

/** @param {string} id @param {Kid} hint @param {string} [error] */
function notes(id, hint, error) {
  return [
    hint ? h("p", { key: "hint", class: "hint", id: `${id}-hint` }, hint) : null,
    error ? h("p", { key: "error", class: "error", id: `${id}-error` }, error) : null,
  ];
}

/** A line or, with `tag: "textarea"`, a box to write in. @param {Field} field */
export function write({ id, label, hint, error, value, set, tag = "input", head, ...more }) {
  const named = h("label", { for: id }, label);
  return h("div", { class: "field", key: id },
    head ? h(head, { class: "o-field-head" }, named) : named, notes(id, hint, error),
    h(tag, {
      id, class: "input", type: tag === "input" ? "text" : undefined, dir: "auto", autocomplete: "off", ...more, value,
      "aria-invalid": error ? "true" : undefined, "aria-describedby": described(id, hint, error),
      oninput: (/** @type {any} */ e) => set(e.target.value),
    }));
}

/** One of a list. @param {Field & {options: {value: string, title: string}[]}} field */
export function pick({ id, label, hint, error, value, set, options }) {
  return h("div", { class: "field", key: id },
    h("label", { for: id }, label), notes(id, hint, error),
    h("select", {
      id, class: "input", "aria-invalid": error ? "true" : undefined, "aria-describedby": described(id, hint, error),
      onchange: (/** @type {any} */ e) => set(e.target.value), value,
    }, options.map((o) => h("option", { key: o.value, value: o.value }, o.title))));
}

/** One of a few, each with a line about it. @param {Field & {options: {value: string, title: string, about?: string}[]}} field */
export function choose({ id, label, hint, error, value, set, options }) {
  return h("fieldset", {
    key: id, role: "radiogroup", class: "o-choices", "aria-labelledby": `${id}-legend`, "aria-invalid": error ? "true" : undefined, "aria-describedby": described(id, hint, error), "aria-required": "true",
  }, h("legend", { id: `${id}-legend` }, label), notes(id, hint, error),
    h("div", { class: "o-options" }, options.map((o) => h("label", { key: o.value, class: `choice${o.value === value ? " choice-picked" : ""}` },
      h("input", { type: "radio", name: id, value: o.value, checked: o.value === value, onchange: () => set(o.value) }),
      h("strong", {}, o.title), o.about ? h("span", { class: "hint" }, o.about) : null))));
}

/** Yes or no. @param {{id: string, label: Kid, hint?: Kid, on: boolean, set: (on: boolean) => void}} field */
export function tick({ id, label, hint, on, set }) {
  return h("label", { key: id, class: `choice${on ? " choice-picked" : ""}` },
    h("input", { type: "checkbox", id, checked: on, onchange: (/** @type {any} */ e) => set(e.target.checked) }),
    h("strong", {}, label), hint ? h("span", { class: "hint" }, hint) : null);
}

/** A form that sends nothing by itself. @param {() => void} send @param {Record<string, any>} props @param {...Kid} kids */
export function form(send, props, ...kids) {
  return h("form", { novalidate: true, ...props, onsubmit: (/** @type {Event} */ e) => { e.preventDefault(); send(); } }, kids);
}

/** @param {Kid} label @param {boolean} busy @param {string} [look] */
export function submit(label, busy, look = "btn-primary btn-big") {
  return h("button", { type: "submit", class: `btn ${look}`, "aria-disabled": busy ? "true" : undefined }, label);
}
