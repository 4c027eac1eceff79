/** The words of this session, while they are fresh, and calm lines about what happened. A log that is not live: announce.js speaks. */
import { Drawn, h } from "../dom.js";
import { unsettle } from "../guard.js";
import { button, ears } from "../parts.js";
import { name, say } from "../words/index.js";
import { nameOf } from "../known.js";
import { isSent } from "../state.js";

/** @typedef {import("../types").Client} Client */
/** @typedef {import("../types").Said} Said */

const NEAR_END = 60; // px from the end that still count as at the end

/** @extends {Drawn<Client>} */
class HearthWords extends Drawn {
  /** Names stay readable after somebody has left. @type {Map<string, string>} */
  #names = new Map();
  #below = false;
  #atEnd = true;
  #top = 0;
  #last = "";
  /** @type {ResizeObserver | null} */ #size = null;

  /** @override @param {Client} c */
  view(c) {
    for (const s of c.known.room?.seats || []) this.#names.set(s.seat, s.name);
    const said = c.known.words.filter((w) => w.kind === "share" || w.kind === "reply" || w.kind === "process");
    return [
      h("div", { class: "words-scroll", tabindex: "0", role: "log", "aria-live": "off", "aria-label": say("words.label"), onscroll: () => this.#scrolled() },
        this.#before(c, said),
        said.length + c.calm.length === 0 ? h("p", { class: "words-none soft" }, say("words.none")) : null,
        this.#all(c, said)),
      this.#below ? button(say("words.new"), () => this.#toEnd(), { look: "btn-small words-below" }) : null,
    ];
  }

  /** Words and lines in the order in which they came. @param {Client} c @param {Said[]} said */
  #all(c, said) {
    /** @type {import("../dom.js").Kid[]} */
    const out = [];
    let i = 0;
    said.forEach((w, n) => {
      for (; i < c.calm.length && c.calm[i].at < w.at; i++) out.push(line(c.calm[i]));
      out.push(this.#one(c, w, said[n - 1]));
    });
    return [...out, ...c.calm.slice(i).map(line)];
  }

  /** My own words that this page does not show any more. @param {Client} c @param {Said[]} said */
  #before(c, said) {
    const unseen = c.mine.filter((id) => !said.some((w) => w.id === id));
    if (!unseen.length) return null;
    return h("div", { key: "before", class: "said room-note words-mine" }, h("p", { class: "small" }, say("words.before")),
      button(say("words.back_all"), () => this.command({ do: "take-back-all" }), { look: "btn-small", busy: isSent(c, "take-back-all") }));
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
    const box = this.#box();
    if (!this.#size && typeof ResizeObserver === "function") {
      // What is asked of me takes room from the words: the newest stay in sight all the same.
      this.#size = new ResizeObserver(() => {
        unsettle(box);
        if (this.#atEnd) this.#toEnd();
      });
      this.#size.observe(box);
    }
    const words = c.known.words;
    const calm = c.calm.length ? c.calm[c.calm.length - 1].id : "";
    const last = `${words.length ? words[words.length - 1].id : ""} ${calm}`;
    if (last === this.#last) return;
    const first = !before || !this.#last;
    this.#last = last;
    if (first || this.#atEnd || (words.length && words[words.length - 1].seat === c.seat)) this.#toEnd();
    else if (!this.#below) {
      this.#below = true;
      this.redraw(c);
    }
  }

  #box() { return /** @type {HTMLElement} */ (this.querySelector(".words-scroll")); }

  #scrolled() {
    const box = this.#box();
    // Only going up leaves the end; a list that has become smaller is still at it.
    const up = box.scrollTop < this.#top;
    this.#top = box.scrollTop;
    if (box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END) this.#atEnd = true;
    else if (up) this.#atEnd = false;
    if (this.#below && this.#atEnd) {
      this.#below = false;
      this.redraw(this.state);
    }
  }

  #toEnd() {
    const box = this.#box();
    if (box.scrollHeight - box.scrollTop - box.clientHeight > 1) {
      box.scrollTop = box.scrollHeight;
      unsettle(box);
    }
    this.#scrolled();
  }

  disconnectedCallback() {
    this.#size?.disconnect();
    this.#size = null;
  }
}

/** @param {import("../types").Calm} c */
function line(c) { return h("p", { key: c.id, class: "words-calm soft small" }, c.text); }

customElements.define("hearth-words", HearthWords);
