/** Helplines, a grounding card, rights, policy and charter: one dialog, on every screen, from memory. */
import { Drawn, h } from "../dom.js";
import { closes, dialogBody, toggle } from "../parts.js";
import { rich, say } from "../words/index.js";
import { placeName } from "../intl.js";
import { byCountry, checkedText } from "./helplines.js";

/** @typedef {import("../types").Client} Client */
/** @typedef {import("../types").Helpline} Helpline */

/** @extends {Drawn<{client: Client, open: boolean}>} */
class HearthHelp extends Drawn {
  /** @override @param {{client: Client, open: boolean}} s */
  view({ client }) {
    const { session, charter } = client.known;
    return h("dialog", { class: "help", "aria-labelledby": "help-title", ...closes(() => this.tell({ dialog: "" })) },
      dialogBody("help-title", say("help.title"),
        h("section", { class: "said said-warn stack-tight" },
          h("h3", {}, say("help.now")), h("p", {}, say("help.now_text"))),
        h("hearth-helplines", { key: "lines", state: { lines: client.helplines, region: session?.region || "" } }),
        ground(),
        section("help.is", h("p", {}, say("help.is_text"))),
        section("help.is_not", h("p", {}, say("help.is_not_text"))),
        rights(session?.contact),
        session?.policy ? section("help.policy", h("p", {}, say(`policy.${session.policy}`)), h("p", { class: "soft" }, say("help.limits"))) : null,
        charter ? h("details", { class: "fold" }, h("summary", {}, say("help.charter")), charterList(charter, "h4")) : null));
  }
  /** @override @param {{client: Client, open: boolean}} s */
  onDrawn(s) { toggle(this, "dialog", s.open); }
}

/** @param {string} key @param {import("../dom.js").Kid[]} kids */
function section(key, ...kids) { return h("section", { class: "stack-tight" }, h("h3", {}, say(key)), kids); }

/** A card to steady oneself with. @param {"h2" | "h3"} [level] */
export function ground(level = "h3") {
  return h("section", { class: "card card-calm" },
    h(level, {}, say("help.ground")),
    h("ol", { class: "stack-tight" }, [1, 2, 3, 4].map((n) => h("li", {}, say(`help.ground${n}`)))));
}

/** @param {string} [contact] @param {"h2" | "h3"} [level] */
export function rights(contact, level = "h3") {
  return h("section", { class: "stack-tight" },
    h(level, {}, say("help.rights")),
    h("ul", { class: "stack-tight" }, [1, 2, 3, 4, 5, 6].map((n) => h("li", {}, say(`right.${n}`)))),
    contact ? h("p", {}, rich("right.contact", { contact: h("bdi", { dir: "auto", class: "contact" }, contact) })) : null);
}

/** @param {import("../types").Charter} charter @param {"h3" | "h4"} level */
export function charterList(charter, level) {
  return h("ol", { class: "charter plain-list" }, charter.lines.map((l) =>
    h("li", { key: l.principle, class: "charter-line" },
      h(level, { dir: "auto", class: "charter-title" }, l.title), h("p", { dir: "auto" }, l.text))));
}

/** All helplines under their countries, the group's own first. @extends {Drawn<{lines: Helpline[], region: string, level?: "h2" | "h3"}>} */
class HearthHelplines extends Drawn {
  #place = "";
  /** @override @param {{lines: Helpline[], region: string, level?: "h2" | "h3"}} s */
  view({ lines, region, level = "h3" }) {
    const places = byCountry(lines, region);
    const shown = places.filter((p) => !this.#place || p.code === this.#place);
    const id = `region-${this.closest("dialog") ? "d" : "p"}`;
    const under = level === "h2" ? "h3" : "h4";
    return h("section", { class: "stack-tight lines" },
      h(level, {}, say("help.lines")),
      lines.length > 0 ? h("div", { class: "field" },
        h("label", { for: id }, say("help.region")),
        h("select", { id, class: "input", value: this.#place, onchange: (/** @type {any} */ e) => {
          this.#place = e.target.value;
          this.redraw(undefined);
        } }, h("option", { value: "" }, say("help.region_all")), places.map((p) => h("option", { key: p.code, value: p.code }, p.name))))
        : h("p", {}, say("help.none")),
      lines.length > 0 && region && !this.#place && !places.some((p) => p.code === region) ? h("p", {}, say("help.none_region", { place: placeName(region) })) : null,
      shown.map((p) => h("section", { key: p.code, class: "stack-tight" },
        h(under, {}, p.name),
        h("ul", { class: "plain-list stack-tight" }, p.lines.map((l) => helpline(l, level))))));
  }
}

/** @param {Helpline} l @param {"h2" | "h3"} level */
function helpline(l, level) {
  const call = l.call || l.number;
  const shown = l.number || call;
  const languages = Array.isArray(l.languages) ? l.languages.join(", ") : l.languages;
  const soft = { class: "small soft" };
  return h("li", { key: `${l.region} ${l.name}`, class: "line card card-flat" },
    h(level === "h2" ? "h4" : "h5", { dir: "auto" }, l.name),
    l.for ? h("p", { class: "small" }, l.for) : null,
    h("p", { class: "btn-row" },
      call && isNumber(call) ? h("a", { class: "btn btn-calm", href: `tel:${digits(call)}` }, say("help.call", { number: shown })) : shown,
      l.text && isNumber(l.text) ? h("a", { class: "btn", href: `sms:${digits(l.text)}` }, say("help.text", { number: l.text })) : l.text,
      web(l.chat) ? h("a", { class: "btn", href: l.chat, rel: "noreferrer noopener", target: "_blank" }, say("help.chat", { name: l.name })) : null,
      web(l.url) ? h("a", { class: "btn", href: l.url, rel: "noreferrer noopener", target: "_blank" }, say("help.web", { name: l.name })) : null),
    l.hours || l.cost || l.how ? h("p", soft, [l.hours, l.cost, l.how].filter(Boolean).join(" · ")) : null,
    languages ? h("p", soft, say("help.languages", { languages })) : null,
    l.rescue ? h("p", soft, say("help.rescue", { policy: l.rescue })) : null,
    h("p", soft, checkedText(l)),
    l.source ? h("p", soft, say("help.source", { source: l.source })) : null);
}

/** @param {string} s */
const isNumber = (s) => /^[+\d][\d\s()-]*$/.test(s);
/** @param {string} s */
const digits = (s) => s.replace(/[^+\d]/g, "");
/** @param {string} [u] */
const web = (u) => Boolean(u?.startsWith("https://"));

customElements.define("hearth-helplines", HearthHelplines);
customElements.define("hearth-help", HearthHelp);
