/** The lobby, and being out for a while: calm pages that ask for nothing. */
import { Drawn, h } from "../dom.js";
import { button } from "../parts.js";
import { daysTo, serverNow, when } from "../time.js";
import { name, rich, say } from "../words/index.js";
import { isSent } from "../state.js";
import { ground } from "../shell/hearth-help.js";
import { answer } from "../room/answer.js";
import { flame } from "../room/flame.js";

/** @typedef {import("../types").Client} Client */

/** Which sentence tells a waiting person where they stand. @param {import("../types").Me} me @param {number} days until the session */
function standing(me, days) {
  if (me.you.status === "admitted") return "lobby.admitted";
  if (me.door.state === "locked") return "lobby.locked";
  if (me.door.greeted) return "lobby.greeted";
  if (!me.door.ready) return days > 0 ? "lobby.early" : "lobby.nobody";
  return me.door.state === "knock" ? "lobby.knock" : "lobby.ready";
}

/** What a facilitator said when they greeted me, large, as it was meant. @param {Client} c */
function greeting(c) {
  const me = /** @type {import("../types").Me} */ (c.known.me);
  const said = me.door.greeted ? c.known.words.find((w) => w.kind === "line" && w.seat !== c.seat) : undefined;
  return said ? h("blockquote", { class: "greeting", dir: "auto" }, said.text) : null;
}

/** A page that shows my private line: whoever questions a notice is led to it. @extends {Drawn<Client>} */
class WithLine extends Drawn {
  /** @override */
  connectedCallback() {
    this.addEventListener("tell", (e) => {
      if (/** @type {CustomEvent} */ (e).detail.line) /** @type {HTMLElement | null} */ (this.querySelector("hearth-line textarea"))?.focus();
    });
    super.connectedCallback();
  }
}

class HearthLobby extends WithLine {
  /** @override @param {Client} c */
  view(c) {
    const me = /** @type {import("../types").Me} */ (c.known.me);
    const session = c.known.session;
    const days = session ? daysTo(session.start) : 0;
    const start = session && serverNow() < session.start ? (days > 1 ? "lobby.days" : days > 0 ? "lobby.tomorrow" : "lobby.start") : "";
    const title = me.you.status === "admitted" ? "lobby.title_admitted" : me.door.greeted ? "lobby.title_greeted" : "lobby.title";
    return h("div", { class: "page lobby" },
      h("div", { class: "card lobby-card" },
        h("div", { class: "front-fire", "aria-hidden": "true" }, flame()),
        h("h1", {}, say(title)),
        h("p", { class: "lede", role: "status" }, say(standing(me, days))),
        greeting(c),
        me.you.status === "admitted" || me.door.greeted || days > 0 ? null : h("p", {}, say("lobby.wait")),
        h("p", { class: "soft" }, rich("lobby.as", { name: name(me.you.name || "") }), " ", me.you.listening ? say("lobby.listening") : ""),
        session && start ? h("p", { class: days > 0 ? "" : "soft" }, say(start, { time: when(session.start) })) : null,
        h("p", { class: "soft small" }, say("lobby.alone"))),
      h("hearth-notices", { key: "notices", state: c }),
      h("section", { class: "card card-flat" },
        h("h2", {}, say("lobby.line")), h("p", { class: "soft small" }, say("lobby.line_hint")),
        h("hearth-line", { key: "line", state: { client: c, seat: me.you.seat } })),
      h("details", { class: "fold" }, h("summary", {}, say("lobby.step")), ground("h2")),
      answer(c, this, "dock"),
      h("p", { class: "btn-row" },
        button(say("lobby.call"), () => this.tell({ dialog: "settings" }), { look: "btn-plain" }),
        button(say("lobby.leave"), () => this.command({ do: "leave" }), { busy: isSent(c, "leave") }),
        button(say("bar.help_full"), () => this.tell({ dialog: "help" }), { look: "btn-plain" })));
  }
}

class HearthOut extends WithLine {
  /** @override @param {Client} c */
  view(c) {
    const me = /** @type {import("../types").Me} */ (c.known.me);
    return h("div", { class: "page lobby" },
      h("div", { class: "card lobby-card" },
        h("div", { class: "front-fire", "aria-hidden": "true" }, flame()),
        h("h1", {}, say("out.title")),
        h("p", { class: "lede" }, say("out.text")),
        answer(c, this, "dock"),
        button(say("out.back"), () => this.command({ do: "come-back" }), { look: "btn-primary btn-big", busy: isSent(c, "come-back") }),
        h("p", { class: "soft small" }, say("out.back_hint"))),
      ground("h2"),
      h("hearth-notices", { key: "notices", state: c }),
      h("section", { class: "card card-flat" },
        h("h2", {}, say("lobby.line")),
        h("hearth-line", { key: "line", state: { client: c, seat: me.you.seat } })),
      h("p", { class: "btn-row" }, button(say("out.leave"), () => this.command({ do: "leave" }), { busy: isSent(c, "leave") })));
  }
}

customElements.define("hearth-lobby", HearthLobby);
customElements.define("hearth-out", HearthOut);
