/** The floor: parts of the session, formats, the running turn, a line to all. */
import { Drawn, h } from "../dom.js";
import { button } from "../parts.js";
import { recall, remember } from "../place.js";
import { clock } from "../time.js";
import { hiddenSigns, limitNote, parts, seen } from "../writing.js";
import { name, rich, say } from "../words/index.js";
import { formatNow, mayDo, nameOf } from "../known.js";
import { isSent, isUnsaved } from "../state.js";

/** @typedef {import("../types").Client} Client */
/** @typedef {import("../types").Room} Room */
/** @typedef {import("../types").Care} Care */
/** @typedef {import("../types").Format} Format */

/** Ending is an act of its own, with a question: moving on never closes a session. */
/** @type {import("../types").PhaseName[]} */
const PHASES = ["lobby", "opening", "check-in", "main", "closing", "after-care"];

/** @extends {Drawn<Client>} */
class HearthFloor extends Drawn {
  /** @type {import("../types").PhaseName | ""} */ #phase = "";
  #format = "";
  /** @type {string} */ #minutes = recall("minutes", "1");
  /** @type {string} */ #pace = recall("pace", "");

  /** @override @param {Client} c */
  view(c) {
    const room = c.known.room;
    const care = c.known.care;
    const me = c.known.me;
    if (!room || !care || !me) return null;
    const lead = !!mayDo(c.known).floor;
    return h("section", { class: "care-part stack" },
      h("h3", {}, say("floor.section")),
      room.held || room.paused ? h("div", { class: "stack-tight" },
        button(say("floor.carry_on"), () => this.command({ do: "carry-on" }), { look: "btn-calm", busy: isSent(c, "carry-on") }),
        h("p", { class: "hint" }, say("floor.carry_on_hint"))) : null,
      this.#turn(c, room, lead),
      lead ? [this.#phases(c, room, care), this.#formats(c, room)]
        : c.known.formats.filter((f) => f.host && f.name !== room.format.name).map((f) => this.#host(c, f)),
      this.#slow(c, room),
      this.#process(c));
  }

  /** @param {Client} c @param {Room} room @param {boolean} lead */
  #turn(c, room, lead) {
    const f = room.floor;
    if (!f || !lead) return null;
    return h("div", { class: "stack-tight" }, h("h4", {}, rich("floor.time", { name: name(nameOf(c.known, f.seat)) })),
      h("div", { class: "btn-row" },
        button(say("floor.more_time"), () => this.command({ do: "more-time" }), { look: "btn-small", busy: isSent(c, "more-time") }),
        button(say("floor.finish"), () => this.command({ do: "finish-thought" }), { look: "btn-small", busy: isSent(c, "finish-thought") }),
        button(say("floor.come_back"), () => this.command({ do: "we-will-come-back" }), { look: "btn-small", busy: isSent(c, "we-will-come-back") }),
        f.stage === "replies" ? button(say("floor.close_replies"), () => this.command({ do: "close-replies" }), { look: "btn-small", busy: isSent(c, "close-replies") }) : null),
      h("p", { class: "hint small" }, say("floor.time_hint")));
  }

  /** @param {Client} c @param {Room} room @param {Care} care */
  #phases(c, room, care) {
    const ahead = PHASES.slice(PHASES.indexOf(room.phase.name) + 1);
    if (!ahead.length) return this.#end(c, room);
    const pick = ahead.find((p) => p === this.#phase) || room.phase.next || ahead[0];
    return this.#form(() => this.command({ do: "phase", to: pick }),
      h("h4", {}, say("floor.phase")),
      h("p", { class: "hint" }, say("floor.phase_now", { phase: say(`phase.${room.phase.name}`) }), ". ",
        care.phase_ends ? say("floor.phase_planned", { time: clock(care.phase_ends) }) : ""),
      h("div", { class: "care-row" },
        select("floor-phase", "floor.move", pick, ahead.map((p) => [p, say(`phase.${p}`)]), (v) => { this.#phase = /** @type {import("../types").PhaseName} */ (v); this.redraw(undefined); }),
        // What the button means goes with what is chosen: after a move it is a new one.
        submit("floor.move_go", isSent(c, "phase"), `move ${room.phase.name} ${pick}`)), this.#end(c, room));
  }

  /** @param {Client} c @param {Room} room */
  #end(c, room) {
    if (room.phase.name !== "closing" && room.phase.name !== "after-care") return null;
    return h("div", { key: "end" }, button(say("end.ask"), () =>
      this.dispatchEvent(new CustomEvent("act", { bubbles: true, detail: { kind: "end", seat: "" } })), { look: "btn-small btn-grave", busy: isSent(c, "end") }));
  }

  /** @param {Client} c @param {Room} room */
  #formats(c, room) {
    const planned = room.phase.planned || "";
    const all = c.known.formats;
    const pick = all.find((f) => f.name === (this.#format || planned)) || all[0];
    return pick && this.#form(() => this.#begin(pick),
      h("h4", {}, say("floor.format")),
      h("p", { class: "hint" }, say("floor.format_now", { format: say(`format.${room.format.name}`) })),
      h("div", { class: "care-row" },
        select("floor-format", "floor.format_choose", pick.name, all.map(({ name: f }) => [f, f === planned ? say("floor.format_planned", { format: say(`format.${f}`) }) : say(`format.${f}`)]), (v) => { this.#format = v; this.redraw(undefined); }),
        this.#length(pick),
        submit("floor.begin", isSent(c, "begin"))),
      room.format.name ? h("div", {}, button(say("floor.end"), () => this.command({ do: "end-format" }), { look: "btn-small", busy: isSent(c, "end-format") })) : null);
  }

  /** What wellbeing may begin. @param {Client} c @param {Format} f */
  #host(c, f) {
    return this.#form(() => this.#begin(f),
      h("div", { class: "care-row" }, this.#length(f), submit(`format.${f.name}.begin`, isSent(c, "begin"))));
  }

  /** @param {Format} f */
  #length(f) {
    return f.minutes && h("div", { class: "field", key: "length" }, h("label", { for: "floor-minutes" }, say(`format.${f.name}.minutes`)),
      h("input", { id: "floor-minutes", class: "input", type: "number", min: f.minutes.least, max: f.minutes.most, value: this.#minutes, oninput: (/** @type {any} */ e) => { this.#minutes = e.target.value; remember("minutes", this.#minutes); } }));
  }

  /** @param {Format} f */
  #begin(f) {
    /** @type {import("../types").Ask & {do: "begin"}} */
    const begin = { do: "begin", format: f.name };
    if (f.minutes) begin.minutes = within(this.#minutes, f.minutes, f.minutes.least);
    this.command(begin);
    this.#format = "";
  }

  /** @param {Client} c @param {Room} room */
  #slow(c, room) {
    const { pace } = formatNow(c.known);
    const now = room.format.pace || 0;
    return pace && this.#form(() => this.command({ do: "pace", seconds: within(this.#pace, pace, now) }),
      h("div", { class: "care-row" },
        h("div", { class: "field" }, h("label", { for: "floor-pace" }, say("floor.pace")),
          h("input", { id: "floor-pace", class: "input", type: "number", min: pace.least, max: pace.most, value: this.#pace, placeholder: String(now), oninput: (/** @type {any} */ e) => { this.#pace = e.target.value; remember("pace", this.#pace); } })),
        submit("floor.pace_set", isSent(c, "pace"))));
  }

  /** @param {Client} c */
  #process(c) {
    const may = !!c.known.me?.can.process;
    const text = c.drafts.process || "";
    const busy = isSent(c, "process");
    const wrong = c.refused?.verb === "process" ? c.refused.say : isUnsaved(c, "process") ? say("unsaved.words") : !may && text ? say("floor.process_wait") : limitNote(text);
    const [first, ...more] = parts(text);
    const hidden = hiddenSigns(text);
    return this.#form(() => { if (may && first && !busy && !hidden) this.command({ do: "process", text: first }); },
      h("div", { class: "field" }, h("label", { for: "floor-process" }, say("floor.process")),
        h("p", { class: "hint", id: "process-hint" }, say("floor.process_hint")),
        h("textarea", { id: "floor-process", class: "input", rows: 2, dir: "auto", value: text, "aria-describedby": "process-hint", oninput: (/** @type {any} */ e) => this.tell({ drafts: { process: e.target.value } }) })),
      h("p", { role: "status", class: "small" }, wrong),
      hidden ? h("div", { key: "clean" }, button(say("write.clean"), () => this.tell({ drafts: { process: seen(text) } }), { look: "btn-small" })) : null,
      h("div", {}, submit(more.length ? "floor.process_part" : "floor.process_send", busy || !may || !first || !!hidden, `process ${more.length}`)));
  }

  /** @param {() => void} act @param {import("../dom.js").Kid[]} kids */
  #form(act, ...kids) {
    return h("form", { class: "stack-tight", onsubmit: (/** @type {Event} */ e) => { e.preventDefault(); act(); } }, kids);
  }
}

/**
 * @param {string} id @param {string} label @param {string} value
 * @param {string[][]} options @param {(value: string) => void} chosen
 */
export function select(id, label, value, options, chosen) {
  return h("div", { class: "field", key: id }, h("label", { for: id }, say(label)),
    h("select", { id, class: "input", value, onchange: (/** @type {any} */ e) => chosen(e.target.value) },
      options.map(([v, text]) => h("option", { key: v, value: v }, text))));
}

/** A whole number that was typed, held within a span. @param {string} typed @param {import("../types").Span} span @param {number} usual what nothing stands for */
function within(typed, span, usual) {
  return Math.min(span.most, Math.max(span.least, Math.round(Number(typed)) || usual));
}

/** @param {string} label @param {boolean} off @param {string} [act] what it means now, where the label does not say it */
function submit(label, off, act) {
  return h("button", { type: "submit", class: "btn", "data-act": act, "aria-disabled": off ? "true" : undefined }, say(label));
}

customElements.define("hearth-floor", HearthFloor);
