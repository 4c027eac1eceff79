/** The room: circle, words, my turn, my choices; beside them the tools of those who facilitate. */
import { Drawn, h } from "../dom.js";
import { button, closes, dialogBody, icon, toggle } from "../parts.js";
import { recall, remember } from "../place.js";
import { say } from "../words/index.js";
import { facilitates, lineOf, mayDo } from "../known.js";
import { isSent } from "../state.js";
import { ground } from "../shell/hearth-help.js";
import { answer } from "./answer.js";
import { lineWords } from "./hearth-line.js";

/** @typedef {import("../types").Client} Client */
/** @typedef {import("../types").Room} Room */

/** @extends {Drawn<Client>} */
class HearthRoom extends Drawn {
  /** @type {string} */ #sheet = recall("sheet", "");
  /** @type {boolean} */ #tools = recall("tools", false);

  /** @override */
  connectedCallback() {
    this.addEventListener("tell", (e) => {
      const d = /** @type {CustomEvent} */ (e).detail;
      if (d.line) this.#show("line");
      if ("sheet" in d) this.#show(d.sheet);
    });
    super.connectedCallback();
  }

  /** Whoever comes in again finds the room as it is at first. */
  disconnectedCallback() { for (const what of ["sheet", "tools", "name", "act", "act-form"]) remember(what); }

  /**
   * When what had the focus is gone, the focus goes on to the task: to the box in
   * my turn, to the question of an offer, otherwise to the words.
   * @override @param {Client | undefined} before
   */
  redraw(before) {
    const had = this.contains(document.activeElement);
    super.redraw(before);
    if (!had || (document.activeElement && document.activeElement !== document.body)) return;
    const task = this.querySelector(this.state.known.me?.offer ? "#offer-title" : "#composer-text") || this.querySelector(".words-scroll");
    /** @type {HTMLElement | null} */ (task)?.focus({ preventScroll: !task?.matches("textarea") });
  }

