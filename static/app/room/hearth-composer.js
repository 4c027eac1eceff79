/** A place to write, only for whoever may speak. The draft is kept for this tab, and survives a refusal, a lost connection and a reload. */
import { Drawn, h } from "../dom.js";
import { button } from "../parts.js";
import { serverNow } from "../time.js";
import { name, rich, say } from "../words/index.js";
import { formatNow, nameOf } from "../known.js";
import { isSent, isUnsaved } from "../state.js";
import { hiddenSigns, limitNote, parts, seen } from "../writing.js";

/** @typedef {import("../types").Client} Client */

/** @extends {Drawn<Client>} */
class HearthComposer extends Drawn {
  /** @type {any} */ #timer = null;

  /** @override @param {Client} c */
  view(c) {
    const me = /** @type {import("../types").Me} */ (c.known.me);
    const may = !!me.can.share;
    const speaking = me.turn?.stage === "speaking";
    const written = !!c.draft.trim();
    if (!may && !written && !speaking) return null;
    return h("form", { class: "composer", onsubmit: (/** @type {Event} */ e) => { e.preventDefault(); this.#share(); } },
      may || written ? this.#field(c, me, may) : null,
      h("div", { class: "btn-row composer-row" },
        may ? h("p", { id: "composer-hint", class: "hint composer-hint" }, say("say.hint")) : null,
        !may && written ? button(say("say.clear"), () => this.tell({ draft: "" }), { look: "btn-plain" }) : null,
        may || written ? this.#submit(c, me, may) : null,
        speaking ? this.#finish(c, may && written) : null));
  }

  /** @param {Client} c @param {import("../types").Me} me @param {boolean} may */
  #field(c, me, may) {
    const floor = c.known.room?.floor;
    const label = me.can.reply ? "say.reply_label" : formatNow(c.known).free && !me.turn ? "say.free_label" : "say.label";
    return [
      me.can.reply && floor?.invite && floor.invite !== "hear"
        ? h("p", { class: "small soft" }, rich(`reply.${floor.invite}`, { name: name(nameOf(c.known, floor.seat)) })) : null,
      h("label", { for: "composer-text", class: "label" }, say(label)),
      h("textarea", {
        id: "composer-text", class: "input", rows: 3, dir: "auto", value: c.draft, autocomplete: "off",
        "aria-describedby": "composer-note composer-hint",
        oninput: (/** @type {any} */ e) => this.tell({ draft: e.target.value }),
        onkeydown: (/** @type {KeyboardEvent} */ e) => {
          // While letters are still being put together, Enter is the input method's (229 is what older browsers say).
          if (e.key !== "Enter" || !(e.ctrlKey || e.metaKey) || e.isComposing || e.keyCode === 229) return;
          e.preventDefault();
          this.#share();
        },
      }),
      h("p", { id: "composer-note", class: "composer-note small", role: "status" }, this.#note(c, may)),
      may && hiddenSigns(c.draft) ? h("div", { key: "clean" }, button(say("write.clean"), () => this.tell({ draft: seen(c.draft) }), { look: "btn-small" })) : null,
    ];
  }

  /** @param {Client} c @param {boolean} may */
  #note(c, may) {
    if (c.link.status !== "open") return say("say.kept_offline");
    if (!may) return say("say.kept");
    if (this.#soon(c)) return say("say.pace");
    if (isUnsaved(c, "share")) return say("unsaved.words");
    return isSent(c, "share") ? say("say.sending") : limitNote(c.draft);
  }

  /** @param {Client} c @param {import("../types").Me} me @param {boolean} may */
  #submit(c, me, may) {
    const n = parts(c.draft).length;
    const ready = may && n > 0 && this.#ready(c);
    const label = n > 1 ? say("write.share_part", { n }) : say(me.can.reply ? "say.reply" : "say.share");
    return h("button", { type: "submit", class: "btn btn-primary", "data-act": `share ${Math.max(1, n)}`, "aria-disabled": ready ? undefined : "true" }, label);
  }

  /** To end a turn with words that nobody has heard is asked, not done. @param {Client} c @param {boolean} written */
  #finish(c, written) {
    const busy = isSent(c, "yield") || isSent(c, "share");
    if (!written) return button(say("turn.done"), () => this.command({ do: "yield" }), { key: "done", look: "btn-calm", busy });
    return [
      parts(c.draft).length > 1 ? null : button(say("turn.share_done"), () => this.#share({ do: "yield" }), { key: "done", look: "btn-calm", busy: busy || !this.#ready(c) }),
      button(say("turn.done_unshared"), () => this.command({ do: "yield" }), { key: "unshared", look: "btn-plain", busy }),
    ];
  }

  /** @param {Client} c */
  #ready(c) { return c.link.status === "open" && !hiddenSigns(c.draft) && !isSent(c, "share") && !this.#soon(c); }

  /** On the open floor: is my next message not yet welcome? Looks again when it is. @param {Client} c */
  #soon(c) {
    clearTimeout(this.#timer);
    const left = (c.known.me?.can.from || 0) - serverNow();
    if (left <= 0) return false;
    this.#timer = setTimeout(() => this.redraw(undefined), Math.min(left + 50, 60_000));
    return true;
  }

  /** Shares the draft, or its first part; the rest stays in the box. @param {import("../types").Ask} [then] */
  #share(then) {
    const c = this.state;
    const [text] = parts(c.draft);
    if (!text || !c.known.me?.can.share || !this.#ready(c)) return;
    this.command(then ? { do: "share", text, then } : { do: "share", text });
  }

  disconnectedCallback() { clearTimeout(this.#timer); }
}

customElements.define("hearth-composer", HearthComposer);
