/** Planning a session: title, time, the parts and their formats, seats and links (practice §2.2). */
import { h } from "../dom.js";
import texts from "../words/organiser-plan.js";
import shared from "../words/organiser-session.js";
import { recall, remember } from "../place.js";
import { count, learn, say } from "../words/index.js";
import { ask } from "./ask.js";
import { form, pick, submit, tick, write } from "./fields.js";
import { keepGiven } from "./keep.js";
import { Page } from "./page.js";
import { fields, fromFields, moment, time, zone } from "./when.js";

learn(texts);
learn(shared);

/** @typedef {import("./types").GroupPage & {phases: import("./types").Phase[], formats: string[], session?: import("./types").Session}} Data session: the one to change */
/** @typedef {{phase: string, on: boolean, minutes: string, format: string}} Part */

/** Parts that a session can do without. */
const OPTIONAL = ["check-in", "after-care"];
const MINUTE = 60_000;
const WEEK = 7 * 24 * 60 * MINUTE;

/** @extends {Page<Data>} */
class HearthOPlan extends Page {
  #typed = { title: "", date: "", time: "", seats: "12", participants: "12", open: false, timers: true };
  /** @type {Part[] | null} */
  #parts = null;

  /** @override */
  get fields() { return ["title", "start", "seats", "seats-fewer", "participants", "phases"]; }

