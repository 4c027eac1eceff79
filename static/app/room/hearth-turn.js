/** What concerns my turn: a private offer, my turn, a pass to undo, a hand (T3–T8). No clock is shown. */
import { Drawn, h } from "../dom.js";
import { button, icon } from "../parts.js";
import { say } from "../words/index.js";
import { isSent } from "../state.js";

/** @typedef {import("../types").Client} Client */
/** @typedef {import("../types").Me} Me */

/** @type {import("../types").Invite[]} */
const INVITES = ["hear", "me-too", "questions", "ideas"];

/** @extends {Drawn<Client>} */
class HearthTurn extends Drawn {
  /** @override @param {Client} c */
  view(c) {
    const me = /** @type {Me} */ (c.known.me);
    if (me.offer) return this.#offer(c, me);
    if (me.turn && me.turn.stage !== "offered") return this.#turn(c, me);
    return [this.#passed(c, me), this.#hand(c, me), this.#rounds(c, me)];
  }

  /** @param {Client} c @param {import("../types").Ask["do"]} verb @param {string} label @param {string} [look] @param {object} [more] */
  #act(c, verb, label, look = "", more = {}) {
    return button(say(label), () => this.command(/** @type {import("../types").Ask} */ ({ do: verb, ...more })), { key: label, look, busy: isSent(c, verb) });
  }

  /** @param {Client} c @param {Me} me */
  #offer(c, me) {
    return h("section", { key: "offer", class: "card card-warm turn turn-offer", "aria-labelledby": "offer-title" },
      h("h2", { id: "offer-title", tabindex: "-1" }, say("offer.title")),
      h("p", { class: "small" }, say(me.offer?.again ? "offer.again" : "offer.text")),
      h("div", { class: "turn-acts" },
        this.#act(c, "take", "offer.take", "btn-primary"),
        this.#act(c, "later", "offer.later"),
        this.#act(c, "pass", "offer.pass"),
        this.#act(c, "moment", "offer.moment")));
  }

  /** @param {Client} c @param {Me} me */
  #turn(c, me) {
    const turn = /** @type {NonNullable<Me["turn"]>} */ (me.turn);
    const kind = turn.stage === "moment" || turn.stage === "replies" ? turn.stage : "speaking";
    const title = kind === "speaking" ? "turn.title" : `turn.${kind}`;
    const text = c.known.room?.paused ? "turn.paused" : kind === "speaking" ? "turn.text" : `turn.${kind}_text`;
    const cue = turn.cue && (turn.cue === "finish" || c.settings.cue) ? turn.cue : "";
    return h("section", { key: "turn", class: "card card-warm turn", "aria-labelledby": "turn-title" },
      h("div", { class: "turn-head" },
        h("div", {}, h("h2", { id: "turn-title" }, say(title)), h("p", { class: "small" }, say(text))),
        h("div", { class: "turn-acts turn-acts-own" },
          kind === "replies" ? this.#act(c, "close-replies", "turn.close_replies") : null,
          kind === "speaking" && cue ? this.#act(c, "still", "turn.still") : null,
          // Of one's own words the way to the end stands behind the words.
          kind === "speaking" ? null : this.#act(c, "yield", "turn.done"))),
      cue ? h("p", { class: "said small" }, say(`turn.cue.${cue}`)) : null,
      me.can.invite || kind === "replies" ? this.#invite(c, turn.invite, !me.can.invite) : null);
  }

  /** @param {Client} c @param {string} now @param {boolean} fixed */
  #invite(c, now, fixed) {
    if (fixed) return null;
    const wide = matchMedia("(min-width: 60rem)").matches;
    return h("details", { class: "fold invite", made: (/** @type {HTMLDetailsElement} */ d) => { d.open = wide; } },
      h("summary", { class: "small" }, say("invite.label"), ": ", say(`invite.${now || "hear"}`)),
      h("div", { class: "btn-row", role: "group", "aria-label": say("invite.label") }, INVITES.map((kind) => {
        const on = (now || "hear") === kind;
        return button(say(`invite.${kind}`), () => this.command({ do: "invite", kind }),
          { key: kind, look: `btn-small pick ${on ? "pick-on" : ""}`, "aria-pressed": String(on), busy: isSent(c, "invite") });
      })));
  }

  /** @param {Client} c @param {Me} me */
  #passed(c, me) {
    if (!me.can.undo_pass && !me.can.kept) return null;
    return h("section", { key: "pass", class: "turn turn-line" },
      h("p", {}, say(me.can.kept ? "pass.kept" : "pass.title")), this.#act(c, "undo-pass", "pass.undo", "btn-small"));
  }

  /** @param {Client} c @param {Me} me */
  #hand(c, me) {
    if (!me.can.hand && !me.can.hand_up) return null;
    const up = !!me.can.hand_up;
    return h("section", { key: "hand", class: "turn turn-line" },
      button([icon("hand"), say(up ? "hand.down" : "hand.up")], () => this.command({ do: "hand", up: !up }),
        { look: up ? "" : "btn-primary", busy: isSent(c, "hand") }),
      h("p", { class: "small soft" }, up ? say("hand.is_up") : null));
  }

  /** @param {Client} c @param {Me} me */
  #rounds(c, me) {
    if (!me.can.rounds) return null;
    return h("section", { key: "rounds", class: "turn turn-line" },
      this.#act(c, "rounds-please", "rounds.ask", "btn-small"), h("p", { class: "small soft" }, say("rounds.hint")));
  }
}

customElements.define("hearth-turn", HearthTurn);
