/** Everything about myself: listening, a break, my name, what helps me, my notices, leaving. */
import { Drawn, h } from "../dom.js";
import { button, closes, dialogBody, toggle } from "../parts.js";
import { nameProblem } from "../names.js";
import { recall, remember } from "../place.js";
import { say } from "../words/index.js";
import { NEEDS, facilitates } from "../known.js";
import { isSent, isUnsaved } from "../state.js";
import { notice } from "./hearth-notices.js";

/** @typedef {import("../types").Client} Client */


/** @extends {Drawn<{client: Client, open: boolean}>} */
class HearthMore extends Drawn {
  /** @type {string | null} */ #name = recall("name", null);

  /** @override @param {{client: Client, open: boolean}} s */
  view({ client: c }) {
    const me = /** @type {import("../types").Me} */ (c.known.me);
    const you = me.you;
    const needs = you.needs || [];
    const staff = facilitates(c.known);
    return h("dialog", { class: "more", "aria-labelledby": "more-title", ...closes(() => { this.#type(null); this.tell({ sheet: "" }); }) },
      dialogBody("more-title", say("more.title"),
        staff ? null : h("label", { class: "choice" },
          h("input", { type: "checkbox", checked: you.listening, onchange: (/** @type {any} */ e) => this.#prefs(e.target.checked, needs) }),
          h("strong", {}, say("more.listening")), h("span", { class: "hint" }, say("more.listening_hint"))),
        staff ? null : h("div", { class: "stack-tight" },
          button(say("more.break"), () => { this.command({ do: "ask-break" }); this.tell({ asked: true }); }, { busy: isSent(c, "ask-break") }),
          h("p", { class: "hint", role: "status" }, say(c.asked ? "more.break_done" : "more.break_hint"))),
        h("fieldset", {}, h("legend", {}, say("more.needs")), h("p", { class: "hint" }, say("door.needs_hint")),
          NEEDS.map((n) => h("label", { class: "choice", key: n },
            h("input", { type: "checkbox", checked: needs.includes(n), onchange: (/** @type {any} */ e) =>
              this.#prefs(you.listening, e.target.checked ? [...needs, n] : needs.filter((x) => x !== n)) }),
            say(`need.${n}`)))),
        h("form", { class: "field", onsubmit: (/** @type {Event} */ e) => { e.preventDefault(); this.#rename(you.name || ""); } },
          h("label", { for: "more-name" }, say("more.name")),
          h("input", { id: "more-name", class: "input", dir: "auto", "aria-invalid": this.#wrong() ? "true" : undefined, autocomplete: "nickname", value: this.#name ?? you.name ?? "", oninput: (/** @type {any} */ e) => { this.#type(e.target.value); this.redraw(undefined); } }),
          h("div", { role: "status" }, this.#wrong() ? h("p", { class: "error" }, this.#wrong()) : c.refused?.verb === "rename" ? h("p", { class: "error" }, c.refused.say)
            : isUnsaved(c, "rename") ? h("p", { class: "small" }, say("unsaved"))
            : this.#name?.trim() === you.name ? h("p", { class: "small" }, say("more.name_now")) : null),
          h("div", {}, h("button", { type: "submit", class: "btn btn-small" }, say("more.rename")))),
        h("section", { class: "stack-tight" }, h("h3", {}, say("more.notices")),
          (me.notices || []).length ? (me.notices || []).map((n) => notice(c, n, null, "h3")) : h("p", { class: "soft small" }, say("more.notices_none"))),
        h("section", { class: "stack-tight" },
          button(say("more.leave"), () => this.command({ do: "leave" }), { look: "btn-grave", busy: isSent(c, "leave") }),
          h("p", { class: "hint" }, say("more.leave_hint")))));
  }

  /** @param {boolean} listening @param {import("../types").Need[]} needs */
  #prefs(listening, needs) {
    /** @type {import("../types").Ask & {do: "prefs"}} */
    const prefs = { do: "prefs", listening };
    if (needs.length) prefs.needs = needs;
    this.command(prefs);
  }

  /** @param {string | null} name */
  #type(name) {
    this.#name = name;
    remember("name", name);
  }

  #wrong() { return this.#name === null ? "" : this.#name.trim() ? nameProblem(this.#name) : say("door.name_empty"); }

  /** @param {string} now */
  #rename(now) {
    const next = (this.#name ?? now).trim();
    if (next && next !== now && !nameProblem(next)) this.command({ do: "rename", name: next });
  }

  /** @override @param {{client: Client, open: boolean}} s */
  onDrawn(s) { toggle(this, "dialog", s.open); }
}

customElements.define("hearth-more", HearthMore);
