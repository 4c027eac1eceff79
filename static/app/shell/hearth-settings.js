/** What a person may set for this window. */
import { Drawn, h } from "../dom.js";
import { closes, dialogBody, toggle } from "../parts.js";
import { say } from "../words/index.js";

/** @typedef {import("../types").Settings} Settings */

const CUES = "./cues.js";

/** @extends {Drawn<{settings: Settings, open: boolean}>} */
class HearthSettings extends Drawn {
  /** @override @param {{settings: Settings, open: boolean}} s */
  view({ settings }) {
    return h("dialog", { "aria-labelledby": "settings-title", ...closes(() => this.tell({ dialog: "" })) },
      dialogBody("settings-title", say("set.title"),
        h("p", { class: "soft" }, say("set.kept")),
        h("fieldset", {}, h("legend", {}, say("set.theme")),
          /** @type {const} */ (["auto", "light", "dark"]).map((theme) => h("label", { class: "choice", key: theme },
            h("input", { type: "radio", name: "theme", value: theme, checked: settings.theme === theme, onchange: () => this.#set({ theme }) }),
            say(`set.theme.${theme}`)))),
        this.#tick("set.cue", settings.cue, (cue) => this.#set({ cue }), "set.cue_hint"),
        this.#tick("set.leavekey", settings.leaveKey, (leaveKey) => this.#set({ leaveKey })),
        h("fieldset", {}, h("legend", {}, say("set.call")), h("p", { class: "hint" }, say("set.call_hint")),
          /** @type {const} */ (["title", "sound", "buzz", "notice"]).map((kind) =>
            this.#tick(`set.call_${kind}`, settings.call[kind], (on) => this.#call(kind, on))),
          this.#refused ? h("p", { role: "status", class: "small" }, say("set.call_refused")) : null,
          this.#tick("set.awake", settings.awake, (awake) => this.#set({ awake }))),
        h("fieldset", {}, h("legend", {}, say("set.say")),
          /** @type {const} */ (["turn", "queue", "room", "care", "comings"]).map((kind) =>
            this.#tick(`set.say_${kind}`, settings.say[kind], (on) => this.#set({ say: { ...settings.say, [kind]: on } }))),
          h("div", { class: "field" },
            h("label", { for: "say-words" }, say("set.say_words")),
            h("select", { id: "say-words", class: "input", value: settings.say.words, onchange: (/** @type {any} */ e) => this.#set({ say: { ...settings.say, words: e.target.value } }) },
              ["full", "count", "off"].map((v) => h("option", { value: v, key: v }, say(`set.say_words.${v}`))))))));
  }

  /** @param {string} key @param {boolean} on @param {(on: boolean) => void} set @param {string} [hint] */
  #tick(key, on, set, hint) {
    return h("label", { class: "choice", key },
      h("input", { type: "checkbox", checked: on, onchange: (/** @type {any} */ e) => set(e.target.checked) }),
      h("span", {}, say(key)), hint ? h("span", { class: "hint" }, say(hint)) : null);
  }

  /** @param {keyof Settings["call"]} kind @param {boolean} on */
  async #call(kind, on) {
    const { tone, mayNotify } = await import(CUES);
    if (on && kind === "sound") tone(); // to hear it once, and because browsers want a tap before the first
    this.#refused = on && kind === "notice" && !(await mayNotify());
    this.#set({ call: { ...this.state.settings.call, [kind]: on && !this.#refused } });
    this.redraw(undefined);
  }

  #refused = false;

  /** @param {Partial<Settings>} change */
  #set(change) { this.tell({ settings: change }); }

  /** @override @param {{settings: Settings, open: boolean}} s */
  onDrawn(s) { toggle(this, "dialog", s.open); }
}

customElements.define("hearth-settings", HearthSettings);
