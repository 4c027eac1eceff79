/** The links of a session: shown on the one occasion on which they are known, made new, revoked, added. */
import { h } from "../dom.js";
import { button, icon } from "../parts.js";
import texts from "../words/organiser-session.js";
import { learn, say } from "../words/index.js";
import { ask } from "./ask.js";
import { noteToSend, shownOnce } from "./copy.js";
import { pick } from "./fields.js";
import { given, keepGiven } from "./keep.js";
import { Page } from "./page.js";
import { moment, zone } from "./when.js";

learn(texts);

/** @typedef {import("./types").SessionPage} Data */
/** @typedef {import("./types").Link} Link */
/** @typedef {{link: Link, label: string}} Row */

/** @type {import("./types").LinkKind[]} */
const KINDS = ["personal", "lead", "wellbeing", "trainee", "open"];
const ORDER = ["lead", "wellbeing", "trainee", "personal", "open"];

/**
 * One row for each place that a link leads to, with the link that counts there:
 * the one in force, else the last. Seats are numbered as they were first made,
 * so that a new link does not change a seat's number.
 * @param {Link[]} links in the order in which they were made @returns {Row[]}
 */
export function rows(links) {
  /** @type {Map<string, Row>} */
  const places = new Map();
  let seats = 0;
  for (const link of links) {
    const at = link.kind === "personal" ? `seat ${link.seat}` : link.kind;
    const row = places.get(at);
    if (row) row.link = link;
    else places.set(at, { link, label: say(`org.link.${link.kind}`, { n: link.kind === "personal" ? ++seats : 0 }) });
  }
  return [...places.values()].sort((a, b) => ORDER.indexOf(a.link.kind) - ORDER.indexOf(b.link.kind));
}

/** @extends {Page<Data>} */
class HearthOLinks extends Page {
  /** Links that were made, or changed, since the page was fetched. @type {Link[]} */
  #fresh = [];
  #kind = "personal";

  /** @override @param {Data} s */
  view(s) {
    const all = rows(this.#links(s));
    const shown = all.filter((r) => given.has(r.link.id));
    return h("section", { class: "stack", "aria-labelledby": "links-title" },
      h("h2", { id: "links-title", tabindex: "-1" }, say("org.links.title")),
      shown.length ? this.#once(shown, s) : h("p", { class: "soft" }, say("org.links.hidden")),
      h("div", { class: "o-toast" }, this.done(), this.alert()),
      h("ul", { class: "plain-list o-links" }, all.map((r) => this.#row(r, s))),
      this.#add(),
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
      shown.length > 1 ? noteToSend(this, { id: "all", what: say("org.links.all"), label: "org.copy.list", fold: say("org.links.all_fold"), text: shown.map((r) => `${r.label}: ${given.get(r.link.id)}`).join("\n") }) : null,
      h("div", { class: "btn-row" }, button(say("org.links.hide"), () => {
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
          h("p", { class: "small soft" }, link.revoked ? say("org.link.revoked") : say(`org.link.${link.kind}_about`, { n: link.uses || 0, of: link.max_uses || 0 }))),
        link.revoked ? null : h("div", { class: "o-link-acts" },
          button(say("org.link.rotate"), () => this.#rotate(link, label, id), { look: "btn-small btn-plain", "aria-label": `${say("org.link.rotate")}: ${label}` }),
          button(say("org.link.revoke"), () => this.#revoke(link, label, id), { look: "btn-small btn-plain btn-grave", "aria-label": `${say("org.link.revoke")}: ${label}` }))),
      url && !link.revoked ? [
        shownOnce(this, { id, what: label, url }),
        noteToSend(this, { id, what: say("org.note.what", { label }), fold: say("org.note.fold"), text: say(`org.note.${link.kind}`, { title: s.session.title, when: moment(s.session.start), zone: zone(), url }) }),
      ] : null);
  }

  #add() {
    return h("div", { key: "add", class: "o-add" },
      pick({ id: "add-kind", label: say("org.add.kind"), value: this.#kind, set: (v) => { this.#kind = v; }, options: KINDS.map((k) => ({ value: k, title: say(`org.add.${k}`) })) }),
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
        this.#fresh.push({ ...link, revoked: true }, made);
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
