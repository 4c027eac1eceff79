/** People inside, as facilitators may know them, and what can be done for each. */
import { Drawn, h } from "../dom.js";
import { button } from "../parts.js";
import { clock } from "../time.js";
import { name, say } from "../words/index.js";
import { mayDo, powersOf } from "../known.js";
import { draftOf, isSent } from "../state.js";
import { lineWords } from "../room/hearth-line.js";

/** @typedef {import("../types").Client} Client */
/** @typedef {import("../types").Seat} Seat */
/** @typedef {import("../types").Person} Person */

/** @extends {Drawn<Client>} */
class HearthPeople extends Drawn {
  /** @override @param {Client} c */
  view(c) {
    const seats = (c.known.room?.seats || []).filter((s) => s.seat !== c.seat);
    return h("section", { class: "care-part stack-tight" },
      h("h3", {}, say("people.section")),
      h("ul", { class: "plain-list" }, seats.map((s) => this.#one(c, s))));
  }

  /** @param {Client} c @param {Seat} s */
  #one(c, s) {
    const p = (c.known.care?.people || []).find((x) => x.seat === s.seat);
    const line = lineWords(c, s.seat);
    const fresh = line.some((w) => w.seat === s.seat && !c.seen.includes(w.id));
    return h("li", { key: s.seat, class: "person" },
      h("details", { class: "fold fold-small", made: (/** @type {HTMLDetailsElement} */ d) => { if (c.drafts[draftOf("line", s.seat)]) d.open = true; }, ontoggle: (/** @type {any} */ e) => {
        if (e.target.open && line.length) this.tell({ seen: line.map((w) => w.id) });
      } },
      h("summary", {}, name(s.name), h("span", { class: "tags" }, tags(c, s, p, fresh))),
      h("div", { class: "stack-tight person-acts", role: "group", "aria-label": say("people.acts", { name: s.name }) },
        h("div", { class: "btn-row" }, this.#acts(c, s, p)),
        h("h4", { class: "small-title" }, say("people.line")),
        h("hearth-line", { state: { client: c, seat: s.seat } }))));
  }

  /** @param {Client} c @param {Seat} s @param {Person | undefined} p */
  #acts(c, s, p) {
    const open = (/** @type {string} */ kind, /** @type {string} */ look = "") => button(say(`people.${kind}`), () =>
      this.dispatchEvent(new CustomEvent("act", { bubbles: true, detail: { kind, seat: s.seat } })), { look: `btn-small ${look}`, key: kind });
    const lead = mayDo(c.known).floor;
    return [
      open("nudge"), open("pause"),
      p?.quiet_until ? button(say("people.unquiet"), () => this.command({ do: "unquiet", seat: s.seat }), { key: "unquiet", look: "btn-small", busy: isSent(c, "unquiet", s.seat) }) : open("quiet"),
      button(say("people.lobby"), () => this.command({ do: "to-lobby", seat: s.seat }), { key: "lobby", look: "btn-small", busy: isSent(c, "to-lobby", s.seat) }),
      lead ? button(say("floor.again"), () => this.command({ do: "we-will-come-back", seat: s.seat }), { key: "again", look: "btn-small", busy: isSent(c, "we-will-come-back", s.seat) }) : null,
      open("remove", "btn-grave"), open("urgent", "btn-grave"),
    ];
  }
}

/** @param {Client} c @param {Seat} s @param {Person | undefined} p @param {boolean} fresh */
function tags(c, s, p, fresh) {
  return [
    fresh && say("people.wrote"),
    !powersOf(c.known, s.role).member && say(`role.${s.role}`),
    s.state !== "here" && (p?.out_since ? say("people.tag.out", { time: clock(p.out_since) }) : say(`circle.${s.state}`)),
    p?.quiet_until && say("people.tag.quiet", { time: clock(p.quiet_until) }),
    p?.concern && say("door.tag.concern"),
    p?.listening && say("door.tag.listening"),
    ...(p?.needs || []).map((n) => say(`need.${n}`)),
  ].filter(Boolean).map((text) => h("span", { class: `tag ${text === say("people.wrote") ? "tag-ember" : ""}`, key: String(text) }, text));
}

customElements.define("hearth-people", HearthPeople);
