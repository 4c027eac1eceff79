/** A page for people: whether this browser and this network let hearth through, and what helps if not. */
import { Drawn, h } from "../dom.js";
import { button } from "../parts.js";
import { say } from "../words/index.js";

/** @typedef {"wait" | "good" | "bad"} Found */

/** @extends {Drawn<import("../types").Client>} */
class HearthCheck extends Drawn {
  /** @type {Record<string, Found>} */ #found = { reach: "wait", socket: "wait", cookie: "wait" };

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    this.#look();
  }

  #look() {
    this.#found = { reach: "wait", socket: "wait", cookie: navigator.cookieEnabled === false ? "bad" : "good" };
    this.redraw(undefined);
    fetch("/healthz", { cache: "no-store" }).then((r) => r.ok, () => false).then((ok) => this.#is("reach", ok));
    // The address of no seat: the server opens the socket and closes it again, which is all that is asked here.
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/live/none`, "hearth.v1");
    socket.onopen = () => { this.#is("socket", true); };
    socket.onerror = () => { if (this.#found.socket === "wait") this.#is("socket", false); };
    setTimeout(() => { if (this.#found.socket === "wait") this.#is("socket", false); }, 10_000);
  }

  /** @param {string} what @param {boolean} good */
  #is(what, good) {
    this.#found = { ...this.#found, [what]: good ? "good" : "bad" };
    this.redraw(undefined);
  }

  /** @override */
  view() {
    const all = Object.entries(this.#found);
    const bad = all.filter(([, found]) => found === "bad");
    const waits = all.some(([, found]) => found === "wait");
    return h("div", { class: "page page-narrow" }, h("div", { class: "card" },
      h("h1", {}, say("check.title")), h("p", { class: "lede" }, say("check.lede")),
      h("div", { role: "status" }, h("ul", { class: "plain-list stack-tight" },
        all.map(([what, found]) => h("li", { key: what, class: `said ${found === "bad" ? "said-warn" : ""}` },
          h("p", {}, h("strong", {}, say(`check.${what}`)), " ", say(`check.${found}`)),
          found === "bad" ? h("p", { class: "small" }, say(`check.${what}_help`)) : null)))),
      waits ? null : h("p", {}, say(bad.length ? "check.some_bad" : "check.all_good")),
      h("div", {}, button(say("check.again"), () => this.#look(), { look: "btn-primary" }))));
  }
}

customElements.define("hearth-check", HearthCheck);
