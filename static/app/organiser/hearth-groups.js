/** Home of the organiser: the groups, what to do first, and the organiser's own link. */
import { h } from "../dom.js";
import { placeName } from "../intl.js";
import { button, icon } from "../parts.js";
import texts from "../words/organiser-groups.js";
import { learn, say } from "../words/index.js";
import { flame } from "../room/flame.js";
import { ask } from "./ask.js";
import { Page } from "./page.js";
import { day } from "./when.js";
import { shownOnce } from "./copy.js";

learn(texts);

/** @typedef {import("./types").House} House */

/** @extends {Page<House>} */
class HearthOGroups extends Page {
  /** The new organiser link, on the one occasion on which it is known. */
  #link = "";

  /** @override @param {House} s */
  view(s) {
    return h("div", { class: "stack-wide" },
      h("header", { class: "o-head" },
        h("div", { class: "stack-tight" }, h("h1", {}, say("org.groups.title")), h("p", { class: "soft" }, say(s.groups.length ? "org.groups.lede" : "org.groups.none"))),
        s.groups.length ? h("a", { class: "btn btn-primary", href: "/o/new" }, say("org.groups.make")) : null),
      s.groups.length ? h("ul", { class: "plain-list o-cards" }, s.groups.map((g) => card(g, s))) : firstSteps(),
      lines(s),
      this.#own(),
      this.#devices(s.devices),
      this.question());
  }

  /** The browsers that can organise. A new link has just ended all others. @param {import("./types").Device[]} all */
  #devices(all) {
    return h("section", { class: "card card-flat o-own", "aria-labelledby": "devices-title" },
      h("h2", { id: "devices-title", tabindex: "-1" }, say("org.devices.title")),
      h("p", {}, say("org.devices.text")),
      h("ul", { class: "plain-list stack" }, all.filter((d) => d.here || !this.#link).map((d) => h("li", { key: d.id, class: "btn-row" },
        h("span", {}, say(d.here ? "org.devices.here" : "org.devices.other", { made: dayOf(d.made), used: dayOf(d.used) })),
        d.here ? null : button(say("org.devices.void"), () => this.askFirst({
          title: say("org.devices.sure"), yes: say("org.devices.yes"), body: [h("p", {}, say("org.devices.sure_text"))],
          act: async () => { await ask("POST", `organiser/devices/${d.id}/void`, {}); },
          after: () => this.go({ again: true }),
        }))))));
  }

  #own() {
    return h("section", { class: "card card-flat o-own", "aria-labelledby": "own-title" },
      h("h2", { id: "own-title", tabindex: "-1" }, say("org.own.title")),
      h("p", {}, say("org.own.text")),
      this.#link ? h("div", { class: "o-given stack" },
        h("p", { class: "said said-warn" }, say("org.own.once")),
        shownOnce(this, { id: "own", what: say("org.own.what"), url: this.#link })) : null,
      this.done(),
      h("div", { class: "btn-row" }, button(say("org.own.make"), () => this.askFirst({
        title: say("org.own.sure"), yes: say("org.own.yes"),
        body: [h("p", {}, say("org.own.sure_text")), h("p", {}, say("org.own.sure_once"))],
        act: async () => { this.#link = (await ask("POST", "organiser/rotate", {})).url; },
        after: () => this.focusOn("#own-title"),
      }))));
  }
}

/** A day of the server, at noon so that it is the same day here. @param {string} [date] */
function dayOf(date) { return date ? day(`${date}T12:00:00Z`) : say("org.devices.unknown"); }

/** @param {import("./types").Group} g @param {House} house */
function card(g, house) {
  const template = house.templates.find((t) => t.template === g.template)?.title;
  const policy = house.policies.find((p) => p.policy === g.policy)?.title;
  return h("li", { key: g.id, class: "card o-card" },
    h("h2", {}, h("a", { href: `/o/groups/${g.id}`, dir: "auto" }, g.name)),
    h("p", { class: "o-tags" }, [template, policy, g.region && placeName(g.region)].map((t) => t && h("span", { class: "tag", key: t }, t))),
    h("p", { class: "soft small" }, say("org.groups.made", { day: day(g.created) })));
}

/** The way to the helplines, and whether one of them should be checked again. @param {House} house */
function lines(house) {
  return h("section", { class: "card card-flat o-own", "aria-labelledby": "lines-title" },
    h("h2", { id: "lines-title" }, say("org.groups.lines")),
    h("p", {}, say("org.groups.lines_text")),
    house.due.length ? h("p", { class: "said said-warn" }, say("org.groups.lines_due")) : null,
    h("p", { class: "btn-row" }, h("a", { class: "btn", href: "/o/helplines" }, say("org.groups.lines_go"))));
}

/** What to do first, in three steps. */
function firstSteps() {
  return h("section", { class: "card o-first", "aria-labelledby": "first-title" },
    h("div", { class: "front-fire", "aria-hidden": "true" }, flame()),
    h("div", { class: "stack" },
      h("h2", { id: "first-title" }, say("org.first.title")),
      h("ol", { class: "plain-list o-steps" }, [1, 2, 3].map((n) => h("li", { key: n },
        h("div", {}, h("h3", {}, say(`org.first.step${n}`)), h("p", { class: "soft" }, say(`org.first.text${n}`)))))),
      h("p", { class: "btn-row" }, h("a", { class: "btn btn-primary btn-big", href: "/o/new" }, icon("flame"), say("org.first.go")))));
}

customElements.define("hearth-o-groups", HearthOGroups);
