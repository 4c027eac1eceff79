/** The content-free record of a session: a page that prints on one sheet, and JSON (practice §5). */
import { Drawn, h } from "../dom.js";
import { button } from "../parts.js";
import { withRoom } from "../hint.js";
import { say } from "../words/index.js";
import { save, sheet } from "./sheet.js";

/** @typedef {import("../types").Client} Client */

/** @extends {Drawn<Client>} */
class HearthRecord extends Drawn {
  /** @type {any} */ #record = null;
  #failed = false;

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    this.#load();
  }

  async #load() {
    try {
      const answer = await fetch(withRoom(`/api/record/${encodeURIComponent(this.state.seat)}`, this.state.seat), { cache: "no-store" });
      const record = answer.ok ? await answer.json() : null;
      if (record && record.v) this.#record = record;
    } catch { /* the page says that there is none */ }
    this.#failed = !this.#record;
    this.redraw(undefined);
  }

  /** @override */
  view() {
    const r = this.#record;
    return h("div", { class: "page record stack" },
      h("header", { class: "stack-tight" }, h("h1", {}, say("record.title")), h("p", { class: "soft" }, say("record.lede"))),
      r ? sheet(r) : h("p", { role: "status" }, say(this.#failed ? "record.none" : "record.wait")),
      r ? h("div", { class: "btn-row no-print" },
        button(say("record.print"), () => window.print(), { look: "btn-primary" }),
        button(say("record.json"), () => save(r))) : null);
  }
}

customElements.define("hearth-record", HearthRecord);
