/** Acts that concern me: what, which line, how long, what next, how to question it (M3). And quiet time in force. */
import { Drawn, h } from "../dom.js";
import { button } from "../parts.js";
import { clock } from "../time.js";
import { knows, say } from "../words/index.js";
import { lineOf } from "../known.js";

/** @typedef {import("../types").Client} Client */
/** @typedef {import("../types").Notice} Notice */

/**
 * One notice in full.
 * @param {Client} c @param {Notice} n @param {import("../dom.js").Kid} acts @param {"h2" | "h3"} level
 */
export function notice(c, n, acts, level) {
  const line = lineOf(c.known, n.principle);
  const words = c.known.words.find((w) => w.id === n.id);
  return h("article", { key: n.id, class: "card card-calm notice" },
    h(level, { class: "notice-title" }, say(`notice.${n.kind}`)),
    words ? h("p", { class: "notice-words", dir: "auto" }, words.text) : null,
    h("p", { class: "small" }, say(`notice.${n.kind}_text`)),
    n.reason ? h("p", { class: "small" }, h("strong", {}, say("notice.reason")), " ", say(`reason.${n.reason}`)) : null,
    line ? h("div", { class: "notice-line" },
      h("p", { class: "small soft" }, say("notice.line")),
      h("p", { class: "small", dir: "auto" }, h("strong", {}, line.title), " — ", line.text)) : null,
    n.until ? h("p", { class: "small" }, say("notice.until", { time: clock(n.until) })) : null,
    knows(`kept.${n.kind}`) ? h("p", { class: "small soft" }, say(`kept.${n.kind}`)) : null,
    acts);
}

/** @extends {Drawn<Client>} */
class HearthNotices extends Drawn {
  /** @override @param {Client} c */
  view(c) {
    const all = (c.known.me?.notices || []).filter((n) => n.kind !== "removed" && !c.seen.includes(n.id));
    const quiet = c.known.me?.quiet;
    // Quiet time stays in sight for as long as it is in force (never 11).
    const standing = quiet && !all.some((n) => n.kind === "quiet")
      ? [{ id: "quiet", kind: "quiet", level: 3, principle: quiet.principle, reason: quiet.reason, until: quiet.until }] : [];
    if (!all.length && !standing.length) return null;
    return h("section", { class: "stack-tight notices", "aria-label": say("notice.label") },
      [...standing, ...all].map((n) => notice(c, n, h("div", { class: "btn-row" },
        button(say("notice.question"), () => this.tell({ line: true }), { look: "btn-small" }),
        n.id === "quiet" || (n.kind === "quiet" && quiet) ? null
          : button(say("notice.understood"), () => this.tell({ seen: [n.id] }), { look: "btn-small btn-plain" })), "h2")));
  }
}

customElements.define("hearth-notices", HearthNotices);
