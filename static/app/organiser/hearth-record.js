/** The record of a session for its organiser: the sheet facilitators see, which prints on one page (practice §5). */
import { h, sheet } from "../dom.js";
import { button } from "../parts.js";
import texts from "../words/record.js";
import { knows, learn, say } from "../words/index.js";
import { Page } from "./page.js";
import { day } from "./when.js";

learn(texts);
sheet(new URL("../record/record.css", import.meta.url).href);

/** @extends {Page<any>} */
class HearthORecord extends Page {
  /** @override @param {any} r the record, as package room/record makes it */
  view(r) {
    return h("div", { class: "record stack" },
      h("header", { class: "stack-tight" }, h("h1", {}, say("record.title")), h("p", { class: "soft" }, say("record.lede"))),
      h("div", { class: "record-sheet stack" },
        h("dl", { class: "record-facts" }, facts(r).map(([key, value]) => (value ? h("div", { key }, h("dt", {}, say(key)), h("dd", { dir: "auto" }, value)) : null))),
        h("div", { class: "record-cols" },
          table("record.phases", ["record.phase", "record.planned", "record.real"], (r.phases || []).map((/** @type {any} */ p) => [text("phase", p.phase), p.planned, p.real])),
          h("section", { class: "stack-tight" }, h("h2", {}, say("record.formats")),
            r.formats?.length ? h("ol", {}, r.formats.map((/** @type {string} */ f) => h("li", { key: f }, text("format", f)))) : h("p", {}, say("record.formats_none"))),
          table("record.people", ["record.people", "record.times"], [...counts("record.people", r.people), [say("record.seats"), r.seats]]),
          table("record.levels", ["record.level", "record.times"], counts("record.level", r.levels)))),
      h("div", { class: "btn-row no-print" },
        button(say("record.print"), () => window.print(), { look: "btn-primary" }),
        button(say("record.json"), () => save(r))));
  }
}

/** @param {any} r @returns {[string, string][]} */
function facts(r) {
  return [
    ["record.group", r.series || ""],
    ["record.number", r.number ? (r.of ? say("record.number_of", { n: r.number, of: r.of }) : String(r.number)) : ""],
    ["record.date", day(`${r.date}T12:00:00`)],
    ["record.time", say("record.minutes", { planned: r.planned, real: r.real })],
    ["record.mode", text("record.mode", r.mode)],
    ["record.charter", say("record.version", { n: r.charter })],
    ["record.ended", text("record.ended", r.ended)],
    ["record.held", String(r.held ?? 0)],
  ];
}

/** @param {string} area @param {string} word */
function text(area, word) { return knows(`${area}.${word}`) ? say(`${area}.${word}`) : word; }

/** @param {string} area @param {Record<string, number>} [of] @returns {(string | number)[][]} */
function counts(area, of = {}) { return Object.keys(of).map((k) => [text(area, k), of[k]]); }

/** @param {string} title @param {string[]} heads @param {(string | number)[][]} rows */
function table(title, heads, rows) {
  return h("section", { key: title, class: "stack-tight" }, h("h2", { id: title }, say(title)),
    h("table", { "aria-labelledby": title },
      h("thead", {}, h("tr", {}, heads.map((k, i) => h("th", { key: k, scope: "col", class: i ? "number" : "" }, k === title ? h("span", { class: "sr" }, say(k)) : say(k))))),
      h("tbody", {}, rows.map((row, n) => h("tr", { key: n }, row.map((cell, i) => (i ? h("td", { class: "number" }, String(cell)) : h("th", { scope: "row" }, cell))))))));
}

/** @param {any} record */
function save(record) {
  const url = URL.createObjectURL(new Blob([JSON.stringify(record, null, 2)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `record-${record.date || "session"}.json`;
  link.click();
  URL.revokeObjectURL(url);
}

customElements.define("hearth-o-record", HearthORecord);
