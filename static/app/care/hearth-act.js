/** One act of care or moderation, with what each side will see before it is done (M1, M3). */
import { Drawn, h } from "../dom.js";
import { button, closes, dialogBody, toggle } from "../parts.js";
import { hiddenSigns, limitNote, parts, seen } from "../writing.js";
import { name, rich, say } from "../words/index.js";
import { nameOf } from "../known.js";
import { draftOf, isSent } from "../state.js";
import { recall, remember } from "../place.js";

/** @typedef {import("../types").Client} Client */
/** @typedef {{kind: string, seat: string}} Act */
/** @typedef {{client: Client, act: Act | null, shut: () => void}} Shown */

const REASONS = ["over-others", "hurtful", "privacy", "harassment", "threat", "raid", "not-well", "other"];
const empty = () => ({ principle: "", reason: "", minutes: "5", urgent: false, wrong: "" });

/** @extends {Drawn<Shown>} */
class HearthAct extends Drawn {
  #form = empty();
  /** @type {Act | null} */ #was = null;

  /** @override @param {Shown} s */
  view({ client: c, act, shut }) {
    if (act !== this.#was) {
      this.#was = act;
      this.#form = { ...empty(), ...recall("act-form", {}) };
    }
    return h("dialog", { class: "act-dialog", "aria-labelledby": "act-title", ...closes(shut) },
      act?.kind === "end" ? this.#end(c) : act ? this.#body(c, act) : h("h2", { id: "act-title" }, say("care.title")));
  }

  /** Ending is asked, with what it erases. @param {Client} c */
  #end(c) {
    return dialogBody("act-title", say("end.title"), h("p", {}, say("end.text")),
      h("div", { class: "btn-row" },
        button(say("cancel"), () => this.state.shut()),
        button(say("end.go"), () => { this.command({ do: "end" }); this.state.shut(); }, { look: "btn-grave btn-primary", busy: isSent(c, "end") })));
  }

