/** The goodbye pages: what happened, what comes next, and people to talk to. */
import { Drawn, h } from "../dom.js";
import { button } from "../parts.js";
import { rich, say } from "../words/index.js";
import { ending, facilitates, lineOf } from "../state.js";
import { withRoom } from "../hint.js";
import { flame } from "../room/flame.js";

/** @typedef {import("../types").Client} Client */

/** @extends {Drawn<Client>} */
class HearthGoodbye extends Drawn {
  #forgot = false;

  /** @override @param {Client} c */
  view(c) {
    const why = ending(c);
    const k = c.known;
    const contact = k.session?.contact;
    return h("div", { class: "page goodbye stack-wide" },
      h("div", { class: "card lobby-card" },
        why === "closed" || why === "left" ? h("div", { class: "front-fire front-fire-low", "aria-hidden": "true" }, flame()) : null,
        h("h1", {}, say(`bye.${why}.title`)),
        h("p", { class: "lede" }, say(`bye.${why}.text`)),
        why === "removed" ? this.#removed(c) : null,
        ["replaced", "stopped", "device", "lost"].includes(why)
          ? h("p", {}, button(say("bye.again"), () => location.reload(), { look: "btn-primary" })) : null,
        why === "closed" && facilitates(k)
          ? h("p", {}, h("a", { class: "btn btn-primary", href: `/s/${encodeURIComponent(c.seat)}/record` }, say("bye.record"))) : null,
        contact && why !== "removed" ? h("p", { class: "soft" }, rich("bye.contact", { contact: h("bdi", { dir: "auto", class: "contact" }, contact) })) : null),
      h("section", { class: "stack" },
        h("h2", {}, say("bye.help")), h("p", {}, say("bye.help_text")),
        h("hearth-helplines", { key: "lines", state: { lines: c.helplines, region: k.session?.region || "" } })),
      h("section", { class: "stack-tight no-print" },
        this.#forgot ? h("p", { role: "status" }, say("bye.forgot")) : [
          h("p", {}, button(say("bye.forget"), () => this.#forget())),
          h("p", { class: "soft small" }, say("bye.forget_hint"))]));
  }

  /** M3: what, which line, how long, what next, how to question it. @param {Client} c */
  #removed(c) {
    const notice = (c.known.me?.notices || []).filter((n) => n.kind === "removed" || n.kind === "urgent").pop();
    const line = lineOf(c.known, notice?.principle);
    const contact = c.known.session?.contact;
    return h("div", { class: "stack" },
      notice?.reason ? h("p", {}, h("strong", {}, `${say("notice.reason")} `), say(`reason.${notice.reason}`)) : null,
      line ? h("blockquote", { class: "said said-warn" }, h("p", { dir: "auto" }, h("strong", {}, line.title)), h("p", { dir: "auto" }, line.text)) : null,
      h("h2", {}, say("bye.removed.next")),
      h("ul", { class: "stack-tight" },
        h("li", {}, say(notice?.urgent || notice?.kind === "urgent" ? "bye.removed.urgent" : "bye.removed.review")),
        h("li", {}, contact ? rich("bye.removed.answer", { contact: h("bdi", { dir: "auto", class: "contact" }, contact) }) : say("bye.removed.answer_none"))));
  }

  async #forget() {
    try {
      await fetch(withRoom("/api/forget", this.state.seat), { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" });
      sessionStorage.clear();
      history.replaceState(null, "", "/");
      this.#forgot = true;
      this.redraw(undefined);
    } catch { /* offline: the button stays, to be pressed again */ }
  }
}

customElements.define("hearth-goodbye", HearthGoodbye);
