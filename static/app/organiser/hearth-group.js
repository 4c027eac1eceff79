/** One group: what to do next, its sessions, its charter, and what was chosen for it. */
import { h } from "../dom.js";
import { placeName } from "../intl.js";
import { button, icon } from "../parts.js";
import { count, say } from "../words/index.js";
import { ask } from "./ask.js";
import { write } from "./fields.js";
import { Page } from "./page.js";
import { day, moment, time } from "./when.js";

/** @typedef {import("./types").GroupPage} Data */
/** @typedef {import("./types").Session} Session */

/** @extends {Page<Data>} */
class HearthOGroup extends Page {
  /** @override @param {Data} s */
  view(s) {
    const at = `/o/groups/${s.group.id}`;
    const newest = s.versions[0];
    const coming = s.sessions.filter((x) => x.state !== "over").sort((a, b) => a.start.localeCompare(b.start));
    const past = s.sessions.filter((x) => x.state === "over");
    return h("div", { class: "stack-wide" },
      h("header", { class: "o-head" },
        h("h1", { dir: "auto" }, s.group.name),
        newest ? h("a", { class: "btn btn-primary", href: `${at}/plan` }, say("org.group.plan")) : null),
      newest ? null : next(at),
      this.#reviews(s),
      h("div", { class: "o-cols" },
        h("section", { class: "stack", "aria-labelledby": "sessions-title" },
          h("h2", { id: "sessions-title" }, say("org.group.sessions")),
          coming.length ? h("ul", { class: "plain-list stack-tight" }, coming.map(session))
            : h("p", { class: "o-none soft" }, say(newest ? "org.group.no_sessions" : "org.group.adopt_first")),
          past.length ? h("details", { class: "fold" }, h("summary", {}, count("org.group.past", past.length)),
            h("ul", { class: "plain-list stack-tight" }, past.map(session))) : null),
        h("div", { class: "stack" }, charter(s, at), about(s, at), this.#delete(s))),
      this.question());
  }

  /** Asked twice: by a dialog, and by the name. @param {Data} s */
  #delete(s) {
    let typed = "";
    return h("details", { class: "fold" }, h("summary", {}, say("org.delete.fold")),
      h("div", { class: "stack-tight" }, h("p", { class: "small" }, say("org.delete.text")),
        h("div", {}, button(say("org.delete.go"), () => this.askFirst({
          title: say("org.delete.sure", { name: s.group.name }), yes: say("org.delete.yes"), look: "btn-grave",
          body: () => [h("p", {}, say("org.delete.gone")), h("p", {}, say("org.delete.backups")),
            write({ id: "delete-name", label: say("org.delete.name"), error: this.errors["other-name"], value: typed, set: (v) => { typed = v; } })],
          act: async () => {
            await ask("POST", `groups/${s.group.id}/delete`, { name: typed });
            this.go({ to: "/o", flash: say("org.delete.done") });
          },
        }), { look: "btn-small btn-grave" }))));
  }

  /** @override */
  get fields() { return ["other-name"]; }

  /** Sessions whose acts were looked at again on this page. @type {string[]} */
  #looked = [];

  /** What people were told will be looked at again. @param {Data} s */
  #reviews(s) {
    const open = s.reviews.filter((r) => !this.#looked.includes(r.session));
    if (!open.length && !this.said) return null;
    return h("section", { class: "card card-warm stack-tight", "aria-labelledby": "reviews-title" },
      h("h2", { id: "reviews-title", tabindex: "-1" }, say("org.review.title")),
      open.length ? h("p", {}, say("org.review.text")) : null,
      this.done(), this.alert(),
      h("ul", { class: "plain-list stack-tight" }, open.map((r) => h("li", { key: r.session, class: "card card-flat stack-tight" },
        h("h3", {}, h("bdi", { dir: "auto" }, r.title), ", ", day(r.closed)),
        r.acts.map((a) => h("p", { class: "small" }, say(`org.review.${a.act}`), " ", say(`org.review.why.${a.reason}`), a.urgent ? ` ${say("org.review.alone")}` : "")),
        h("p", { class: "small soft" }, say("org.review.due", { when: moment(r.due) })),
        h("div", {}, button(say("org.review.done"), () => this.askFirst({
          title: say("org.review.sure"), yes: say("org.review.yes"), body: h("p", {}, say("org.review.gone")),
          act: async () => {
            await ask("POST", `sessions/${r.session}/reviewed`, {});
            this.#looked.push(r.session);
            this.said = say("org.review.thanks");
          },
          after: () => this.focusOn("#reviews-title"),
        }), { look: "btn-small", "aria-label": `${say("org.review.done")}: ${r.title}, ${day(r.closed)}` }))))));
  }
}

/** @param {string} at */
function next(at) {
  return h("section", { class: "card card-warm o-next", "aria-labelledby": "next-title" },
    h("h2", { id: "next-title" }, say("org.next.title")),
    h("p", {}, say("org.next.text")),
    h("div", { class: "btn-row" }, h("a", { class: "btn btn-primary", href: `${at}/charter` }, say("org.next.go"))));
}

/** @param {Session} s */
function session(s) {
  const start = new Date(s.start);
  return h("li", { key: s.id, class: "card card-flat o-session" },
    h("div", { class: "o-date", "aria-hidden": "true" },
      h("span", {}, start.toLocaleDateString([], { month: "short" })), h("strong", {}, String(start.getDate()))),
    h("div", {},
      h("h3", {}, h("a", { href: `/o/sessions/${s.id}`, dir: "auto" }, s.title)),
      h("p", { class: "small soft" }, `${day(start)}, ${time(start)}`)),
    h("span", { class: `tag${s.state === "live" ? " tag-ember" : s.state === "over" ? "" : " tag-moss"}` }, say(`org.state.${s.state}`)));
}

/** @param {Data} s @param {string} at */
function charter(s, at) {
  const newest = s.versions[0];
  return h("section", { class: "card", "aria-labelledby": "charter-title" },
    h("h2", { id: "charter-title" }, say("org.group.charter")),
    h("p", {}, newest ? say("org.group.in_force", { n: newest.number, day: day(newest.adopted) }) : say("org.group.no_charter")),
    newest && newest.digest !== s.draft.digest ? h("p", { class: "said said-warn small" }, say("org.group.draft_differs")) : null,
    h("div", { class: "btn-row" }, h("a", { class: "btn", href: `${at}/charter` }, icon("line"), say("org.group.edit"))),
    s.versions.length ? [
      h("h3", {}, say("org.group.versions")),
      h("ol", { class: "plain-list o-versions", reversed: true }, s.versions.map((v) => h("li", { key: v.number },
        h("a", { href: `${at}/versions/${v.number}` }, say("org.version.title", { n: v.number })),
        h("span", { class: "small soft" }, moment(v.adopted)),
        h("span", { class: "small" }, changed(v))))),
    ] : null);
}

/** What a version changed, by the names of the lines. @param {import("./types").Version} v */
export function changed(v) {
  if (!v.changed?.length) return say("org.version.first");
  const titles = v.text.lines.filter((l) => v.changed?.includes(l.principle)).map((l) => l.title);
  return say("org.version.changed", { what: titles.join(", ") });
}

/** @param {Data} s @param {string} at */
function about(s, at) {
  const g = s.group;
  return h("section", { class: "card card-flat", "aria-labelledby": "about-title" },
    h("h2", { id: "about-title" }, say("org.group.about")),
    h("dl", { class: "o-facts" },
      fact("org.about.policy_short", say(`org.policy.${g.policy}`)),
      fact("org.about.region_short", g.region ? placeName(g.region) : say("org.about.region_none")),
      fact("org.about.contact_short", g.contact ? h("span", { dir: "auto", class: "contact" }, g.contact) : say("org.about.contact_none"))),
    h("div", { class: "btn-row" }, h("a", { class: "btn btn-small", href: `${at}/about` }, say("org.group.change"))));
}

/** @param {string} key @param {import("../dom.js").Kid} value */
function fact(key, value) { return h("div", { key }, h("dt", {}, say(key)), h("dd", {}, value)); }

customElements.define("hearth-o-group", HearthOGroup);