  /** @param {string} sheet */
  #show(sheet) {
    this.#sheet = sheet;
    remember("sheet", sheet);
    this.redraw(undefined);
  }

  /** @override @param {Client} c */
  view(c) {
    const room = /** @type {Room} */ (c.known.room);
    const care = !!c.known.care;
    const me = c.known.me;
    const asked = !!me?.offer || !!me?.turn || !!me?.can.share;
    return [
      h("div", { class: `room ${care ? "room-care" : ""} ${care && this.#tools ? "room-tools" : ""} ${asked ? "room-asked" : ""}` },
        h("header", { class: "room-head" },
          h("div", {}, h("h1", {}, say(`phase.${room.phase.name}`)), h("p", { class: "soft small" }, where(room))),
          care ? this.#switch(c) : null),
        h("section", { class: "room-circle" }, h("hearth-circle", { state: c })),
        h("section", { class: "room-talk" },
          h("div", { class: "room-cards", role: "group", "aria-label": say("cards.label"), tabindex: c.known.apart || room.paused ? "0" : undefined }, held(room), apart(c), paused(room), remind(c, this), this.#written(c), h("hearth-notices", { state: c })),
          h("hearth-words", { state: c })),
        h("section", { class: "room-dock" },
          answer(c, this, "dock"),
          h("hearth-turn", { state: c }),
          h("hearth-composer", { state: c }),
          this.#acts(c)),
        care ? h("hearth-care", { key: "care", class: "room-side", state: c }) : null),
      this.#lineDialog(c),
      h("hearth-more", { key: "more", state: { client: c, open: this.#sheet === "more" } }),
    ];
  }

  /** On a narrow screen a facilitator moves between room and tools. @param {Client} c */
  #switch(c) {
    const waits = (c.known.care?.waiting || []).some((w) => !w.admitted);
    return h("div", { class: "room-switch", role: "group", "aria-label": say("care.switch") },
      button(say("care.room"), () => this.#view(false), { look: "btn-small", "aria-pressed": String(!this.#tools) }),
      button(say(waits ? "care.tools_waiting" : "care.tools"), () => this.#view(true), { look: "btn-small", "aria-pressed": String(this.#tools) }));
  }

  /** @param {boolean} tools */
  #view(tools) {
    this.#tools = tools;
    remember("tools", tools);
    this.redraw(undefined);
  }

  /** @param {Client} c */
  #acts(c) {
    const me = /** @type {import("../types").Me} */ (c.known.me);
    const listening = me.you.listening;
    const news = this.#news(c).length > 0;
    return h("div", { class: "acts", role: "group", "aria-label": say("acts.label") },
      facilitates(c.known) || !mayDo(c.known).speaks ? null
        : button([icon("ear"), h("span", {}, say("acts.listening"))], () => this.#prefs(me), { look: `act ${listening ? "act-on" : ""}`, "aria-pressed": String(listening), busy: isSent(c, "prefs") }),
      button([icon("out"), h("span", {}, say("acts.out"))], () => this.command({ do: "step-out" }), { look: "act", busy: isSent(c, "step-out") }),
      facilitates(c.known) ? null
        : button([icon("line"), h("span", {}, say("acts.line"))], () => this.#show("line"), { look: `act ${news ? "act-new" : ""}`, "aria-label": say(news ? "acts.line_new" : "acts.line") }),
      button([icon("more"), h("span", {}, say("acts.more"))], () => this.#show("more"), { look: "act" }));
  }

  /** @param {import("../types").Me} me */
  #prefs(me) {
    /** @type {import("../types").Ask & {do: "prefs"}} */
    const prefs = { do: "prefs", listening: !me.you.listening };
    if (me.you.needs?.length) prefs.needs = me.you.needs;
    this.command(prefs);
  }

  /** Private messages to me that were not read. @param {Client} c */
  #news(c) { return facilitates(c.known) ? [] : lineWords(c, c.seat).filter((w) => w.seat !== c.seat && !c.seen.includes(w.id)); }

  /** @param {Client} c */
  #written(c) {
    const news = this.#news(c);
    if (!news.length || this.#sheet === "line") return null;
    return h("div", { key: "written", class: "said room-note" },
      h("p", {}, say("line.new")), button(say("line.read"), () => this.#show("line"), { look: "btn-small" }));
  }

  /** @param {Client} c */
  #lineDialog(c) {
    return h("dialog", { key: "line", class: "line-dialog", "aria-labelledby": "line-title", ...closes(() => this.#show("")) },
      dialogBody("line-title", say("line.title"),
        h("p", { class: "hint" }, say("line.hint")),
        this.#sheet === "line" ? h("hearth-line", { key: "mine", state: { client: c, seat: c.seat } }) : null));
  }

  /** @override @param {Client} c */
  onDrawn(c) {
    toggle(this, ".line-dialog", this.#sheet === "line");
    const news = this.#sheet === "line" ? this.#news(c).map((w) => w.id) : [];
    if (news.length) queueMicrotask(() => this.tell({ seen: news }));
  }
}

/** @param {Room} room */
function where(room) {
  const f = room.format.name;
  return f ? `${say(`format.${f}`)}. ${say(`format.${f}.text`)}` : say(`phase.${room.phase.name}.text`);
}

/** @param {Room} room */
function held(room) {
  if (!room.held) return null;
  return h("section", { key: "held", class: "stack-tight held" },
    h("div", { class: "card card-calm" },
      h("h2", {}, say("held.title")),
      h("p", {}, say(`held.${room.held.why}`)),
      room.held.closes ? h("p", { class: "small" }, say("held.closes")) : null,
      h("p", { class: "small soft" }, say("held.line")),
      h("div", {}, button(say("bar.help_full"), (e) => /** @type {Element} */ (e.currentTarget).dispatchEvent(new CustomEvent("tell", { bubbles: true, detail: { dialog: "help" } })), { look: "btn-calm" }))),
    room.held.why === "no-facilitator" ? ground("h2") : null);
}

/** Some of the room's people are on a node that cannot be reached; the announcer has said so once. @param {Client} c */
function apart(c) {
  return c.known.apart ? h("section", { key: "apart", class: "said apart", "aria-labelledby": "apart-title" },
    h("h2", { id: "apart-title", class: "small-title" }, say("apart.title")), h("p", { class: "small" }, say("apart.text"))) : null;
}

/** @param {Room} room */
function paused(room) {
  return room.paused ? h("section", { key: "paused", class: "card card-calm" }, h("h2", {}, say("paused.title")), h("p", {}, say("paused.text"))) : null;
}

/** @param {Client} c @param {HearthRoom} el */
function remind(c, el) {
  const line = lineOf(c.known, c.remind);
  if (!line) return null;
  return h("section", { key: "remind", class: "said room-note" },
    h("div", {}, h("h2", { class: "small-title" }, say("remind.title")), h("p", { class: "small", dir: "auto" }, h("strong", {}, line.title), " — ", line.text)),
    button(say("remind.close"), () => el.tell({ remind: "" }), { look: "btn-small btn-plain" }));
}

customElements.define("hearth-room", HearthRoom);
