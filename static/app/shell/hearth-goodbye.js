/** The goodbye pages: what happened, what comes next, and people to talk to. */
import { Drawn, h } from "../dom.js";
import { button } from "../parts.js";
import { rich, say } from "../words/index.js";
import { findGoodbye, forgetGoodbyes, goodbyeOf, keepGoodbye } from "./goodbyes.js";
import { withRoom } from "../hint.js";
import { flame } from "../room/flame.js";

/** @typedef {import("../types").Client} Client */

/** @extends {Drawn<Client>} */
class HearthGoodbye extends Drawn {
  #forgot = false;

  /** @override @param {Client} c */
  view(c) {
    const g = this.#goodbye(c);
    const { why, contact } = g;
    return h("div", { class: "page goodbye stack-wide" },
      h("div", { class: "card lobby-card" },
        why === "closed" || why === "left" ? h("div", { class: "front-fire front-fire-low", "aria-hidden": "true" }, flame()) : null,
        h("h1", {}, say(`bye.${why}.title`)),
        h("p", { class: "lede" }, say(`bye.${why}.text`)),
        why === "removed" ? removed(g) : null,
        ["replaced", "stopped", "device", "lost"].includes(why)
          ? h("p", {}, button(say("bye.again"), () => location.reload(), { look: "btn-primary" })) : null,
        why === "closed" && g.facilitates
          ? h("p", {}, h("a", { class: "btn btn-primary", href: `/s/${encodeURIComponent(c.seat)}/record` }, say("bye.record"))) : null,
        contact && why !== "removed" ? h("p", { class: "soft" }, rich("bye.contact", { contact: h("bdi", { dir: "auto", class: "contact" }, contact) })) : null),
      h("section", { class: "stack" },
        h("h2", {}, say("bye.help")), h("p", {}, say("bye.help_text")),
        h("hearth-helplines", { key: "lines", state: { lines: c.helplines, region: g.region || "" } })),
      h("section", { class: "stack-tight no-print" },
        this.#forgot ? h("p", { role: "status" }, say("bye.forgot")) : [
          h("p", {}, button(say("bye.forget"), () => this.#forget())),
          h("p", { class: "soft small" }, say("bye.forget_hint"))]));
  }

  /** What is known now; after the page was loaded again, what this device kept. @param {Client} c @returns {import("./goodbyes.js").Goodbye} */
  #goodbye(c) {
    const now = goodbyeOf(c);
    return (!c.known.session && !this.#forgot && findGoodbye(c.seat, Date.now())) || now;
  }

  /** @override @param {Client} c */
  onDrawn(c) {
    if (c.known.session && !this.#forgot) keepGoodbye(c.seat, goodbyeOf(c), Date.now());
  }

  async #forget() {
    try {
      await fetch(withRoom("/api/forget", this.state.seat), { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" });
      sessionStorage.clear();
      forgetGoodbyes();
      history.replaceState(null, "", "/");
      this.#forgot = true;
      this.redraw(undefined);
    } catch { /* offline: the button stays, to be pressed again */ }
  }
}

/** M3: what, which line, how long, what next, how to question it. @param {import("./goodbyes.js").Goodbye} g */
function removed({ notice, line, contact }) {
  return h("div", { class: "stack" },
    notice?.reason ? h("p", {}, h("strong", {}, `${say("notice.reason")} `), say(`reason.${notice.reason}`)) : null,
    line ? h("blockquote", { class: "said said-warn" }, h("p", { dir: "auto" }, h("strong", {}, line.title)), h("p", { dir: "auto" }, line.text)) : null,
    h("h2", {}, say("bye.removed.next")),
    h("ul", { class: "stack-tight" },
      notice?.urgent ? h("li", {}, say("bye.removed.alone")) : null,
      h("li", {}, say("bye.removed.review")),
      h("li", {}, say("kept.removed")),
      contact ? h("li", {}, rich("bye.removed.answer", { contact: h("bdi", { dir: "auto", class: "contact" }, contact) })) : null));
}

customElements.define("hearth-goodbye", HearthGoodbye);
