/** The list of helplines: add, correct, mark as checked today, remove. */
import { h } from "../dom.js";
import { button } from "../parts.js";
import { recall, remember } from "../place.js";
import { placeName } from "../intl.js";
import { byCountry } from "../shell/helplines.js";
import { learn, say } from "../words/index.js";
import texts from "../words/organiser-helplines.js";
import { ask } from "./ask.js";
import { form, pick, submit, write } from "./fields.js";
import { Page } from "./page.js";
import { day } from "./when.js";

learn(texts);

/** @typedef {import("../types").Helpline} Helpline */
/** @typedef {{list: {helplines: Helpline[], digest: string}, due: Helpline[]}} Data */

/** Fields of a row in the order of the form, by the codes that refusals of them have. @type {[string, keyof Helpline][]} */
const FIELDS = [
  ["helpline-name", "name"], ["helpline-call", "number"], ["helpline-text", "text"], ["helpline-chat", "chat"], ["helpline-url", "url"],
  ["hours", "hours"], ["languages", "languages"], ["for", "for"], ["cost", "cost"], ["rescue", "rescue"], ["how", "how"], ["helpline-source", "source"],
];

/** @extends {Page<Data>} */
class HearthOHelplines extends Page {
  /** Which row is being written: its number, -1 for a new one, null for none. @type {number | null} */
  #at = null;
  /** @type {Record<string, string>} */
  #typed = {};
  /** Whoever checks rows here; remembered for the next one. */
  #by = "";

  /** @override */
  connectedCallback() {
    const was = recall("row", null);
    if (was) {
      // Of a list that has changed, nobody knows which row this was: it is a new one.
      this.#at = was.digest === this.state.list.digest ? was.at : -1;
      this.#typed = was.typed;
    }
    super.connectedCallback();
  }

  #keep() { remember("row", this.#at === null ? null : { at: this.#at, typed: this.#typed, digest: this.state.list.digest }); }

  /** @override */
  get fields() { return [...FIELDS.map(([code]) => code), "helpline-region"]; }

