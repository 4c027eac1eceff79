/** The organiser's part of the house: one page at a time, with addresses that can be gone back to. */
import { Drawn, h } from "../dom.js";
import { button, icon } from "../parts.js";
import { knows, say } from "../words/index.js";
import { Refused } from "./ask.js";
import { find } from "./routes.js";

/** @typedef {import("./routes.js").Place} Place */
/** @typedef {import("./types").Going} Going */
/** @typedef {{place: Place | null, refused: Refused | null, opening: boolean, flash: string, path: string}} At */

/** @extends {Drawn<At>} */
class HearthOrganiser extends Drawn {
  /** Counts arrivals, so that an answer that comes too late shows nothing. */
  #trip = 0;
  #title = "";

  /** @override */
  connectedCallback() {
    this.addEventListener("click", (e) => this.#clicked(e));
    this.addEventListener("go", (e) => this.#going(/** @type {CustomEvent} */ (e).detail));
    window.addEventListener("popstate", () => this.#came());
    window.addEventListener("beforeunload", (e) => {
      if (document.querySelector("dialog[open] [data-typed]") && !this.#left()) e.preventDefault();
    });
    this.#keepTitle();
    this.state = { place: null, refused: null, opening: true, flash: "", path: "" };
    super.connectedCallback();
    this.#show("");
  }

  /** Other parts of the page name the window, too: here it is called as the page is. */
  #keepTitle() {
    const title = document.querySelector("title");
    if (!title) return;
    new MutationObserver(() => {
      if (this.#title && document.title !== this.#title && !this.#left()) document.title = this.#title;
    }).observe(title, { childList: true });
  }

  /** Left quickly. */
  #left() { return document.documentElement.classList.contains("blank"); }

  #came() {
    if (location.pathname === "/o" || location.pathname.startsWith("/o/")) this.#show("");
    else location.reload();
  }

  /** @param {Event} event */
  #clicked(event) {
    const e = /** @type {MouseEvent} */ (event);
    const link = /** @type {HTMLAnchorElement | null} */ (/** @type {Element} */ (e.target).closest("a[href]"));
    if (!link || link.origin !== location.origin || !link.pathname.startsWith("/o") || link.target || link.hash) return;
    if (e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
    e.preventDefault();
    this.#going({ to: link.pathname });
  }

  /** @param {Going} going */
  #going({ to, flash = "", again, stranger }) {
    if (stranger) this.#arrive({ place: null, refused: new Refused("organiser-only") });
    else if (again) this.#refresh();
    else if (to) {
      if (to !== location.pathname) history.pushState(null, "", to);
      this.#show(flash);
    }
  }

  /** @param {string} flash */
  async #show(flash) {
    const trip = ++this.#trip;
    this.state = { ...this.state, opening: true, flash: "" };
    try {
      const place = await find(location.pathname);
      if (trip === this.#trip) this.#arrive({ place, refused: null, flash });
    } catch (e) {
      if (!(e instanceof Refused)) throw e;
      if (trip === this.#trip) this.#arrive({ place: null, refused: e });
    }
  }

  /** @param {Partial<At>} at */
  #arrive(at) {
    this.#trip++;
    this.state = { ...this.state, flash: "", ...at, opening: false, path: location.pathname };
    const name = this.state.place?.title || say("org.refused.title");
    this.#title = `${name} · ${say("name")}`;
    document.title = this.#title;
    window.scrollTo(0, 0);
    const heading = /** @type {HTMLElement | null} */ (this.querySelector("h1"));
    if (!heading || this.closest("body")?.querySelector("dialog[open]")) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }

  /** The same page with newer facts; focus and fields stay. */
  async #refresh() {
    const trip = this.#trip;
    try {
      const place = await find(location.pathname);
      if (trip === this.#trip) this.state = { ...this.state, place };
    } catch (e) {
      if (!(e instanceof Refused)) throw e;
      if (trip === this.#trip && e.code === "organiser-only") this.#arrive({ place: null, refused: e });
    }
  }

  /** @override @param {At} s */
  view(s) {
    return h("div", { class: `page o-page${s.place?.wide ? " o-wide" : ""}`, "aria-busy": s.opening ? "true" : undefined },
      s.place?.crumbs.length ? h("nav", { key: "crumbs", class: "o-crumbs no-print", "aria-label": say("org.crumbs") },
        h("ol", { class: "plain-list" }, s.place.crumbs.map(([to, label]) =>
          h("li", { key: to }, h("a", { href: to, dir: "auto" }, knows(label) ? say(label) : label))))) : null,
      h("div", { key: "flash", role: "status", class: "o-flash no-print" },
        s.opening ? h("p", { class: "o-opening soft" }, say("org.opening")) : s.flash ? h("p", { class: "said" }, s.flash) : null),
      s.refused ? this.#no(s.refused) : null,
      s.place ? h(s.place.tag, { key: `${s.place.tag} ${s.path}`, state: s.place.data }) : null);
  }

  /** @param {Refused} refused */
  #no(refused) {
    const stranger = refused.code === "organiser-only";
    const missing = refused.code === "not-found";
    return h("section", { key: "no", class: "card o-no" },
      h("span", { class: "o-no-mark" }, icon(stranger ? "door" : missing ? "leaf" : "lost")),
      h("h1", {}, say(stranger ? "org.stranger.title" : missing ? "org.missing.title" : "org.refused.title")),
      h("p", {}, stranger ? say("org.stranger.text") : refused.say),
      stranger ? h("p", { class: "soft" }, say("org.stranger.lost")) : h("div", { class: "btn-row" },
        missing ? null : button(say("org.again"), () => this.#show(""), { look: "btn-primary" }),
        h("a", { class: "btn", href: "/o" }, say("org.to_groups"))));
  }
}

customElements.define("hearth-organiser", HearthOrganiser);
