/** The words of this session, while they are fresh. A log that is not live: announce.js speaks. */
import { Drawn, h } from "../dom.js";
import { button, ears } from "../parts.js";
import { name, say } from "../words/index.js";
import { isSent, nameOf } from "../state.js";

/** @typedef {import("../types").Client} Client */
/** @typedef {import("../types").Said} Said */

/** @extends {Drawn<Client>} */
class HearthWords extends Drawn {
  /** Names stay readable after somebody has left. @type {Map<string, string>} */
  #names = new Map();
  #below = false;
  #last = "";

  /** @override @param {Client} c */
  view(c) {
    for (const s of c.known.room?.seats || []) this.#names.set(s.seat, s.name);
    const said = c.known.words.filter((w) => w.kind === "share" || w.kind === "reply" || w.kind === "process");
    return [
      h("div", { class: "words-scroll", tabindex: "0", role: "log", "aria-live": "off", "aria-label": say("words.label"), onscroll: () => this.#scrolled() },
        said.length === 0 ? h("p", { class: "words-none soft" }, say("words.none")) : null,
        said.map((w, i) => this.#one(c, w, said[i - 1]))),
      this.#below ? button(say("words.new"), () => this.#toEnd(), { look: "btn-small words-below" }) : null,
    ];
  }

  /** @param {Client} c @param {Said} w @param {Said | undefined} before */
  #one(c, w, before) {
    const mine = w.seat === c.seat;
    const follows = before && before.seat === w.seat && before.kind === w.kind;
    const who = nameOf(c.known, w.seat) || this.#names.get(w.seat) || "";
    return h("article", { key: w.id, class: `word word-${w.kind} ${mine ? "word-mine" : ""} ${follows ? "word-follows" : ""}` },
      h("header", { class: follows ? "sr" : "word-head" },
        h("span", { class: "word-who" }, who ? name(who) : say("words.gone"), mine ? ears(` (${say("words.mine")})`) : null),
        w.kind === "share" ? null : h("span", { class: `tag ${w.kind === "process" ? "tag-moss" : ""}` }, say(`words.${w.kind}`))),
      h("p", { class: "word-text", dir: "auto" }, w.text),
      mine && w.kind !== "process" ? button(say("words.back"), () => this.command({ do: "take-back", words: w.id }),
        { look: "btn-plain btn-small word-back", "aria-label": say("words.back_label"), busy: isSent(c, "take-back", w.id) }) : null);
  }

  /** @override @param {Client} c @param {Client | undefined} before */
  onDrawn(c, before) {
    const words = c.known.words;
    const last = words.length ? words[words.length - 1].id : "";
    if (last === this.#last) return;
    const first = !before || !this.#last;
    this.#last = last;
    const box = this.#box();
    const near = first || box.scrollHeight - box.scrollTop - box.clientHeight < 240;
    if (near || words[words.length - 1]?.seat === c.seat) this.#toEnd();
    else if (!this.#below) {
      this.#below = true;
      this.redraw(c);
    }
  }

  #box() { return /** @type {HTMLElement} */ (this.querySelector(".words-scroll")); }

  #scrolled() {
    const box = this.#box();
    if (this.#below && box.scrollHeight - box.scrollTop - box.clientHeight < 40) {
      this.#below = false;
      this.redraw(this.state);
    }
  }

  #toEnd() {
    const box = this.#box();
    box.scrollTop = box.scrollHeight;
    this.#scrolled();
  }
}

customElements.define("hearth-words", HearthWords);
