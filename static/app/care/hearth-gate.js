/** The door and the lobby, as facilitators see them: greet one, let one in (C24). */
import { Drawn, h } from "../dom.js";
import { button } from "../parts.js";
import { name, say } from "../words/index.js";
import { isSent, nameOf } from "../state.js";
import { lineWords } from "../room/hearth-line.js";

/** @typedef {import("../types").Client} Client */
/** @typedef {import("../types").Waiting} Waiting */

/** @extends {Drawn<Client>} */
class HearthGate extends Drawn {
  /** @override @param {Client} c */
  view(c) {
    const waiting = c.known.care?.waiting || [];
    const door = c.known.room?.door || "open";
    const locked = door === "locked";
    return h("section", { class: "care-part stack" },
      h("h3", {}, say("door.section")),
      h("div", { class: "care-row" }, h("p", { class: "small" }, say(`door.state.${door}`)),
        button(say(locked ? "door.unlock" : "door.lock"), () => this.command({ do: "door", locked: !locked }), { look: "btn-small", busy: isSent(c, "door") })),
      waiting.length ? h("ul", { class: "plain-list stack-tight" }, waiting.map((w) => this.#one(c, w)))
        : h("p", { class: "soft small" }, say("door.nobody")));
  }

  /** @param {Client} c @param {Waiting} w */
  #one(c, w) {
    const key = `greet ${w.seat}`;
    const wrote = lineWords(c, w.seat).length > 0;
    return h("li", { key: w.seat, class: "card card-flat gate-one" },
      h("div", { class: "gate-head" }, h("h4", {}, name(w.name)), h("div", { class: "tags" }, tags(c, w))),
      w.greeted || w.admitted ? null : h("form", { class: "stack-tight", onsubmit: (/** @type {Event} */ e) => { e.preventDefault(); this.#greet(c, w, key); } },
        h("div", { class: "field" }, h("label", { for: `greet-${w.seat}` }, say("door.greet_line", { name: w.name })),
          h("input", { id: `greet-${w.seat}`, class: "input", dir: "auto", maxlength: 500, autocomplete: "off", value: c.drafts[key] || "", oninput: (/** @type {any} */ e) => this.tell({ drafts: { [key]: e.target.value } }) })),
        h("div", {}, h("button", { type: "submit", class: "btn btn-primary", "aria-disabled": isSent(c, "greet", w.seat) ? "true" : undefined }, say("door.greet", { name: w.name })))),
      w.admitted ? h("p", { class: "small soft" }, say("door.on_way")) : null,
      h("div", { class: "btn-row" },
        w.greeted && !w.admitted ? button(say("door.admit", { name: w.name }), () => this.command({ do: "admit", seat: w.seat }), { look: "btn-calm", busy: isSent(c, "admit", w.seat) }) : null,
        w.admitted ? button(say("people.lobby"), () => this.command({ do: "to-lobby", seat: w.seat }), { look: "btn-small", "aria-label": `${say("people.lobby")}: ${w.name}`, busy: isSent(c, "to-lobby", w.seat) }) : null),
      h("details", { class: "fold fold-small", open: wrote || undefined },
        h("summary", { "aria-label": `${say("people.line")}: ${w.name}` }, say("people.line")),
        h("hearth-line", { state: { client: c, seat: w.seat } })));
  }

  /** @param {Client} c @param {Waiting} w @param {string} key */
  #greet(c, w, key) {
    if (isSent(c, "greet", w.seat)) return;
    const text = (c.drafts[key] || "").trim();
    if (text) this.command({ do: "line", to: w.seat, text });
    this.command({ do: "greet", seat: w.seat });
  }
}

/** @param {Client} c @param {Waiting} w */
function tags(c, w) {
  const claimed = w.claims ? nameOf(c.known, w.claims) : "";
  return [
    w.role !== "participant" && say(`role.${w.role}`),
    w.greeted && say("door.greeted"),
    w.concern && say("door.tag.concern"),
    w.listening && say("door.tag.listening"),
    w.open && say("door.tag.open"),
    w.claims && say(claimed ? "door.tag.claims" : "door.tag.claims_plain", { name: claimed }),
    w.knocks && say("door.tag.knocks"),
    w.lost && say("door.tag.lost"),
    ...(w.needs || []).map((n) => say(`need.${n}`)),
  ].filter(Boolean).map((text) => h("span", { class: "tag", key: String(text) }, text));
}

customElements.define("hearth-gate", HearthGate);
