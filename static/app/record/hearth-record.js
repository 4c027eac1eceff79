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
  #state = "wait";

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
      this.#state = answer.status >= 500 ? "later" : "none";
    } catch { this.#state = "later"; }
    this.redraw(undefined);
  }

  /** @override */
  view() {
    const r = this.#record;
    return h("div", { class: "page record stack" },
      h("header", { class: "stack-tight" }, h("h1", {}, say("record.title")), h("p", { class: "soft" }, say("record.lede"))),
      r ? sheet(r) : h("p", { role: "status" }, say(`record.${this.#state}`)),
      r ? h("div", { class: "btn-row no-print" },
        button(say("record.print"), () => window.print(), { look: "btn-primary" }),
        button(say("record.json"), () => save(r))) : null);
  }
}

customElements.define("hearth-record", HearthRecord);
