/** The door: what this is, the charter, a name, and an answer (practice §6, gate). */
import { Drawn, h } from "../dom.js";
import { button } from "../parts.js";
import { nameProblem } from "../names.js";
import { recall, remember } from "../place.js";
import { when } from "../time.js";
import { say } from "../words/index.js";
import { NEEDS, facilitates } from "../known.js";
import { isSent, isUnsaved } from "../state.js";
import { charterList, rights } from "../shell/hearth-help.js";

/** @typedef {import("../types").Client} Client */


/** @extends {Drawn<Client>} */
export class HearthDoor extends Drawn {
  /** @type {string | null} */ #name = null;
  #listening = false;
  /** @type {Set<string>} */ #needs = new Set();
  #empty = false;
  #ready = false;
  /** A refusal that was answered by typing. @type {import("../types").Refused | null} */ #told = null;

  /** @override @param {Client} c */
  view(c) {
    const { session, charter, me } = c.known;
    const you = /** @type {import("../types").Me} */ (me).you;
    if (!this.#ready) {
      this.#ready = true;
      const typed = recall("door", {});
      this.#name = typed.name ?? you.name ?? "";
      this.#listening = typed.listening ?? you.listening;
      this.#needs = new Set(typed.needs || you.needs || []);
    }
    return h("div", { class: "page page-door" },
      h("header", { class: "stack-tight door-head" },
        h("h1", {}, say("door.title")),
        h("p", { class: "lede" }, say("door.lede")),
        session ? h("p", { class: "soft" }, say("door.when", { time: when(session.start), minutes: session.minutes })) : null,
        you.why && ["charter-changed", "sent-back"].includes(you.why)
          ? h("p", { class: "said said-warn" }, say(you.why === "charter-changed" ? "door.changed" : "door.sent-back")) : null),
      h("div", { class: "door-cols" },
        h("div", { class: "stack-wide door-read" },
          h("section", { class: "door-is" },
            h("div", { class: "card card-calm" }, h("h2", {}, say("help.is")), h("p", {}, say("help.is_text"))),
            h("div", { class: "card card-warm" }, h("h2", {}, say("help.is_not")), h("p", {}, say("help.is_not_text")))),
          charter ? h("section", { class: "stack" },
            h("h2", {}, say("door.charter")), h("p", { class: "soft" }, say("door.charter_lede")),
            charterList(charter, "h3"), h("p", { class: "said" }, say("door.floor"))) : null,
          h("details", { class: "fold" }, h("summary", {}, say("help.rights")), rights(session?.contact)),
          session?.policy ? h("section", { class: "stack-tight" }, h("h2", {}, say("help.policy")), h("p", {}, say(`policy.${session.policy}`)), h("p", { class: "soft" }, say("help.limits"))) : null),
        this.#form(c)));
  }

  /** @param {Client} c */
  #form(c) {
    const busy = isSent(c, "knock");
    const staff = facilitates(c.known);
    return h("form", { class: "card door-form", novalidate: true, onsubmit: (/** @type {Event} */ e) => { e.preventDefault(); this.#knock("agree"); } },
      h("h2", {}, say("door.you")),
      h("div", { class: "field" },
        h("label", { for: "door-name" }, say("door.name")),
        h("p", { class: "hint", id: "door-name-hint" }, say("door.name_hint")),
        h("input", {
          id: "door-name", class: "input", type: "text", autocomplete: "nickname", dir: "auto", required: true,
          "aria-describedby": "door-name-hint door-error", "aria-invalid": this.#error(c) ? "true" : undefined,
          value: this.#name ?? "", oninput: (/** @type {any} */ e) => {
            this.#name = e.target.value;
            this.#empty = false;
            this.#told = c.refused;
            this.#keep();
            this.redraw(undefined);
          },
        }),
        h("div", { role: "alert", id: "door-error" }, this.#error(c) ? h("p", { class: "error" }, this.#error(c)) : null)),
      staff ? null : h("fieldset", {}, h("legend", {}, say("door.mode")), this.#mode(false), this.#mode(true)),
      h("fieldset", {}, h("legend", {}, say("door.needs")), h("p", { class: "hint" }, say("door.needs_hint")),
        h("div", { class: "door-needs" }, NEEDS.map((n) => h("label", { class: "choice", key: n },
          h("input", { type: "checkbox", checked: this.#needs.has(n), onchange: (/** @type {any} */ e) => {
            if (e.target.checked) this.#needs.add(n);
            else this.#needs.delete(n);
            this.#keep();
          } }), say(`need.${n}`))))),
      h("section", { class: "stack-tight" },
        h("h3", {}, say("door.answer")),
        h("p", { class: "hint" }, say("door.answer_hint")),
        h("div", { class: "btn-row" },
          h("button", { type: "submit", class: "btn btn-primary btn-big", "aria-disabled": busy ? "true" : undefined }, say("door.agree")),
          button(say("door.concern"), () => this.#knock("concern"), { look: "btn-big", busy })),
        h("p", { class: "hint" }, say("door.concern_hint")),
        h("p", { role: "status", class: "soft" }, isUnsaved(c, "knock") ? say("unsaved") : busy ? say("door.sending") : null)),
      h("p", { class: "small soft" }, say("door.no"), " ",
        button(say("door.leave"), () => this.command({ do: "leave" }), { look: "btn-plain" })));
  }

  /** @param {boolean} listening */
  #mode(listening) {
    const mode = listening ? "listening" : "open";
    return h("label", { class: "choice", key: mode },
      h("input", { type: "radio", name: "mode", checked: this.#listening === listening, onchange: () => { this.#listening = listening; this.#keep(); } }),
      h("strong", {}, say(`door.${mode}`)), h("span", { class: "hint" }, say(`door.${mode}_hint`)));
  }

  /** What is wrong with the name stands at the name, while it is typed and when the server says so. @param {Client} c */
  #error(c) {
    if (this.#empty) return say("door.name_empty");
    return nameProblem(this.#name || "") || (c.refused?.verb === "knock" && c.refused !== this.#told ? c.refused.say : "");
  }

  /** @override @param {Client} c @param {Client | undefined} before */
  onDrawn(c, before) {
    if (before && c.refused && c.refused !== before.refused && c.refused.verb === "knock") this.#toName();
  }

  #keep() { remember("door", { name: this.#name, listening: this.#listening, needs: [...this.#needs] }); }

  disconnectedCallback() { remember("door"); }

  #toName() { /** @type {HTMLElement | null} */ (this.querySelector("#door-name"))?.focus(); }

  /** @param {"agree" | "concern"} answer */
  #knock(answer) {
    const c = this.state;
    if (isSent(c, "knock")) return;
    const name = (this.#name || "").trim();
    this.#empty = !name;
    if (!name || nameProblem(name)) {
      this.redraw(undefined);
      this.#toName();
      return;
    }
    /** @type {import("../types").Ask & {do: "knock"}} */
    const knock = { do: "knock", name, answer, digest: c.known.charter?.digest || "" };
    if (this.#listening || answer === "concern") knock.listening = true;
    if (this.#needs.size) knock.needs = NEEDS.filter((n) => this.#needs.has(n));
    this.command(knock);
  }
}

customElements.define("hearth-door", HearthDoor);
