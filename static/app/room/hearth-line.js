/** One private line between a person and the wellbeing facilitator. */
import { Drawn, h } from "../dom.js";
import { button } from "../parts.js";
import { name, say } from "../words/index.js";
import { hiddenSigns, limitNote, parts, seen } from "../writing.js";
import { facilitates, nameOf } from "../known.js";
import { draftOf, isSent, isUnsaved } from "../state.js";

/** @typedef {import("../types").Client} Client */

/** Messages of one line. @param {Client} c @param {string} seat */
export function lineWords(c, seat) {
  return c.known.words.filter((w) => w.kind === "line" && (w.with || w.seat) === seat);
}

/** @extends {Drawn<{client: Client, seat: string}>} */
class HearthLine extends Drawn {
  #last = "";

  /** @override @param {{client: Client, seat: string}} s */
  view({ client: c, seat }) {
    const said = lineWords(c, seat);
    const key = draftOf("line", seat);
    const text = c.drafts[key] || "";
    const off = c.link.status !== "open";
    const busy = isSent(c, "line", seat);
    const wrong = c.refused?.verb === "line" ? c.refused.say : off && text ? say("say.kept_offline") : isUnsaved(c, "line", seat) ? say("unsaved.words") : limitNote(text);
    const n = parts(text).length;
    const id = `line-${seat}`;
    return h("div", { class: "line-box" },
      this.#nobody(c, seat),
      h("div", { class: "line-list", role: "log", "aria-live": "off", tabindex: "0", "aria-label": say("line.list") },
        said.length ? said.map((w) => h("p", { key: w.id, class: `line-word ${w.seat === c.seat ? "line-mine" : ""}` },
          h("strong", { class: "small" }, w.seat === c.seat ? say("line.you") : name(nameOf(c.known, w.seat) || say("role.wellbeing"))),
          h("span", { dir: "auto" }, w.text)))
          : h("p", { class: "soft small" }, say("line.none"))),
      h("form", { class: "line-form", onsubmit: (/** @type {Event} */ e) => { e.preventDefault(); this.#send(text); } },
        h("label", { for: id, class: "label" }, say("line.label")),
        h("textarea", { id, class: "input", rows: 2, dir: "auto", value: text, oninput: (/** @type {any} */ e) => this.tell({ drafts: { [key]: e.target.value } }) }),
        h("div", { role: "status", class: "small" }, wrong || null),
        hiddenSigns(text) ? h("div", { key: "clean" }, button(say("write.clean"), () => this.tell({ drafts: { [key]: seen(text) } }), { look: "btn-small" })) : null,
        h("button", { type: "submit", class: "btn", "data-act": `send ${Math.max(1, n)}`, "aria-disabled": off || busy || !text.trim() || hiddenSigns(text) ? "true" : undefined }, n > 1 ? say("write.send_part", { n }) : say("line.send"))));
  }

  /** A cry for help is never spoken into an empty room without saying so, before and after it is written. @param {Client} c @param {string} seat */
  #nobody(c, seat) {
    if (seat !== c.seat || c.known.me?.line?.open !== false) return null;
    return h("div", { key: "nobody", class: "said said-warn stack-tight", role: "status" },
      h("p", {}, say("line.nobody")),
      h("div", {}, button(say("bar.help_full"), () => this.tell({ dialog: "help" }), { look: "btn-calm btn-small" })));
  }

  /** @param {string} draft */
  #send(draft) {
    const { client: c, seat } = this.state;
    const [text] = parts(draft);
    if (!text || hiddenSigns(draft) || c.link.status !== "open" || isSent(c, "line", seat)) return;
    /** @type {import("../types").Ask & {do: "line"}} */
    const line = { do: "line", text };
    if (facilitates(c.known) && seat !== c.seat) line.to = seat;
    this.command(line);
  }

  /** @override @param {{client: Client, seat: string}} s */
  onDrawn({ client: c, seat }) {
    const said = lineWords(c, seat);
    const last = said.length ? said[said.length - 1].id : "";
    if (last === this.#last) return;
    this.#last = last;
    const box = /** @type {HTMLElement} */ (this.querySelector(".line-list"));
    box.scrollTop = box.scrollHeight;
    // Read only where it can be seen.
    if (box.offsetParent) this.tell({ seen: said.map((w) => w.id) });
  }
}

customElements.define("hearth-line", HearthLine);
