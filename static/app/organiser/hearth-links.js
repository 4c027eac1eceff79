/** The links of a session: shown on the one occasion on which they are known, made new, revoked, added. */
import { h } from "../dom.js";
import { button, icon } from "../parts.js";
import texts from "../words/organiser-session.js";
import { learn, say } from "../words/index.js";
import { ask } from "./ask.js";
import { copyButton, noteToSend, shownOnce } from "./copy.js";
import { pick, write } from "./fields.js";
import { given, keepGiven } from "./keep.js";
import { Page } from "./page.js";
import { moment, zone } from "./when.js";

learn(texts);

/** @typedef {import("./types").SessionPage} Data */
/** @typedef {import("./types").Link} Link */
/** @typedef {{link: Link, label: string}} Row */

/**
 * One row for each place that a link leads to, with the link that counts there:
 * the one in force, else the last. Seats are numbered as they were first made,
 * so that a new link does not change a seat's number.
 * @param {Link[]} links in the order in which they were made @param {string[]} kinds in the order in which they are shown @returns {Row[]}
 */
export function rows(links, kinds) {
  /** @type {Map<string, Row>} */
  const places = new Map();
  let seats = 0;
  for (const link of links) {
    const at = link.kind === "personal" ? `seat ${link.seat}` : link.kind;
    const row = places.get(at);
    if (row) row.link = link;
    else places.set(at, { link, label: say(`org.link.${link.kind}`, { n: link.kind === "personal" ? ++seats : 0 }) });
  }
  return [...places.values()].sort((a, b) => kinds.indexOf(a.link.kind) - kinds.indexOf(b.link.kind));
}

/** A node that is not updated yet does not say which there may be: then those that there are. @param {Data} s */
const kindsOf = (s) => s.kinds || [...new Set(s.links.map((l) => l.kind))];

/** Ways to hand a link on; fetched when there is one to hand on. @type {typeof import("./send.js") | null} */
let send = null;

/** A row's name with the organiser's own label. @param {Row} r */
const named = (r) => (r.link.label ? `${r.label} (${r.link.label})` : r.label);

/** @extends {Page<Data>} */
class HearthOLinks extends Page {
  /** @override */
  get fields() { return ["label"]; }

  /** Links that were made, or changed, since the page was fetched. @type {Link[]} */
  #fresh = [];
  #kind = "personal";