  /** @override @param {Data} s */
  view(s) {
    const rows = s.list.helplines;
    return h("div", { class: "stack-wide" },
      h("header", { class: "o-head" },
        h("div", { class: "stack-tight" }, h("h1", {}, say("org.lines.title")), h("p", { class: "soft" }, say("org.lines.lede"))),
        button(say("org.lines.add"), () => this.#write(-1), { look: "btn-primary" })),
      this.done(), this.alert(),
      this.#at === -1 ? this.#form() : null,
      rows.length ? null : h("p", { key: "none" }, say("org.lines.none")),
      byCountry(rows, "").map((place) => h("section", { key: place.code, class: "stack-tight" },
        h("h2", {}, place.name),
        h("ul", { class: "plain-list stack-tight" }, place.lines.map((l) => this.#row(l, rows.indexOf(l), s.due))))),
      this.question());
  }

  /** @param {Helpline} l @param {number} at @param {Helpline[]} due */
  #row(l, at, due) {
    const named = { name: l.name, place: placeName(l.region) };
    const isDue = due.some((d) => d.region === l.region && d.name === l.name);
    return h("li", { key: `${l.region} ${l.name}`, class: "card card-flat stack-tight" },
      this.#at === at ? this.#form() : [
        h("h3", { dir: "auto" }, l.name),
        h("p", {}, [l.number, l.text, l.chat, l.url].filter((way, i, all) => way && all.indexOf(way) === i).join(" · ")),
        l.checked ? h("p", { class: "small" }, say("org.lines.checked", { day: day(`${l.checked}T12:00:00Z`), name: l.by || "" })) : null,
        isDue ? h("p", { class: "said said-warn small" }, say(l.checked ? "org.lines.due_90" : "org.lines.due_new")) : null,
        h("div", { class: "btn-row" },
          button(say("org.lines.check"), () => this.#check(at, named), { "aria-label": say("org.lines.check_of", named) }),
          button(say("org.lines.change"), () => this.#write(at), { "aria-label": say("org.lines.change_of", named) }),
          button(say("org.lines.remove"), () => this.#remove(at, named), { "aria-label": say("org.lines.remove_of", named) })),
      ]);
  }

  #form() {
    const typed = this.#typed;
    /** @param {string} code @param {string} key */
    const at = (code, key) => ({
      id: code, label: say(`org.lines.${code}`), hint: code === "helpline-source" ? say("org.lines.helpline-source_hint") : undefined,
      error: this.errors[code], value: typed[key] || "", set: (/** @type {string} */ value) => { typed[key] = value; this.#keep(); },
    });
    return form(() => this.#save(), { key: "form", class: "card o-form", "aria-labelledby": "lines-form" },
      h("h3", { id: "lines-form", tabindex: "-1" }, this.#at === -1 ? say("org.lines.add") : say("org.lines.edit", { name: typed.name || "" })),
      h("p", { class: "hint" }, say("org.lines.anew")),
      pick({ ...at("helpline-region", "region"), options: [{ value: "", title: say("org.lines.pick") }, ...allCountries()] }),
      FIELDS.map(([code, key]) => write({ ...at(code, key) })),
      this.alert(),
      h("div", { class: "btn-row" }, submit(say("org.lines.save"), this.busy === "save"), button(say("org.cancel"), () => this.#write(null))));
  }

  /** Opens the form for a row, or closes it. @param {number | null} at */
  #write(at) {
    this.#at = at;
    this.#typed = {};
    if (at !== null && at >= 0) for (const [key, value] of Object.entries(this.state.list.helplines[at])) this.#typed[key] = String(value);
    this.#keep();
    this.errors = {};
    this.problem = null;
    this.said = "";
    this.again();
    this.focusOn(at === null ? "h1" : "#lines-form");
  }

  /** @param {object} change @param {string} said */
  async #send(change, said) {
    await ask("POST", "house/helplines", { digest: this.state.list.digest, ...change });
    this.said = said;
    this.#at = null;
    this.#keep();
    this.go({ again: true });
  }

  async #save() {
    const typed = this.#typed;
    /** @type {Record<string, string>} */
    const row = { region: typed.region || "", name: typed.name || "", source: typed.source || "" };
    for (const [, key] of FIELDS) if (typed[key]?.trim()) row[key] = typed[key];
    const at = this.#at;
    await this.attempt("save", () => this.#send(at === -1 ? { row } : { at, row }, say("org.lines.saved")));
  }

  /** @param {number} at @param {{name: string, place: string}} named */
  #check(at, named) {
    this.askFirst({
      title: say("org.lines.ask_check", named), yes: say("org.lines.ask_check_yes"),
      body: () => [h("p", {}, say("org.lines.ask_check_text")), write({
        id: "helpline-by", label: say("org.lines.helpline-by"), hint: say("org.lines.helpline-by_hint"), value: this.#by,
        set: (value) => { this.#by = value; },
      })],
      act: () => this.#send({ at, checked_by: this.#by.trim() || " " }, say("org.lines.was_checked")),
    });
  }

  /** @param {number} at @param {{name: string, place: string}} named */
  #remove(at, named) {
    this.askFirst({
      title: say("org.lines.sure", named), yes: say("org.lines.yes"), body: h("p", {}, say("org.lines.sure_text")),
      act: () => this.#send({ at, remove: true }, say("org.lines.gone")),
    });
  }
}

/** Codes that stand for no country a person lives in. */
const NONE = new Set(["EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"]);

/** @type {{value: string, title: string}[]} */
let countries = [];

/** Every country by its name, found when it is first asked for. */
function allCountries() {
  if (countries.length) return countries;
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  countries = letters.flatMap((a) => letters.map((b) => a + b)).filter((code) => !NONE.has(code))
    .map((value) => ({ value, title: placeName(value) })).filter((c) => c.title !== c.value)
    .sort((a, b) => a.title.localeCompare(b.title));
  return countries;
}

customElements.define("hearth-o-helplines", HearthOHelplines);
