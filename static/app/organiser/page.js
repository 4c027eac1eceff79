/** What the organiser's pages share: trying an act, saying what went wrong and where, and asking before what cannot be undone. */
import { Drawn, h } from "../dom.js";
import { button, closes, closest, dialogBody, shut, toggle } from "../parts.js";
import { say } from "../words/index.js";
import { Refused } from "./ask.js";

/** @typedef {import("../dom.js").Kid} Kid */
/** @typedef {import("./types").Going} Going */
/** @typedef {import("./types").Question} Question */

/**
 * One page. Fields keep what was typed, whatever the server answers.
 * @template S
 * @extends {Drawn<S>}
 */
export class Page extends Drawn {
  /** The act that is under way; "" for none. */
  busy = "";
  /** What the last act was refused with. @type {Refused | null} */
  problem = null;
  /** What is wrong, by field. @type {Record<string, string>} */
  errors = {};
  /** What was just done. */
  said = "";
  /** @type {Question | null} */
  asking = null;

  /** Codes of refusals that are shown at a field of the same name. @returns {string[]} */
  get fields() { return []; }

  /** Draws again, from the same state. */
  again() { if (this.isConnected) this.redraw(undefined); }

  /** @param {Going} going */
  go(going) { this.dispatchEvent(new CustomEvent("go", { bubbles: true, detail: going })); }

  /**
   * Tries an act; a refusal is shown where it belongs.
   * @param {string} what @param {() => Promise<void>} act @returns {Promise<boolean>} whether it worked
   */
  async attempt(what, act) {
    if (this.busy) return false;
    this.busy = what;
    this.problem = null;
    this.errors = {};
    this.said = "";
    this.again();
    try {
      await act();
      return true;
    } catch (e) {
      if (!(e instanceof Refused)) throw e;
      this.#refused(e);
      return false;
    } finally {
      this.busy = "";
      this.again();
      if (this.problem) this.toError();
    }
  }

  /** @param {Refused} refused */
  #refused(refused) {
    this.problem = refused;
    const field = refused.principle || (this.fields.includes(refused.code) ? refused.code : "");
    if (field) this.errors = { [field]: refused.say };
    if (refused.code === "organiser-only") this.go({ stranger: true });
  }

  /** Says what a look at the fields found, before anything is sent. @param {Record<string, string>} errors @returns {boolean} whether all is well */
  checked(errors) {
    this.errors = errors;
    this.problem = null;
    this.again();
    this.toError();
    return !Object.keys(errors).length;
  }

  /** Puts the focus where something is wrong. */
  toError() {
    const wrong = /** @type {HTMLElement | null} */ (this.querySelector('[aria-invalid="true"]'));
    (/** @type {HTMLElement | null} */ (wrong?.matches("fieldset") ? wrong.querySelector("input") : wrong))?.focus();
  }

  /** @param {string} selector */
  focusOn(selector) { /** @type {HTMLElement | null} */ (this.querySelector(selector))?.focus(); }

  /** What went wrong, when it belongs to no field. @param {boolean} [inDialog] */
  alert(inDialog = false) {
    const shown = this.problem && !Object.keys(this.errors).length && Boolean(this.asking) === inDialog;
    return h("div", { role: "alert", key: "alert" }, shown ? h("p", { class: "error" }, this.problem?.say) : null);
  }

  /** What was just done, for eyes and ears. */
  done() { return h("div", { role: "status", key: "done" }, this.said ? h("p", { class: "said small" }, this.said) : null); }

  /** @param {Question} question */
  askFirst(question) {
    this.asking = question;
    this.problem = null;
    this.said = "";
    this.again();
  }

  /** The dialog for askFirst; every page that asks draws it. */
  question() {
    const q = this.asking;
    return h("dialog", { key: "sure", "data-of": this.localName, "aria-labelledby": "sure-title", ...closes(() => this.#closed()), oninput: (/** @type {any} */ e) => { e.target.dataset.typed = "true"; } },
      q ? [
        dialogBody("sure-title", q.title, typeof q.body === "function" ? q.body() : q.body, this.alert(true)),
        h("div", { class: "dialog-foot" },
          button(say("org.cancel"), (e) => shut(closest(e))),
          button(q.yes, () => this.#yes(q), { look: `btn-primary ${q.look || ""}`, busy: this.busy === "sure" })),
      ] : null);
  }

  #closed() {
    this.asking = null;
    this.problem = null;
    this.again();
  }

  /** @param {Question} q */
  async #yes(q) {
    if (!(await this.attempt("sure", q.act))) return;
    this.asking = null;
    this.again();
    q.after?.();
  }

  /** @override */
  onDrawn() { toggle(this, `dialog[data-of="${this.localName}"]`, Boolean(this.asking)); }
}
