/** The facilitators' tools, in the order in which they are needed. */
import { Drawn, h } from "../dom.js";
import { button } from "../parts.js";
import { recall, remember } from "../place.js";
import care from "../words/care.js";
import { learn, name, rich, say } from "../words/index.js";
import { lineOf, mayDo, nameOf } from "../known.js";
import { isSent } from "../state.js";
import { answer } from "../room/answer.js";
import "./hearth-floor.js";
import "./hearth-gate.js";
import "./hearth-people.js";
import "./hearth-act.js";

learn(care);

/** @typedef {import("../types").Client} Client */
/** @typedef {import("../types").Care} Care */
/** @typedef {{kind: string, seat: string}} Act */

/** @extends {Drawn<Client>} */
class HearthCare extends Drawn {
  /** @type {Act | null} */ #act = recall("act", null);
  /** @type {string} */ #line = recall("remind", "");

  /** @override */
  connectedCallback() {
    this.addEventListener("act", (e) => this.#open(/** @type {CustomEvent} */ (e).detail));
    super.connectedCallback();
  }

  /** @param {Act | null} act */
  #open(act) {
    this.#act = act;
    remember("act", act);
    if (!act) remember("act-form");
    this.redraw(undefined);
  }

  /** @override @param {Client} c */
  view(c) {
    const view = c.known.care;
    const me = c.known.me;
    if (!view || !me) return null;
    return h("aside", { class: "care stack", "aria-labelledby": "care-title" },
      h("div", {}, h("h2", { id: "care-title" }, say("care.title")),
        h("p", { class: "soft small" }, say(mayDo(c.known).floor ? "care.lead_title" : "care.wellbeing_title"))),
      answer(c, this, "care"),
      this.#now(c, view),
      h("hearth-gate", { key: "gate", state: c }),
      h("hearth-floor", { key: "floor", state: c }),
      this.#remind(c),
      h("hearth-people", { key: "people", state: c }),
      this.#swap(c, view),
      h("details", { class: "fold care-part" }, h("summary", {}, say("before.section")),
        h("ul", {}, [1, 2, 3, 4, 5].map((n) => h("li", {}, say(`before.${n}`))))),
      h("section", { class: "care-part stack-tight" }, h("h3", {}, say("urgent.section")),
        h("div", {}, button(say("urgent.go"), () => this.#open({ kind: "urgent", seat: "" }), { look: "btn-grave" }))),
      h("hearth-act", { key: "act", state: { client: c, act: this.#act, shut: () => this.#open(null) } }));
  }

  /** @param {Client} c @param {Care} view */
  #now(c, view) {
    const other = c.seat === view.lead ? view.wellbeing : view.lead;
    const notes = [
      ...(view.wrote || []).map((w) => h("div", { key: `alone ${w.seat}`, class: "stack-tight" },
        h("p", {}, rich(w.gone ? "care.wrote_gone" : "care.wrote_alone", { name: name(w.name) })),
        h("div", {}, button(say("care.seen", { name: w.name }), () => this.command({ do: "seen", seat: w.seat }), { look: "btn-small", busy: isSent(c, "seen", w.seat) })))),
      ...wrote(c).map((s) => h("p", { key: `wrote ${s}` }, rich("care.wrote", { name: name(nameOf(c.known, s)) }))),
      this.#removal(c, view),
      view.alone ? h("p", { key: "alone" }, say("care.alone")) : null,
      view.break ? h("p", { key: "break" }, say("care.break")) : null,
      view.rounds ? h("p", { key: "rounds" }, say("care.rounds")) : null,
      view.clock?.over ? h("p", { key: "over" }, rich("care.over", { name: name(nameOf(c.known, view.clock.seat)) })) : null,
      view.swap && view.swap === other ? h("p", { key: "swap" }, rich("care.swap_theirs", { name: name(nameOf(c.known, view.swap)) })) : null,
      c.known.room?.phase.name === "lobby" ? h("p", { key: "ready" }, say(view.ready ? "care.ready" : "care.not_ready")) : null,
    ].filter(Boolean);
    return h("section", { class: notes.length ? "care-now said said-warn stack-tight" : "", "aria-label": say("care.now"), tabindex: notes.length ? "0" : undefined },
      notes.length ? h("h3", {}, say("care.now")) : null, notes);
  }

  /** @param {Client} c @param {Care} view */
  #removal(c, view) {
    const r = view.removal;
    if (!r) return null;
    const who = nameOf(c.known, r.seat);
    return h("div", { key: "removal", class: "stack-tight" },
      h("h3", {}, rich("removal.title", { name: name(who) })),
      h("p", { class: "small" }, r.by === c.seat ? say("removal.yours")
        : rich("removal.theirs", { by: name(nameOf(c.known, r.by)), line: lineOf(c.known, r.principle)?.title || "", reason: say(`why.${r.reason}`) })),
      h("div", { class: "btn-row" },
        r.by === c.seat ? null : button(say("removal.confirm", { name: who }), () => this.command({ do: "confirm-remove", seat: r.seat }), { look: "btn-grave btn-primary", busy: isSent(c, "confirm-remove", r.seat) }),
        button(say("removal.drop", { name: who }), () => this.command({ do: "drop-remove", seat: r.seat }), { busy: isSent(c, "drop-remove", r.seat) })));
  }

  /** @param {Client} c */
  #remind(c) {
    return h("form", { class: "care-part stack-tight", onsubmit: (/** @type {Event} */ e) => {
      e.preventDefault();
      const principle = /** @type {HTMLSelectElement} */ (this.querySelector("#remind-line")).value;
      this.command({ do: "remind", principle });
    } },
    h("h3", {}, say("remind.section")), h("p", { class: "hint" }, say("remind.hint")),
    h("div", { class: "field" }, h("label", { for: "remind-line" }, say("remind.choose")),
      h("select", { id: "remind-line", class: "input", value: this.#line || c.known.charter?.lines[0]?.principle, onchange: (/** @type {any} */ e) => { this.#line = e.target.value; remember("remind", this.#line); } }, (c.known.charter?.lines || []).map((l) => h("option", { key: l.principle, value: l.principle }, l.title)))),
    h("div", {}, h("button", { type: "submit", class: "btn", "aria-disabled": isSent(c, "remind") ? "true" : undefined }, say("remind.go"))));
  }

  /** @param {Client} c @param {Care} view */
  #swap(c, view) {
    const other = c.seat === view.lead ? view.wellbeing : view.lead;
    if (!other || other === c.seat) return null;
    const asked = view.swap === c.seat;
    return h("section", { class: "care-part stack-tight" }, h("h3", {}, say("swap.section")),
      h("p", { class: "hint" }, asked ? rich("swap.asked", { name: name(nameOf(c.known, other)) }) : say("swap.hint")),
      h("div", {}, button(say("swap.go"), () => this.command({ do: "swap" }), { busy: isSent(c, "swap"), "aria-pressed": String(asked) })));
  }
}

/** Whose private messages are not read yet. @param {Client} c */
function wrote(c) {
  const fresh = c.known.words.filter((w) => w.kind === "line" && w.seat === (w.with || w.seat) && w.seat !== c.seat && !c.seen.includes(w.id));
  return [...new Set(fresh.map((w) => w.seat))];
}

customElements.define("hearth-care", HearthCare);
