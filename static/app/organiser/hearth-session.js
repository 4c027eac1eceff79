/** One session for its organiser: how it stands, its links, its end, its record. */
import { h } from "../dom.js";
import { button } from "../parts.js";
import texts from "../words/organiser-session.js";
import { count, learn, say } from "../words/index.js";
import { ask, Refused } from "./ask.js";
import { Page } from "./page.js";
import { moment } from "./when.js";

learn(texts);

/** @typedef {import("./types").SessionPage} Data */

/** How often a session that is not over is looked at, in milliseconds. */
const LOOK = 10_000;

/** @extends {Page<Data>} */
class HearthOSession extends Page {
  /** @type {number | undefined} */
  #timer = undefined;
  /** What was seen since the page came. @type {import("./types").SessionPage["now"] | null} */
  #now = null;
  #state = "";

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    if (!this.#over()) import("./hearth-links.js").catch(() => { /* the next look at the page fetches it */ });
    this.#timer = window.setInterval(() => this.#look(), LOOK);
  }

  disconnectedCallback() { window.clearInterval(this.#timer); }

  async #look() {
    if (document.hidden || this.#over()) return;
    try {
      const page = await ask("GET", `sessions/${this.state.session.id}`);
      this.#now = page.now;
      this.#state = page.session.state;
      this.again();
    } catch (e) { if (!(e instanceof Refused)) throw e; } // the next look will tell
  }

  #over() { return (this.#state || this.state.session.state) === "over"; }

  /** People are in it, past the lobby. */
  #begun() {
    const now = this.#now || this.state.now;
    return now.live && (now.phase || "lobby") !== "lobby";
  }

  /** @override @param {Data} s */
  view(s) {
    const over = this.#over();
    const session = s.session;
    return h("div", { class: "stack-wide" },
      h("header", { class: "stack-tight" },
        h("h1", { dir: "auto" }, session.title),
        h("p", { class: "soft" }, moment(session.start)),
        over ? null : h("div", { class: "btn-row" },
          this.#begun() ? null : h("a", { class: "btn btn-small", href: `/o/sessions/${session.id}/plan` }, say("org.plan.change")),
          h("a", { class: "btn btn-small", href: `/api/sessions/${session.id}/calendar`, download: "session.ics" }, say("org.session.calendar")))),
      h("div", { class: "o-cols o-cols-rev" },
        over ? this.#record(session.id) : h("hearth-o-links", { key: "links", state: s }),
        h("div", { class: "stack" }, this.#stands(s), this.#plan(session), over ? null : this.#end(session.id))),
      this.question());
  }

  /** @param {Data} s */
  #stands(s) {
    const now = this.#now || s.now;
    const state = this.#over() ? "over" : now.live ? "live" : "scheduled";
    return h("section", { class: `card o-stands o-stands-${state}`, "aria-labelledby": "stands-title" },
      h("h2", { id: "stands-title" }, say("org.session.now")),
      h("p", { class: "o-state" }, h("span", { class: "o-dot", "aria-hidden": "true" }), say(`org.state.${state}`)),
      state === "live" ? h("dl", { class: "o-facts" },
        fact("org.session.phase", say(`phase.${now.phase || "lobby"}`)),
        fact("org.session.inside", count("org.session.people", now.inside)),
        fact("org.session.waiting", count("org.session.people", now.waiting))) : h("p", { class: "small soft" }, say(`org.session.${state}`)),
      state === "live" && now.held ? h("p", { class: "said said-warn small" }, say("org.session.held")) : null);
  }

  /** @param {import("./types").Session} session */
  #plan(session) {
    const minutes = session.plan.phases.reduce((sum, p) => sum + p.minutes, 0);
    return h("details", { class: "card card-flat fold o-planned" }, h("summary", {}, say("org.session.plan")),
      h("table", {},
        h("thead", {}, h("tr", {}, ["part", "minutes", "format"].map((k) => h("th", { key: k, scope: "col" }, say(`org.plan.${k}`))))),
        h("tbody", {}, session.plan.phases.map((p) => h("tr", { key: p.phase },
          h("th", { scope: "row" }, say(`phase.${p.phase}`)), h("td", {}, String(p.minutes)), h("td", {}, p.format ? say(`format.${p.format}`) : "–"))))),
      h("p", { class: "small soft" }, [count("org.plan.sum_parts", session.plan.phases.length, { minutes }), count("org.plan.sum_seats", session.plan.seats),
        say(session.rules.timers_off ? "org.session.no_timers" : "org.session.timers")].join(" · ")));
  }

  /** @param {string} id */
  #end(id) {
    // Before it has begun, ending is cancelling, and people are told so.
    const how = this.#begun() ? "end" : "cancel";
    return h("div", { class: "stack-tight o-end", key: "end" }, this.alert(),
      button(say(`org.${how}.go`), () => this.askFirst({
        title: say(`org.${how}.sure`), yes: say(`org.${how}.yes`), look: "btn-grave",
        body: [h("p", {}, say(`org.${how}.text`)), h("p", {}, say("org.end.after"))],
        act: async () => {
          await ask("POST", `sessions/${id}/end`, {});
          this.#state = "over";
          this.go({ again: true });
        },
        after: () => this.focusOn("#record-title"),
      }), { look: "btn-grave" }),
      h("p", { class: "small soft" }, say(`org.${how}.hint`)));
  }

  /** @param {string} id */
  #record(id) {
    return h("section", { key: "record", class: "card", "aria-labelledby": "record-title" },
      h("h2", { id: "record-title", tabindex: "-1" }, say("org.over.title")),
      h("p", {}, say("org.over.text")),
      h("div", { class: "btn-row" }, h("a", { class: "btn btn-primary", href: `/o/sessions/${id}/record` }, say("org.over.record"))));
  }
}

/** @param {string} key @param {import("../dom.js").Kid} value */
function fact(key, value) { return h("div", { key }, h("dt", {}, say(key)), h("dd", {}, value)); }

customElements.define("hearth-o-session", HearthOSession);
