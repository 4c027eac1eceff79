/** Helplines, a grounding card, rights, policy and charter: one dialog, on every screen, from memory. */
import { Drawn, h } from "../dom.js";
import { dialogBody, toggle } from "../parts.js";
import { rich, say } from "../words/index.js";

/** @typedef {import("../types").Client} Client */
/** @typedef {import("../types").Helpline} Helpline */

/** @extends {Drawn<{client: Client, open: boolean}>} */
class HearthHelp extends Drawn {
  /** @override @param {{client: Client, open: boolean}} s */
  view({ client }) {
    const { session, charter } = client.known;
    return h("dialog", { class: "help", "aria-labelledby": "help-title", onclose: () => this.tell({ dialog: "" }) },
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

/** The helplines of one place, or of all. @extends {Drawn<{lines: Helpline[], region: string, level?: "h2" | "h3"}>} */
class HearthHelplines extends Drawn {
  #place = "";
  #chosen = false;
  /** @override @param {{lines: Helpline[], region: string, level?: "h2" | "h3"}} s */
  view({ lines, region, level = "h3" }) {
    const places = [...new Set(lines.map((l) => l.region))].sort();
    const place = this.#chosen ? this.#place : places.includes(region) ? region : "";
    const shown = lines.filter((l) => !place || l.region === place);
    const id = `region-${this.closest("dialog") ? "d" : "p"}`;
    return h("section", { class: "stack-tight lines" },
      h(level, {}, say("help.lines")),
      lines.length > 0 ? h("div", { class: "field" },
        h("label", { for: id }, say("help.region")),
        h("select", { id, class: "input", value: place, onchange: (/** @type {any} */ e) => {
          this.#place = e.target.value;
          this.#chosen = true;
          this.redraw(undefined);
        } }, h("option", { value: "" }, say("help.region_all")), places.map((p) => h("option", { key: p, value: p }, placeName(p)))))
        : h("p", {}, say("help.none")),
      lines.length > 0 && !shown.length ? h("p", {}, say("help.none_region")) : null,
      h("ul", { class: "plain-list stack-tight" }, shown.map((l) => helpline(l, level))));
  }
}

/** A place's name in the reader's language, when its code is one that is known. @param {string} code */
function placeName(code) {
  try { return /^[A-Z]{2}$/.test(code) ? new Intl.DisplayNames([document.documentElement.lang], { type: "region" }).of(code) || code : code; } catch { return code; }
}

/** @param {Helpline} l @param {"h2" | "h3"} level */
function helpline(l, level) {
  const call = l.call || l.number;
  const shown = l.number || call;
  const languages = Array.isArray(l.languages) ? l.languages.join(", ") : l.languages;
  return h("li", { key: `${l.region} ${l.name}`, class: "line card card-flat" },
    h(level === "h2" ? "h3" : "h4", {}, l.name),
    l.for ? h("p", { class: "small" }, l.for) : null,
    h("p", { class: "btn-row" },
      call && isNumber(call) ? h("a", { class: "btn btn-calm", href: `tel:${digits(call)}` }, say("help.call", { number: shown })) : shown,
      l.text && isNumber(l.text) ? h("a", { class: "btn", href: `sms:${digits(l.text)}` }, say("help.text", { number: l.text })) : l.text,
      web(l) ? h("a", { class: "btn", href: web(l), rel: "noreferrer noopener", target: "_blank" }, say("help.web", { name: l.name })) : null),
    h("p", { class: "small soft" }, [l.hours, l.cost, l.how].filter(Boolean).join(" · ")),
    languages ? h("p", { class: "small soft" }, say("help.languages", { languages })) : null,
    l.rescue ? h("p", { class: "small soft" }, l.rescue) : null,
    l.checked ? h("p", { class: "small soft" }, say("help.checked", { date: l.checked })) : null);
}

/** @param {string} s */
const isNumber = (s) => /^[+\d][\d\s()-]*$/.test(s);
/** @param {string} s */
const digits = (s) => s.replace(/[^+\d]/g, "");
/** @param {Helpline} l */
const web = (l) => [l.chat, l.url].find((u) => u && u.startsWith("https://"));

customElements.define("hearth-helplines", HearthHelplines);
customElements.define("hearth-help", HearthHelp);
