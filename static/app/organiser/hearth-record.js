/** The record of a session for its organiser: the sheet that facilitators see. */
import { h, sheet as style } from "../dom.js";
import { button } from "../parts.js";
import { save, sheet } from "../record/sheet.js";
import { say } from "../words/index.js";
import { Page } from "./page.js";

style(new URL("../record/record.css", import.meta.url).href);

/** @extends {Page<any>} */
class HearthORecord extends Page {
  /** @override @param {any} r the record, as package room/record makes it */
  view(r) {
    return h("div", { class: "record stack" },
      h("header", { class: "stack-tight" }, h("h1", {}, say("record.title")), h("p", { class: "soft" }, say("record.lede"))),
      sheet(r),
      h("div", { class: "btn-row no-print" },
        button(say("record.print"), () => window.print(), { look: "btn-primary" }),
        button(say("record.json"), () => save(r))));
  }
}

customElements.define("hearth-o-record", HearthORecord);
