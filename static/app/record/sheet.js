/** The record's sheet, for facilitators and organisers alike: it prints on one page (practice §5). */
import { h } from "../dom.js";
import texts from "../words/record.js";
import shared from "../words/room.js";
import { knows, learn, say } from "../words/index.js";

learn(texts);
learn(shared); // names of parts and formats

/** @param {any} r the record, as package room/record makes it */
export function sheet(r) {
  const number = r.number ? (r.of ? say("record.number_of", { n: r.number, of: r.of }) : String(r.number)) : "";
  return h("div", { class: "record-sheet stack" },
    h("dl", { class: "record-facts" },
      fact("record.group", r.series && h("bdi", { dir: "auto" }, r.series)),
      fact("record.number", number),
      fact("record.date", date(r.date)),
      fact("record.time", say("record.minutes", { planned: r.planned, real: r.real })),
      fact("record.mode", text(`record.mode.${r.mode}`, r.mode)),
      fact("record.charter", say("record.version", { n: r.charter })),
      fact("record.ended", text(`record.ended.${r.ended}`, r.ended)),
      fact("record.held", String(r.held ?? 0))),
    h("div", { class: "record-cols" },
      table("record.phases", ["record.phase", "record.planned", "record.real"],
        (r.phases || []).map((/** @type {any} */ p) => [text(`phase.${p.phase}`, p.phase), p.planned, p.real])),
      h("section", { class: "stack-tight" }, h("h2", {}, say("record.formats")),
        r.formats?.length ? h("ol", {}, r.formats.map((/** @type {string} */ f) => h("li", {}, text(`format.${f}`, f)))) : h("p", {}, say("record.formats_none"))),
      table("record.people", ["record.people", "record.many"],
        [...Object.keys(r.people || {}).map((k) => [text(`record.people.${k}`, k), many(r.people[k])]), [say("record.seats"), r.seats]]),
      table("record.levels", ["record.level", "record.times"],
        Object.keys(r.levels || {}).map((k) => [text(`record.level.${k}`, k), many(r.levels[k])]))));
}

/** A count: one to four are not told apart, as the record may leave the team. @param {number | string} n */
function many(n) { return n === "1-4" ? say("record.few") : n; }

/** @param {string} key @param {import("../dom.js").Kid} value */
function fact(key, value) { return value ? h("div", { key }, h("dt", {}, say(key)), h("dd", {}, value)) : null; }

/** @param {string} key @param {string} otherwise */
function text(key, otherwise) { return knows(key) ? say(key) : otherwise; }

/** @param {string} title @param {string[]} heads @param {(string | number)[][]} rows */
function table(title, heads, rows) {
  return h("section", { class: "stack-tight" }, h("h2", { id: title }, say(title)),
    h("table", { "aria-labelledby": title },
      h("thead", {}, h("tr", {}, heads.map((k, i) => h("th", { scope: "col", class: i ? "number" : "" }, k === title ? h("span", { class: "sr" }, say(k)) : say(k))))),
      h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell, i) =>
        i ? h("td", { class: "number" }, String(cell)) : h("th", { scope: "row" }, cell)))))));
}

/** @param {string} day YYYY-MM-DD */
function date(day) {
  const d = new Date(`${day}T12:00:00`);
  return Number.isNaN(d.getTime()) ? day : d.toLocaleDateString([], { weekday: "long", year: "numeric", month: "long", day: "numeric" });
}

/** Saves the record as a file of its own. @param {any} record */
export function save(record) {
  const url = URL.createObjectURL(new Blob([JSON.stringify(record, null, 2)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `record-${record.date || "session"}.json`;
  link.click();
  URL.revokeObjectURL(url);
}
