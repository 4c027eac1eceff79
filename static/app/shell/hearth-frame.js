/** The frame around every page: name, helplines and rights, settings, leaving quickly, and the page itself. */
import { Drawn, h } from "../dom.js";
import { button, icon } from "../parts.js";
import { say } from "../words/index.js";
import { ending, screenOf } from "../known.js";
import { unsent } from "../keep.js";
import { leaveQuickly } from "./leave.js";

/** @typedef {{page: string, client: import("../types").Client}} Shown */

/** @type {Record<string, string>} */
const PAGES = {
  landing: "hearth-landing", join: "hearth-join", lost: "hearth-lost", record: "hearth-record", rights: "hearth-rights", check: "hearth-check",
};
/** @type {Record<string, string>} */
const SCREENS = {
  connecting: "hearth-connecting", door: "hearth-door", lobby: "hearth-lobby",
  room: "hearth-room", out: "hearth-out", goodbye: "hearth-goodbye",
};

/** Not written out in the import, so that the server does not preload it for everybody. */
export const SETTINGS = "./hearth-settings.js";

/** What is behind the door is fetched on the way. @param {import("../types").Client} c */
function screenNow(c) {
  const screen = screenOf(c);
  return c.ready || screen === "door" || screen === "goodbye" ? screen : "connecting";
}

/** @extends {Drawn<Shown>} */
export class HearthFrame extends Drawn {
  #dialog = "";
  #screen = "";

  /** @param {string} dialog "help", "settings" or "" */
  show(dialog) {
    if (dialog === "settings") import(SETTINGS).catch(() => {}); // comes before it is wanted, unless somebody is very quick
    this.#dialog = dialog;
    this.redraw(undefined);
  }

  /** @override @param {Shown} s */
  view(s) {
    const screen = s.page === "session" ? screenNow(s.client) : s.page;
    const tag = s.page === "session" ? SCREENS[screen] : PAGES[screen];
    return [
      h("a", { class: "btn skip", href: "#main", onclick: (/** @type {Event} */ e) => { e.preventDefault(); this.#toMain(); } }, say("skip")),
      this.#bar(s, screen),
      s.page === "session" && screen !== "goodbye" ? h("hearth-link", { key: "link", state: s.client }) : null,
      h("main", { id: "main", tabindex: "-1", class: `main main-${screen}`, foreign: !tag },
        tag ? h(tag, { key: screen, state: s.client }) : null),
      h("hearth-help", { key: "help", state: { client: s.client, open: this.#dialog === "help" } }),
      h("hearth-settings", { key: "settings", state: { settings: s.client.settings, open: this.#dialog === "settings" } }),
    ];
  }

  /** @param {Shown} s @param {string} screen */
  #bar(s, screen) {
    const title = s.client.known.session?.title;
    return h("header", { class: "bar no-print" },
      h("div", { class: "bar-name" },
        h("span", { class: "bar-mark" }, icon("flame")),
        h("span", { class: "bar-word", translate: "no" }, say("name")),
        title && screen !== "goodbye" ? h("span", { class: "bar-title", dir: "auto" }, title) : null),
      h("nav", { class: "bar-acts", "aria-label": say("bar.label") },
        button([icon("help"), h("span", {}, say("bar.help"))], () => this.show("help"), { look: "bar-btn", "aria-label": say("bar.help_full"), "data-free": true }),
        button(icon("settings"), () => this.show("settings"), { look: "bar-btn bar-icon", "aria-label": say("bar.settings") }),
        button([icon("leave"), h("span", {}, say("bar.quick"))], leaveQuickly, { look: "bar-btn bar-quick", "data-free": true })));
  }

  /** @override @param {Shown} s @param {Shown | undefined} before */
  onDrawn(s, before) {
    const now = screenNow(s.client);
    const screen = s.page === "session" ? `${now} ${now === "goodbye" ? ending(s.client) : ""}` : s.page;
    if (before && screen !== this.#screen) this.#arrive();
    this.#screen = screen;
  }

  /** A new screen starts at its heading, if the focus went with the screen before; otherwise it stays where it is. */
  #arrive() {
    window.scrollTo(0, 0);
    if (!document.activeElement || document.activeElement === document.body) this.#toMain();
  }

  #toMain() {
    const heading = /** @type {HTMLElement | null} */ (this.querySelector("main h1"));
    if (heading) {
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
    } else /** @type {HTMLElement} */ (this.querySelector("main")).focus({ preventScroll: true });
  }

  /** @override */
  connectedCallback() {
    this.addEventListener("tell", (e) => {
      const d = /** @type {CustomEvent} */ (e).detail;
      if ("dialog" in d) this.show(d.dialog);
    });
    super.connectedCallback();
  }
}

/** The connection, said plainly. @extends {Drawn<import("../types").Client>} */
class HearthLink extends Drawn {
  /** @override @param {import("../types").Client} c */
  view(c) {
    const { link } = c;
    const lost = !!link.away;
    const text = link.blocked ? "link.blocked" : !link.had ? "link.never" : unsent(c) ? "link.lost_kept" : "link.lost";
    return h("div", { class: "link no-print", role: lost ? "region" : undefined, "aria-label": lost ? say("link.label") : undefined },
      lost ? h("p", { class: "link-lost" }, icon("lost"), h("span", {}, say(text)),
        button(say("link.try"), () => this.tell({ wake: true }), { look: "btn-small" }),
        link.blocked ? h("a", { class: "btn btn-small", href: "/check", target: "_blank", rel: "noopener" }, say("link.check")) : null) : null);
  }
}

customElements.define("hearth-link", HearthLink);
customElements.define("hearth-frame", HearthFrame);