  /** @override @param {Data} s */
  view(s) {
    const all = rows(this.#links(s), kindsOf(s));
    const shown = all.filter((r) => given.has(r.link.id));
    if (shown.length && !send) import("./send.js").then((m) => { send = m; this.again(); }, () => { /* copying still works */ });
    return h("section", { class: "stack", "aria-labelledby": "links-title" },
      h("h2", { id: "links-title", tabindex: "-1" }, say("org.links.title")),
      shown.length ? this.#once(shown, s) : h("p", { class: "soft" }, say("org.links.hidden")),
      h("div", { class: "o-toast" }, this.done(), this.alert()),
      h("ul", { class: "plain-list o-links" }, all.map((r) => this.#row(r, s))),
      this.#add(s),
      this.question());
  }

  /** @param {Data} s */
  #links(s) {
    const known = s.links.map((l) => this.#fresh.find((f) => f.id === l.id) || l);
    return [...known, ...this.#fresh.filter((f) => !s.links.some((l) => l.id === f.id))];
  }

  /** @param {Row[]} shown @param {Data} s */
  #once(shown, s) {
    return h("div", { key: "once", class: "card card-warm o-shown" },
      h("p", {}, h("strong", {}, say("org.links.once")), " ", say("org.links.once_more")),
      shown.length > 1 ? noteToSend(this, { id: "all", what: say("org.links.all"), label: "org.copy.list", fold: say("org.links.all_fold"), text: shown.map((r) => `${named(r)}: ${given.get(r.link.id)}`).join("\n") }) : null,
      h("div", { class: "btn-row" }, shown.length > 1 ? copyButton(this, "note-all", say("org.links.all"), "org.copy.all") : null, button(say("org.links.hide"), () => {
        for (const r of shown) given.delete(r.link.id);
        this.again();
        this.focusOn("#links-title");
      }, { look: "btn-small" })),
      h("p", { class: "small soft" }, say("org.links.note_about", { title: s.session.title })));
  }

  /** @param {Row} row @param {Data} s */
  #row({ link, label }, s) {
    const url = given.get(link.id);
    const id = link.seat || link.kind;
    return h("li", { key: id, class: `card card-flat o-link${link.revoked ? " o-link-off" : ""}` },
      h("div", { class: "o-link-head" },
        h("span", { class: `o-link-mark o-link-${link.kind}` }, icon(link.kind === "personal" ? "leaf" : link.kind === "open" ? "door" : link.kind === "lead" ? "flame" : link.kind === "wellbeing" ? "help" : "ear")),
        h("div", {},
          h("h3", { id: `link-${id}`, tabindex: "-1" }, label),
          link.label ? h("p", { key: "label", class: "small" }, say("org.label.for"), " ", h("bdi", { dir: "auto", translate: "no" }, link.label)) : null,
          h("p", { class: "small soft" }, link.revoked ? say("org.link.revoked") : say(`org.link.${link.kind}_about`, { n: link.uses || 0, of: link.max_uses || 0 }))),
        link.revoked ? null : h("div", { class: "o-link-acts" },
          button(say(link.label ? "org.label.change" : "org.label.add"), () => this.#label(link, label, id), { look: "btn-small btn-plain", "aria-label": `${say(link.label ? "org.label.change" : "org.label.add")}: ${label}` }),
          button(say("org.link.rotate"), () => this.#rotate(link, label, id), { look: "btn-small btn-plain", "aria-label": `${say("org.link.rotate")}: ${label}` }),
          button(say("org.link.revoke"), () => this.#revoke(link, label, id), { look: "btn-small btn-plain btn-grave", "aria-label": `${say("org.link.revoke")}: ${label}` }))),
      url && !link.revoked ? [
        shownOnce(this, { id, what: label, url }),
        send ? [
          send.waysToSend(this, { label, title: s.session.title, note: this.#note(link, s, url), url }),
          send.codeOf(url, label),
          noteToSend(this, { id, what: say("org.note.what", { label }), fold: say("org.note.fold"), text: this.#note(link, s, url) }),
        ] : null,
      ] : null);
  }

  /** @param {Link} link @param {Data} s @param {string} url */
  #note(link, s, url) {
    return say(`org.note.${link.kind}`, { title: s.session.title, when: moment(s.session.start), zone: zone(), url });
  }

  /** @param {Link} link @param {string} label @param {string} id */
  #label(link, label, id) {
    let typed = link.label || "";
    this.askFirst({
      title: say("org.label.title", { label }), yes: say("org.label.save"),
      body: () => write({ id: "label", label: say("org.label.field"), hint: say("org.label.hint"), error: this.errors.label, value: typed, set: (v) => { typed = v; } }),
      act: async () => {
        const kept = await ask("PUT", `links/${link.id}/label`, { label: typed });
        this.#fresh = [...this.#fresh.filter((l) => l.id !== link.id), { ...link, label: kept.label }];
        this.said = say("org.label.done", { label });
      },
      after: () => this.focusOn(`[id="link-${id}"]`),
    });
  }

  /** @param {Data} s */
  #add(s) {
    return h("div", { key: "add", class: "o-add" },
      pick({ id: "add-kind", label: say("org.add.kind"), value: this.#kind, set: (v) => { this.#kind = v; }, options: [...new Set(["personal", ...kindsOf(s)])].map((k) => ({ value: k, title: say(`org.add.${k}`) })) }),
      button(say("org.add.go"), () => this.#make(), { busy: this.busy === "add" }));
  }

  #make() {
    return this.attempt("add", async () => {
      const link = await ask("POST", `sessions/${this.state.session.id}/links`, { kind: this.#kind });
      this.#fresh.push(link);
      keepGiven([link]);
      this.said = say("org.add.done");
    }).then((ok) => { if (ok) this.focusOn(`[id="url-${this.#fresh[this.#fresh.length - 1].seat || this.#kind}"]`); });
  }

  /** @param {Link} link @param {string} label @param {string} id */
  #rotate(link, label, id) {
    this.askFirst({
      title: say("org.rotate.sure", { label }), yes: say("org.rotate.yes"),
      body: h("p", {}, say(link.kind === "open" ? "org.rotate.text_open" : "org.rotate.text")),
      act: async () => {
        const made = await ask("POST", `links/${link.id}/rotate`, {});
        given.delete(link.id);
        keepGiven([made]);
        this.#fresh.push({ ...link, revoked: true }, { ...made, label: link.label });
        this.said = say("org.rotate.done", { label });
      },
      after: () => this.focusOn(`[id="link-${id}"]`),
    });
  }

  /** @param {Link} link @param {string} label @param {string} id */
  #revoke(link, label, id) {
    this.askFirst({
      title: say("org.revoke.sure", { label }), yes: say("org.revoke.yes"), look: "btn-grave",
      body: h("p", {}, say(link.kind === "open" ? "org.revoke.text_open" : "org.revoke.text")),
      act: async () => {
        const gone = await ask("POST", `links/${link.id}/revoke`, {});
        given.delete(link.id);
        this.#fresh = [...this.#fresh.filter((l) => l.id !== link.id), gone];
        this.said = say("org.revoke.done", { label });
      },
      after: () => this.focusOn(`[id="link-${id}"]`),
    });
  }
}

customElements.define("hearth-o-links", HearthOLinks);
