/** The pages one sees before any room: the front page, an invitation, and no page. */
import { Drawn, h } from "../dom.js";
import { button, icon } from "../parts.js";
import { keepRoom } from "../hint.js";
import { tokenOf } from "./token.js";
import { say } from "../words/index.js";
import { flame } from "../room/flame.js";
import { ground, rights } from "../shell/hearth-help.js";

/** @typedef {import("../types").Client} Client */

/** @extends {Drawn<Client>} */
class HearthLanding extends Drawn {
  /** @override @param {Client} client */
  view(client) {
    return h("div", { class: "page front" },
      h("div", { class: "front-fire", "aria-hidden": "true" }, flame()),
      h("div", { class: "stack front-text" },
        h("h1", {}, say("landing.title")),
        h("p", { class: "lede" }, say("landing.lede")),
        h("ul", { class: "plain-list front-list" }, [1, 2, 3, 4].map((n) => h("li", {}, icon("leaf"), h("span", {}, say(`landing.how${n}`))))),
        h("section", { class: "card card-warm" }, h("h2", {}, say("landing.link")), h("p", {}, say("landing.link_text"))),
        h("p", { class: "soft small" }, say("landing.not"))),
      h("section", { class: "front-lines" }, h("hearth-helplines", { state: { lines: client.helplines, region: "", level: "h2" } })));
  }
}

/** @extends {Drawn<Client>} */
class HearthJoin extends Drawn {
  #state = "";
  /** @type {string | null} */ #token = "";

  /** @override */
  connectedCallback() {
    this.#token = tokenOf(location.hash.slice(1));
    if (navigator.cookieEnabled === false) this.#state = "cookies";
    super.connectedCallback();
    window.addEventListener("hashchange", () => { if (this.isConnected) { this.#token = tokenOf(location.hash.slice(1)); this.#set(""); } });
  }

  /** @override */
  view() {
    const none = this.#token === null ? "join.damaged" : "join.none";
    return h("div", { class: "page page-narrow" },
      h("div", { class: "front-fire", "aria-hidden": "true" }, flame()),
      h("div", { class: "card" },
        h("h1", {}, say("join.title")),
        !this.#token ? h("p", {}, say(none)) : [
          h("p", { class: "lede" }, say("join.lede")),
          h("p", {}, say("join.device")),
          button(say(this.#state === "wait" ? "join.wait" : "join.go"), () => this.#join(), { look: "btn-primary btn-big", busy: this.#state === "wait" }),
          h("p", { class: "soft small" }, say("join.cookie")),
        ],
        h("div", { role: "alert" }, this.#state && this.#state !== "wait" ? h("p", { class: "said said-warn" }, say(`join.${this.#state}`)) : null)));
  }

  async #join() {
    this.#set("wait");
    try {
      // The first answer only asks the browser to keep a cookie; the link is opened once it has shown that it does.
      let answer = await this.#ask();
      if (answer.status === 428) {
        await answer.text(); // an answer that nobody reads holds its connection
        answer = await this.#ask();
      }
      if (answer.ok) {
        const to = await answer.json();
        if (to.session) keepRoom(to.seat, to.session);
        // The token leaves the address before anything else is loaded.
        history.replaceState(null, "", to.kind === "organiser" ? "/o" : `/s/${encodeURIComponent(to.seat)}`);
        this.tell({ joined: true });
      } else this.#set({ 400: "damaged", 404: "bad", 428: "cookies", 429: "slow", 503: "busy" }[answer.status] || "failed");
    } catch { this.#set("failed"); }
  }

  #ask() {
    return fetch("/api/open", {
      method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ token: this.#token, kept: true }), cache: "no-store",
    });
  }

  /** @param {string} state */
  #set(state) {
    this.#state = state;
    this.redraw(undefined);
  }
}

/** @extends {Drawn<Client>} */
class HearthLost extends Drawn {
  /** @override */
  view() {
    return h("div", { class: "page page-narrow" },
      h("div", { class: "card" }, h("h1", {}, say("lost.title")), h("p", {}, say("lost.text"))));
  }
}

/** @extends {Drawn<Client>} */
class HearthConnecting extends Drawn {
  /** @override */
  view() {
    return h("div", { class: "page lobby" },
      h("div", { class: "card lobby-card" },
        h("div", { class: "front-fire", "aria-hidden": "true" }, flame()),
        h("h1", {}, say("connecting")), h("p", { class: "soft" }, say("connecting.slow"))));
  }
}

/** Rights and helplines, for whoever comes straight to them. @extends {Drawn<Client>} */
class HearthRights extends Drawn {
  /** @override @param {Client} client */
  view(client) {
    return h("div", { class: "page stack-wide" },
      h("h1", {}, say("help.title")),
      h("section", { class: "said said-warn stack-tight" }, h("h2", {}, say("help.now")), h("p", {}, say("help.now_text"))),
      h("hearth-helplines", { state: { lines: client.helplines, region: "", level: "h2" } }),
      rights(undefined, "h2"), ground("h2"));
  }
}

customElements.define("hearth-rights", HearthRights);
customElements.define("hearth-landing", HearthLanding);
customElements.define("hearth-join", HearthJoin);
customElements.define("hearth-lost", HearthLost);
customElements.define("hearth-connecting", HearthConnecting);
