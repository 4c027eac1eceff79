/** A place to write, only for whoever may speak. The draft lives in memory and survives a refusal or a lost connection. */
import { Drawn, h } from "../dom.js";
import { button } from "../parts.js";
import { name, rich, say } from "../words/index.js";
import { isSent, isUnsaved, nameOf } from "../state.js";

/** @typedef {import("../types").Client} Client */

/** Longest text, in bytes as sent; a message may be 8 KiB at most. */
const MOST = 6000;

/** @extends {Drawn<Client>} */
class HearthComposer extends Drawn {
  #long = false;
  /** @type {any} */ #timer = null;

  /** @override @param {Client} c */
  view(c) {
    const me = /** @type {import("../types").Me} */ (c.known.me);
    const room = c.known.room;
    const may = !!me.can.share;
    const text = c.draft;
    if (!may && !text.trim()) return null;
    const off = c.link.status !== "open";
    const soon = this.#soon(c);
    const busy = isSent(c, "share");
    const label = me.can.reply ? "say.reply_label" : room?.format.name === "open" && !me.turn ? "say.open_label" : "say.label";
    const note = off ? say("say.kept_offline") : !may ? say("say.kept") : this.#long ? say("no.too-long") : soon ? say("say.pace") : isUnsaved(c, "share") ? say("unsaved.words") : busy ? say("say.sending") : "";
    const floor = room?.floor;
    return h("form", { class: "composer", onsubmit: (/** @type {Event} */ e) => { e.preventDefault(); this.#share(); } },
      me.can.reply && floor?.invite && floor.invite !== "hear"
        ? h("p", { class: "small soft" }, rich(`reply.${floor.invite}`, { name: name(nameOf(c.known, floor.seat)) })) : null,
      h("label", { for: "composer-text", class: "label" }, say(label)),
      h("textarea", {
        id: "composer-text", class: "input", rows: 3, dir: "auto", value: text, autocomplete: "off", maxlength: MOST,
        "aria-describedby": "composer-note composer-hint",
        oninput: (/** @type {any} */ e) => { this.#long = false; this.tell({ draft: e.target.value }); },
        onkeydown: (/** @type {KeyboardEvent} */ e) => { if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) { e.preventDefault(); this.#share(); } },
      }),
      h("p", { id: "composer-note", class: "composer-note small", role: "status" }, note),
      h("div", { class: "btn-row composer-row" },
        h("p", { id: "composer-hint", class: "hint composer-hint" }, say("say.hint")),
        !may ? button(say("say.clear"), () => this.tell({ draft: "" }), { look: "btn-plain" }) : null,
        h("button", { type: "submit", class: "btn btn-primary", "aria-disabled": may && !off && !busy && !soon && text.trim() ? undefined : "true" },
          say(me.can.reply ? "say.reply" : "say.share"))));
  }

  /** On the open floor: is my next message not yet welcome? Looks again when it is. @param {Client} c */
  #soon(c) {
    clearTimeout(this.#timer);
    const left = (c.known.me?.can.from || 0) - (Date.now() + c.skew);
    if (left <= 0) return false;
    this.#timer = setTimeout(() => this.redraw(undefined), Math.min(left + 50, 60_000));
    return true;
  }

  #share() {
    const c = this.state;
    const text = c.draft.trim();
    if (!text || !c.known.me?.can.share || c.link.status !== "open" || isSent(c, "share") || this.#soon(c)) return;
    this.#long = new TextEncoder().encode(JSON.stringify(text)).length > MOST;
    if (this.#long) this.redraw(undefined);
    else this.command({ do: "share", text });
  }

  disconnectedCallback() { clearTimeout(this.#timer); }
}

customElements.define("hearth-composer", HearthComposer);
