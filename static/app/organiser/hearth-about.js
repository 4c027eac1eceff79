/** Making a group, and changing what was chosen for it. */
import { h } from "../dom.js";
import { placeName } from "../intl.js";
import { recall, remember } from "../place.js";
import { say } from "../words/index.js";
import { ask } from "./ask.js";
import { choose, form, pick, submit, write } from "./fields.js";
import { Page } from "./page.js";

/** @typedef {{house: import("./types").House, group: import("./types").Group | null}} Data */

/** @typedef {Record<"name" | "template" | "policy" | "region" | "contact", string>} Typed */

/** @extends {Page<Data>} */
class HearthOAbout extends Page {
  /** @type {Typed | null} */
  #typed = null;

  /** @override */
  get fields() { return ["name", "template", "policy", "region", "contact"]; }

  /** @override @param {Data} s */
  view({ house, group }) {
    const typed = this.#typed ??= /** @type {Typed} */ ({ name: "", template: "", policy: "", region: "", contact: "", ...group, ...recall("typed", {}) });
    /** @param {keyof typeof typed} key */
    const at = (key) => ({
      id: key, label: say(`org.about.${key}`), hint: say(`org.about.${key}_hint`), error: this.errors[key], value: typed[key],
      set: (/** @type {string} */ value) => { typed[key] = value; remember("typed", typed); if (key === "template" || key === "policy") this.again(); },
    });
    return h("div", { class: "stack" },
      h("header", { class: "stack-tight" },
        h("h1", {}, say(group ? "org.about.title" : "org.new.title")), h("p", { class: "soft" }, say(group ? "org.about.lede" : "org.new.lede"))),
      form(() => this.#send(), { class: "card o-form" },
        write({ ...at("name"), required: true }),
        group ? null : choose({ ...at("template"), options: house.templates.map((t) => ({ value: t.template, title: t.title, about: t.about })) }),
        choose({ ...at("policy"), options: house.policies.map((p) => ({ value: p.policy, title: p.title, about: p.about })) }),
        pick({ ...at("region"), options: [{ value: "", title: say("org.about.region_none") }, ...house.regions.map((r) => ({ value: r, title: placeName(r) }))] }),
        write({ ...at("contact"), required: true }),
        this.alert(),
        h("div", { class: "btn-row" }, submit(say(group ? "org.about.save" : "org.new.make"), this.busy === "send"),
          h("a", { class: "btn btn-big", href: group ? `/o/groups/${group.id}` : "/o", onclick: () => remember("typed") }, say("org.cancel")))));
  }

  async #send() {
    const typed = this.#typed;
    if (!typed || this.busy) return;
    /** @type {Record<string, string>} */
    const wrong = {};
    if (!typed.name.trim()) wrong.name = say("org.about.name_empty");
    if (!typed.template) wrong.template = say("org.no.template");
    if (!typed.policy) wrong.policy = say("org.no.policy");
    if (!typed.contact.trim()) wrong.contact = say("org.about.contact_empty");
    if (!this.checked(wrong)) return;
    const { name, template, policy, region, contact } = typed;
    const body = { name, template, policy, region, contact };
    const before = this.state.group;
    await this.attempt("send", async () => {
      const group = await (before ? ask("PUT", `groups/${before.id}`, body) : ask("POST", "groups", body));
      remember("typed");
      this.go({ to: `/o/groups/${group.id}`, flash: say(before ? "org.about.saved" : "org.new.made") });
    });
  }
}

customElements.define("hearth-o-about", HearthOAbout);