  /** @param {Client} c @param {Act} act */
  #body(c, act) {
    const who = nameOf(c.known, act.seat);
    const f = this.#form;
    const draft = draftOf("nudge", act.seat);
    const text = c.drafts[draft] || "";
    const needsLine = act.kind !== "urgent";
    const needsReason = act.kind === "quiet" || act.kind === "remove" || act.kind === "urgent";
    const title = act.kind === "urgent" && act.seat ? "act.urgent_who" : `act.${act.kind}`;
    const does = act.kind === "remove" && f.urgent ? "act.do.remove_now" : `act.do.${act.kind}`;
    const grave = act.kind === "remove" || act.kind === "urgent";
    return dialogBody("act-title", rich(title, { name: name(who) }),
      grave ? null : h("p", { class: "hint" }, say("act.low")),
      h("form", { class: "stack", onsubmit: (/** @type {Event} */ e) => { e.preventDefault(); this.#do(act, needsLine, needsReason); } },
        needsLine ? this.#select("act-line", "act.line", "principle", (c.known.charter?.lines || []).map((l) => [l.principle, l.title])) : null,
        act.kind === "nudge" ? h("div", { class: "field" }, h("label", { for: "act-text" }, rich("act.text", { name: name(who) })),
          h("textarea", { id: "act-text", class: "input", rows: 3, dir: "auto", value: text, oninput: (/** @type {any} */ e) => this.tell({ drafts: { [draft]: e.target.value } }) }),
          h("p", { class: "small", role: "status" }, parts(text).length > 1 && !hiddenSigns(text) ? say("write.parts_all", { n: parts(text).length }) : limitNote(text)),
          hiddenSigns(text) ? h("div", { key: "clean" }, button(say("write.clean"), () => this.tell({ drafts: { [draft]: seen(text) } }), { look: "btn-small" })) : null) : null,
        act.kind === "quiet" ? h("div", { class: "field" }, h("label", { for: "act-minutes" }, say("act.minutes")),
          h("input", { id: "act-minutes", class: "input", type: "number", min: 1, max: 15, value: f.minutes, oninput: (/** @type {any} */ e) => this.#keep({ minutes: e.target.value }) })) : null,
        needsReason ? this.#select("act-reason", "act.reason", "reason", REASONS.map((r) => [r, say(`why.${r}`)])) : null,
        act.kind === "remove" ? h("label", { class: "choice" },
          h("input", { type: "checkbox", checked: f.urgent, onchange: (/** @type {any} */ e) => { this.#keep({ urgent: e.target.checked }); this.redraw(undefined); } }), say("act.urgent_tick")) : null,
        consequences(act, who),
        h("div", { role: "alert" }, f.wrong ? h("p", { class: "error" }, say(f.wrong)) : null),
        h("div", { class: "btn-row" },
          h("button", { type: "submit", class: `btn btn-primary ${grave ? "btn-grave" : ""}`, "aria-disabled": isSent(c, act.kind, act.seat) ? "true" : undefined }, say(does)),
          button(say("cancel"), () => this.state.shut()))));
  }

  /** @param {string} id @param {string} label @param {"principle" | "reason"} field @param {string[][]} options */
  #select(id, label, field, options) {
    return h("div", { class: "field" }, h("label", { for: id }, say(label)),
      h("select", { id, class: "input", value: this.#form[field], onchange: (/** @type {any} */ e) => this.#keep({ [field]: e.target.value }) },
        h("option", { value: "" }, say("act.choose")), options.map(([v, text]) => h("option", { key: v, value: v }, text))));
  }

  /** @param {Partial<ReturnType<typeof empty>>} change */
  #keep(change) {
    Object.assign(this.#form, change);
    remember("act-form", { ...this.#form, wrong: "" });
  }

  /** @param {Act} act @param {boolean} needsLine @param {boolean} needsReason */
  #do(act, needsLine, needsReason) {
    const f = this.#form;
    f.wrong = needsLine && !f.principle ? "act.need_line" : needsReason && !f.reason ? "act.need_reason" : "";
    const text = act.kind === "nudge" ? this.state.client.drafts[draftOf("nudge", act.seat)] || "" : "";
    if (f.wrong || hiddenSigns(text)) {
      this.redraw(undefined);
      return;
    }
    const command = /** @type {import("../types").Command} */ ({ do: act.kind === "urgent" ? "urgent-door" : act.kind });
    if (act.seat) command.seat = act.seat;
    if (needsLine) command.principle = f.principle;
    if (needsReason) command.reason = f.reason;
    const [first, ...more] = parts(text);
    if (first) command.text = first;
    // What does not go into one message follows on the private line.
    if (more.length) command.then = more.reduceRight((/** @type {import("../types").Command | undefined} */ then, part) => ({ do: "line", to: act.seat, text: part, then }), undefined);
    if (act.kind === "quiet") command.minutes = Math.min(15, Math.max(1, Math.round(Number(f.minutes)) || 5));
    if (act.kind === "remove" && f.urgent) command.urgent = true;
    if (command.text) this.tell({ drafts: { [draftOf("nudge", act.seat)]: "" } });
    this.command(/** @type {import("../types").Ask} */ (command));
    this.state.shut();
  }

  /** @override @param {Shown} s */
  onDrawn(s) { toggle(this, "dialog", !!s.act); }
}

/** @param {Act} act @param {string} who */
function consequences(act, who) {
  const sees = act.kind === "urgent" && !act.seat ? "act.urgent_door.sees" : `act.${act.kind}.sees`;
  return h("dl", { class: "act-sees" },
    who ? [h("dt", {}, rich("act.sees", { name: name(who) })), h("dd", {}, say(sees))] : null,
    h("dt", {}, say("act.group")), h("dd", {}, rich(`act.${act.kind}.group`, { name: name(who) })),
    h("dt", {}, say("act.kept")), h("dd", {}, say(`kept.${act.kind === "remove" ? "removed" : act.kind}`)));
}

customElements.define("hearth-act", HearthAct);
