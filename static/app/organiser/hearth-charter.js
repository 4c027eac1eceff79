/** The draft of a charter: twelve lines to write, and making them a version (practice §6). */
import { h } from "../dom.js";
import { button } from "../parts.js";
import { recall, remember } from "../place.js";
import { count, say } from "../words/index.js";
import { ask } from "./ask.js";
import { changes } from "./differ.js";
import { form, submit, write } from "./fields.js";
import { floorCard } from "./hearth-version.js";
import { Page } from "./page.js";

/** @typedef {import("./types").GroupPage} Data */
/** @typedef {import("./types").Line} Line */

/** The longest text of one line, in letters (package charter). */
const MOST = 600;
/** From here on, how many letters are left is shown. */
const NEAR = 80;

/** @extends {Page<Data>} */
class HearthOCharter extends Page {
  /** @type {Record<string, string> | null} */
  #words = null;
  /** The draft as it was read or saved last. @type {import("./types").Draft} */
  #draft = { lines: [], digest: "" };

  /** @override @param {Data} s */
  view(s) {
    if (!this.#words) this.#begin(s);
    const n = (s.versions[0]?.number || 0) + 1;
    const busy = this.busy !== "";
    return h("div", { class: "stack" },
      h("header", { class: "stack-tight" },
        h("h1", {}, say("org.charter.title")), h("p", { class: "soft" }, say(n === 1 ? "org.charter.lede_first" : "org.charter.lede"))),
      form(() => this.#save(), { class: "o-draft" },
        h("ol", { class: "plain-list o-lines" }, this.#draft.lines.map((l) => this.#line(l, s))),
        h("div", { class: "o-draft-side" },
          floorCard(s.floor),
          h("div", { key: "bar", class: "card o-bar" },
            h("p", { class: "small" }, this.#standing(s)),
            this.alert(), this.#changedMeanwhile(),
            h("div", { class: "btn-row" },
              submit(say("org.charter.save"), busy, "btn"),
              this.#isInForce(s) ? null : button(say("org.charter.adopt", { n }), () => this.#adopt(n), { look: "btn-primary", busy })),
            this.done()))),
      this.question());
  }

  /** @param {Data} s */
  #begin(s) {
    const kept = recall("draft", null);
    this.#draft = kept ? { ...s.draft, digest: kept.digest } : s.draft;
    this.#words = kept?.words || Object.fromEntries(s.draft.lines.map((l) => [l.principle, l.text]));
  }

  /** The twelve lines as they are typed. @returns {Line[]} */
  #lines() { return this.#draft.lines.map((l) => ({ ...l, text: this.#words?.[l.principle] ?? l.text })); }

  #isSaved() { return this.#draft.lines.every((l) => l.text === this.#words?.[l.principle]); }

  /** @param {Data} s */
  #isInForce(s) {
    const now = s.versions[0]?.text.lines;
    return Boolean(now) && this.#lines().every((l, i) => l.text === now[i].text);
  }

  /** @param {Data} s */
  #standing(s) {
    if (!this.#isSaved()) return say("org.charter.unsaved");
    return this.#isInForce(s) ? say("org.charter.same", { n: s.versions[0].number }) : say("org.charter.saved_all");
  }

  /** @param {Line} line @param {Data} s */
  #line(line, s) {
    const text = this.#words?.[line.principle] ?? "";
    const id = `line-${line.principle}`;
    const left = MOST - [...text].length;
    const now = s.versions[0]?.text.lines.find((l) => l.principle === line.principle)?.text;
    const differs = now !== undefined && now !== text;
    return h("li", { key: line.principle, class: "o-line" },
      write({
        id, label: line.title, head: "h2", tag: "textarea", rows: 3, error: this.errors[line.principle], value: text, required: true,
        set: (words) => this.#typed(line.principle, words),
      }),
      left < NEAR ? h("p", { key: "left", class: "small soft" }, left < 0 ? count("org.charter.over", -left) : count("org.charter.left", left)) : null,
      differs ? h("details", { key: "was", class: "o-fold" }, h("summary", {}, say("org.charter.was", { n: s.versions[0].number })),
        h("p", { class: "small", dir: "auto" }, now)) : null);
  }

  /** @param {string} principle @param {string} words */
  #typed(principle, words) {
    this.#words = { ...this.#words, [principle]: words };
    this.said = "";
    remember("draft", { words: this.#words, digest: this.#draft.digest });
    this.again();
  }

  async #save() {
    const wrong = Object.fromEntries(this.#lines().filter((l) => !l.text.trim()).map((l) => [l.principle, say("org.charter.empty", { title: l.title })]));
    if (!this.checked(wrong)) return false;
    return this.attempt("save", async () => {
      await this.#send(this.#draft.digest);
      this.said = say("org.charter.saved");
    });
  }

  /** @param {string} digest of the draft that is replaced */
  async #send(digest) {
    const lines = this.#lines().map(({ principle, text }) => ({ principle, text }));
    this.#take(await ask("PUT", `groups/${this.state.group.id}/draft`, { lines, digest }));
  }

  /** @param {import("./types").Draft} draft */
  #take(draft) {
    this.#draft = draft;
    this.#words = Object.fromEntries(draft.lines.map((l) => [l.principle, l.text]));
    remember("draft");
  }

  /** Somebody else saved meanwhile: whose words stay is the organiser's choice. */
  #changedMeanwhile() {
    if (this.problem?.code !== "draft-changed" || this.asking) return null;
    const theirs = async () => (await ask("GET", `groups/${this.state.group.id}`)).draft;
    return h("div", { key: "meanwhile", class: "btn-row" },
      button(say("org.charter.mine"), () => this.attempt("save", async () => {
        await this.#send((await theirs()).digest);
        this.said = say("org.charter.saved");
      }), { look: "btn-small" }),
      button(say("org.charter.theirs"), () => this.attempt("save", async () => {
        this.#take(await theirs());
        this.said = say("org.charter.taken");
      }), { look: "btn-small" }));
  }

  /** @param {number} n the number of the version to be */
  async #adopt(n) {
    if (!this.#isSaved() && !(await this.#save())) return;
    const { group, versions } = this.state;
    const before = versions[0]?.text.lines;
    this.askFirst({
      title: say("org.adopt.title", { n }), yes: say("org.adopt.yes", { n }),
      body: [
        h("ul", { class: "stack-tight" }, ["never", n === 1 ? "asked_first" : "asked", "next"].map((key) => h("li", { key }, say(`org.adopt.${key}`, { n: n + 1 })))),
        before ? [h("h3", {}, say("org.adopt.what")), changes(before, this.#lines(), "h4")] : null,
      ],
      act: async () => {
        await ask("POST", `groups/${group.id}/adopt`, { digest: this.#draft.digest });
        this.go({ to: `/o/groups/${group.id}`, flash: say("org.adopt.done", { n }) });
      },
    });
  }
}

customElements.define("hearth-o-charter", HearthOCharter);