  /** @override @param {Data} s */
  view(s) {
    const parts = this.#parts ??= this.#recalled() || this.#begin(s);
    return h("div", { class: "stack" },
      h("header", { class: "stack-tight" }, h("h1", {}, say(s.session ? "org.plan.change" : "org.plan.title")), h("p", { class: "soft" }, say(s.session ? "org.plan.change_lede" : "org.plan.lede"))),
      s.versions.length ? form(() => this.#send(), { class: "o-cols o-plan" },
        h("div", { class: "stack" }, this.#what(), this.#plan(parts, s.formats), this.#people()),
        this.#sum(parts))
        : h("section", { class: "card card-warm" }, h("p", {}, say("org.no.adopt-first")),
          h("div", { class: "btn-row" }, h("a", { class: "btn btn-primary", href: `/o/groups/${s.group.id}/charter` }, say("org.next.go")))));
  }

  /** What was typed here before. @returns {Part[] | null} */
  #recalled() {
    const was = recall("typed", null);
    if (was) Object.assign(this.#typed, was.typed);
    return was && was.parts;
  }

  #keep() {
    remember("typed", { typed: this.#typed, parts: this.#parts });
    this.again();
  }

  /** The next one like the last one, a week later; or the next full hour. @param {Data} s @returns {Part[]} */
  #begin(s) {
    if (s.session) {
      const { title, start, plan, rules } = s.session;
      Object.assign(this.#typed, { title, seats: String(plan.seats), participants: "0", timers: !rules.timers_off, ...fields(new Date(start)) });
      return this.#like(s.phases, plan.phases);
    }
    const last = [...s.sessions].sort((a, b) => b.start.localeCompare(a.start))[0];
    let at = new Date(Math.ceil(Date.now() / (60 * MINUTE)) * 60 * MINUTE);
    if (last) {
      const start = new Date(last.start);
      const weeks = Math.max(1, Math.ceil((Date.now() - start.getTime()) / WEEK));
      // A week in days, not in hours: the clock may change in between.
      at = new Date(start.getFullYear(), start.getMonth(), start.getDate() + 7 * weeks, start.getHours(), start.getMinutes());
      const seats = String(last.plan.seats);
      Object.assign(this.#typed, { title: last.title, seats, participants: seats, timers: !last.rules.timers_off });
    }
    Object.assign(this.#typed, fields(at));
    return this.#like(s.phases, last?.plan.phases || s.phases);
  }

  /** The parts as a plan has them. @param {import("./types").Phase[]} phases all there are @param {import("./types").Phase[]} plan @returns {Part[]} */
  #like(phases, plan) {
    return phases.map((p) => {
      const used = plan.find((x) => x.phase === p.phase);
      return { phase: p.phase, on: Boolean(used), minutes: String((used || p).minutes), format: (used || p).format || "" };
    });
  }

  /** @param {"title" | "date" | "time" | "seats" | "participants"} key */
  #at(key) {
    return {
      id: `plan-${key}`, label: say(key === "title" ? "org.plan.title_field" : `org.plan.${key}`), value: this.#typed[key],
      set: (/** @type {string} */ value) => {
        if (key === "seats" && this.#typed.participants === this.#typed.seats) this.#typed.participants = value;
        this.#typed[key] = value;
        this.#keep();
      },
    };
  }

  #what() {
    const start = this.#start();
    return h("section", { class: "card o-form" },
      h("h2", {}, say("org.plan.what")),
      write({ ...this.#at("title"), hint: say("org.plan.title_hint"), error: this.errors.title, required: true }),
      h("div", { class: "o-pair" },
        write({ ...this.#at("date"), type: "date", error: this.errors.start, required: true }),
        write({ ...this.#at("time"), label: say("org.plan.clock"), type: "time", required: true })),
      h("p", { class: "said small" }, start ? say("org.plan.means", { when: moment(start), zone: zone() }) : say("org.plan.zone", { zone: zone() })));
  }

  #start() { return fromFields(this.#typed.date, this.#typed.time); }

  /** @param {Part[]} parts @param {string[]} formats */
  #plan(parts, formats) {
    return h("section", { class: "card o-form" },
      h("h2", {}, say("org.plan.parts")),
      h("p", { class: "hint" }, say("org.plan.parts_hint")),
      this.errors.phases ? h("p", { class: "error", role: "alert" }, this.errors.phases) : null,
      h("div", { class: "o-parts" }, parts.map((p) => h("fieldset", { key: p.phase, class: `o-part${p.on ? "" : " o-part-off"}` },
        h("legend", {}, say(`phase.${p.phase}`)),
        OPTIONAL.includes(p.phase) ? tick({ id: `on-${p.phase}`, label: say("org.plan.on"), on: p.on, set: (on) => { p.on = on; this.#keep(); } }) : null,
        p.on ? h("div", { class: "o-pair", key: "pair" },
          write({
            id: `minutes-${p.phase}`, label: say("org.plan.minutes"), type: "number", inputmode: "numeric", min: 1, max: 180, value: p.minutes,
            error: this.errors[`minutes-${p.phase}`], set: (v) => { p.minutes = v; this.#keep(); },
          }),
          pick({
            id: `format-${p.phase}`, label: say("org.plan.format"), value: p.format, set: (v) => { p.format = v; this.#keep(); },
            options: ["", ...formats].map((f) => ({ value: f, title: f ? say(`format.${f}`) : say("org.plan.no_format") })),
          })) : null))),
      tick({ id: "timers", label: say("org.plan.timers"), hint: say("org.plan.timers_hint"), on: this.#typed.timers, set: (on) => { this.#typed.timers = on; this.#keep(); } }));
  }

  #people() {
    const whole = { type: "number", inputmode: "numeric", required: true };
    return h("section", { class: "card o-form" },
      h("h2", {}, say("org.plan.people")),
      write({ ...this.#at("seats"), ...whole, hint: say("org.plan.seats_hint"), error: this.errors.seats || this.errors["seats-fewer"], min: 2, max: 12 }),
      this.state.session ? null : [
      write({ ...this.#at("participants"), ...whole, hint: say("org.plan.participants_hint"), error: this.errors.participants, min: 0, max: 12 }),
      tick({ id: "open", label: say("org.plan.open"), hint: say("org.plan.open_hint"), on: this.#typed.open, set: (on) => { this.#typed.open = on; this.#keep(); } })]);
  }

  /** What will be made, in a few lines. @param {Part[]} parts */
  #sum(parts) {
    const start = this.#start();
    const used = parts.filter((p) => p.on);
    const minutes = used.reduce((sum, p) => sum + (Number(p.minutes) || 0), 0);
    return h("section", { class: "card card-calm o-sum", "aria-labelledby": "sum-title" },
      h("h2", { id: "sum-title" }, say("org.plan.sum")),
      h("ul", { class: "stack-tight" },
        h("li", {}, start ? say("org.plan.from_to", { when: moment(start), end: time(new Date(start.getTime() + minutes * MINUTE)) }) : say("org.plan.no_start")),
        h("li", {}, count("org.plan.sum_parts", used.length, { minutes })),
        h("li", {}, count("org.plan.sum_seats", Number(this.#typed.seats) || 0)),
        this.state.session ? h("li", {}, say("org.plan.links_stay")) : h("li", {}, count("org.plan.sum_links", 3 + (Number(this.#typed.participants) || 0) + (this.#typed.open ? 1 : 0)))),
      this.alert(),
      h("div", { class: "btn-row" }, submit(say(this.state.session ? "org.plan.save" : "org.plan.go"), this.busy === "send")));
  }

  async #send() {
    const t = this.#typed;
    const parts = (this.#parts || []).filter((p) => p.on);
    const start = this.#start();
    /** @type {Record<string, string>} */
    const wrong = {};
    if (!t.title.trim()) wrong.title = say("org.plan.title_empty");
    if (!start) wrong.start = say("org.plan.no_start");
    for (const p of parts) if (!isWhole(p.minutes, 1, 180)) wrong[`minutes-${p.phase}`] = say("org.plan.minutes_wrong");
    if (!isWhole(t.seats, 2, 12)) wrong.seats = say("org.no.seats");
    else if (!isWhole(t.participants, 0, Number(t.seats))) wrong.participants = say("org.no.participants");
    if (!this.checked(wrong) || !start) return;
    const plan = {
      title: t.title, start: start.toISOString(), seats: Number(t.seats), timers_off: !t.timers,
      phases: parts.map((p) => ({ phase: p.phase, minutes: Number(p.minutes), ...(p.format ? { format: p.format } : {}) })),
    };
    await this.attempt("send", async () => {
      const was = this.state.session;
      if (was) {
        await ask("PUT", `sessions/${was.id}`, plan);
        remember("typed");
        this.go({ to: `/o/sessions/${was.id}`, flash: say("org.plan.changed") });
        return;
      }
      const { session, links } = await ask("POST", `groups/${this.state.group.id}/sessions`, { ...plan, participants: Number(t.participants), open_link: t.open });
      remember("typed");
      keepGiven(links);
      this.go({ to: `/o/sessions/${session.id}`, flash: say("org.plan.made") });
    });
  }
}

/** @param {string} typed @param {number} least @param {number} most */
function isWhole(typed, least, most) {
  return /^\d+$/.test(typed.trim()) && Number(typed) >= least && Number(typed) <= most;
}

customElements.define("hearth-o-plan", HearthOPlan);
