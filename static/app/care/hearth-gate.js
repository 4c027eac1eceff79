/** The door and the lobby, as facilitators see them: greet one, let one in (C24). */
import { Drawn, h } from "../dom.js";
import { button } from "../parts.js";
import { hiddenSigns, limitNote, parts, seen } from "../writing.js";
import { name, rich, say } from "../words/index.js";
import { nameOf, powersOf } from "../known.js";
import { draftOf, isSent } from "../state.js";
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
    return h("section", { class: "care-part stack gate" },
      h("h3", {}, say("door.section")),
      h("div", { class: "care-row" }, h("p", { class: "small" }, say(`door.state.${door}`)),
        button(say(locked ? "door.unlock" : "door.lock"), () => this.command({ do: "door", locked: !locked }), { look: "btn-small", busy: isSent(c, "door") })),
      waiting.length ? h("ul", { class: "plain-list stack-tight" }, waiting.map((w) => this.#one(c, w)))
        : h("p", { class: "soft small" }, say("door.nobody")));
  }

  /** One row a person; what goes beyond greeting and letting in is folded. @param {Client} c @param {Waiting} w */
  #one(c, w) {
    const wrote = lineWords(c, w.seat).some((x) => x.seat === w.seat && !c.seen.includes(x.id));
    const busy = isSent(c, "greet", w.seat) || isSent(c, "admit", w.seat);
    const key = `greet ${w.seat}`;
    const hidden = hiddenSigns(c.drafts[key] || "");
    const drafted = c.drafts[key] || c.drafts[draftOf("line", w.seat)]; // what is half written is not folded away
    return h("li", { key: w.seat, class: "card card-flat gate-one" },
      h("div", { class: "gate-head" }, h("h4", {}, name(w.name)), h("div", { class: "tags" }, tags(c, w))),
      h("div", { class: "btn-row" },
        w.admitted ? [h("p", { class: "small soft" }, say("door.on_way")),
          button(say("people.lobby"), () => this.command({ do: "to-lobby", seat: w.seat }), { look: "btn-small", "aria-label": `${say("people.lobby")}: ${w.name}`, busy: isSent(c, "to-lobby", w.seat) })] : null,
        w.admitted ? null : w.greeted ? this.#button("door.admit", w, () => this.command({ do: "admit", seat: w.seat }), "btn-calm", busy)
          : [this.#button("door.greet_admit", w, () => this.#greet(c, w, { do: "admit", seat: w.seat }), "btn-calm", busy || !!hidden),
            this.#button("door.greet", w, () => this.#greet(c, w), "", busy || !!hidden)]),
      h("details", { class: "fold fold-small", open: wrote || undefined, made: (/** @type {HTMLDetailsElement} */ d) => { if (drafted) d.open = true; } },
        h("summary", { "aria-label": `${say(w.greeted || w.admitted ? "people.line" : "door.words")}: ${w.name}` }, say(w.greeted || w.admitted ? "people.line" : "door.words")),
        w.greeted || w.admitted ? null : h("div", { class: "field" }, h("label", { for: `greet-${w.seat}` }, rich("door.greet_line", { name: name(w.name) })),
          h("textarea", { id: `greet-${w.seat}`, class: "input", rows: 2, dir: "auto", autocomplete: "off", value: c.drafts[key] || "", oninput: (/** @type {any} */ e) => this.tell({ drafts: { [key]: e.target.value } }) }),
          h("p", { class: "small", role: "status" }, limitNote(c.drafts[key] || "") || say("door.signed", { name: c.known.me?.you.name || "" })),
          hidden ? h("div", { key: "clean" }, button(say("write.clean"), () => this.tell({ drafts: { [key]: seen(c.drafts[key] || "") } }), { look: "btn-small" })) : null),
        h("hearth-line", { state: { client: c, seat: w.seat } })));
  }

  /** @param {string} key @param {Waiting} w @param {() => void} act @param {string} look @param {boolean} busy */
  #button(key, w, act, look, busy) {
    return button(say(key), act, { key, look: `btn-small ${look}`, "aria-label": `${say(key)}: ${w.name}`, busy });
  }

  /** The welcome goes first, signed, then the greeting, then what comes after it; each waits for the one before. @param {Client} c @param {Waiting} w @param {import("../types").Ask} [then] */
  #greet(c, w, then) {
    const text = (c.drafts[`greet ${w.seat}`] || "").trim();
    /** @type {import("../types").Ask} */
    const greet = then ? { do: "greet", seat: w.seat, then } : { do: "greet", seat: w.seat };
    const signed = parts(`${text}\n— ${c.known.me?.you.name || ""}`);
    this.command(text ? signed.reduceRight((/** @type {import("../types").Ask} */ next, part) => ({ do: "line", to: w.seat, text: part, then: next }), greet) : greet);
    if (text) this.tell({ drafts: { [`greet ${w.seat}`]: "" } });
  }
}

/** @param {Client} c @param {Waiting} w */
function tags(c, w) {
  const claimed = w.claims ? nameOf(c.known, w.claims) : "";
  return [
    !powersOf(c.known, w.role).member && say(`role.${w.role}`),
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
