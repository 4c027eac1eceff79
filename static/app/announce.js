/**
 * What a screen reader is told. The list of words is not live; one polite
 * region gets plain sentences, a second or more apart, and one assertive region
 * says "your turn". A busy room is told in fewer sentences, never in more than
 * twenty a minute (walls §4).
 */
import { list } from "./intl.js";
import { count, say } from "./words/index.js";
import { lineOf, nameOf } from "./known.js";

/** @typedef {import("./types").Frame} Frame */
/** @typedef {import("./types").Known} Known */
/** @typedef {{kind: string, text: string, now?: boolean, on?: boolean}} Sentence on: of a state, whether it is so now */

export const BETWEEN = 1000; // ms from one sentence to the next
export const PER_MINUTE = 20;

/** Which setting each kind of sentence obeys. @type {Record<string, "turn" | "queue" | "room" | "comings" | "care">} */
const KIND = {
  offer: "turn", cue: "turn", greeted: "turn", notice: "care",
  floor: "queue", "floor-free": "queue", moment: "queue", replies: "queue", "over-time": "queue", "rounds-asked": "queue",
  format: "room", "format-ended": "room", phase: "room", door: "room", "carry-on": "room", held: "room", "lead-changed": "room",
  remind: "care", paused: "care", removed: "care", "words-hidden": "care", "break-asked": "care", waiting: "care",
  entered: "comings", left: "comings", "stepped-out": "comings", back: "comings", reconnecting: "comings", reconnected: "comings", renamed: "comings",
};

/**
 * Where each of these is seen by those who do not hear it: as a "line" in the
 * room, in the same words; or in the circle, the heading, a card, the tools.
 * @type {Record<string, "line" | "circle" | "head" | "card" | "tools">}
 */
export const SEEN = {
  offer: "card", cue: "card", greeted: "card", notice: "card", held: "card", paused: "card", remind: "card",
  floor: "circle", "floor-free": "circle", moment: "circle", replies: "circle", entered: "circle", left: "circle", "stepped-out": "circle",
  back: "circle", reconnecting: "circle", reconnected: "circle", renamed: "circle",
  "over-time": "tools", "rounds-asked": "tools", "break-asked": "tools", waiting: "tools",
  format: "head", "format-ended": "head", phase: "head",
  removed: "line", "words-hidden": "line", "lead-changed": "line", "carry-on": "line", door: "line",
};

/** The lines that one frame leaves in the room, for everybody. @param {Frame} f @param {Known} before @param {Known} after @param {number} at server time @returns {import("./types").Calm[]} */
export function calm(f, before, after, at) {
  if (f.t !== "set" || !Array.isArray(f.on)) return [];
  return f.on.filter((on) => SEEN[on.kind] === "line").map((on, i) => ({ id: `calm ${f.seq} ${i}`, text: happened(on, before, after), at })).filter((line) => line.text);
}

/**
 * The sentences one frame gives.
 * @param {Frame} f @param {Known} before @param {Known} after @param {import("./types").Settings["say"]} wants
 * @returns {Sentence[]}
 */
export function sentences(f, before, after, wants) {
  if (before.apart !== after.apart) return wants.room ? [{ kind: "apart", text: say(after.apart ? "spoken.apart" : "spoken.whole"), on: after.apart }] : [];
  if (f.t === "words") return spoken(f, after, wants);
  if (f.t !== "set") return [];
  /** @type {Sentence[]} */
  const out = [];
  for (const on of Array.isArray(f.on) ? f.on : []) {
    const kind = KIND[on.kind];
    if (!kind || !wants[kind]) continue;
    if (on.seat && on.seat === after.me?.you.seat && kind === "comings") continue;
    const text = happened(on, before, after);
    if (text) out.push({ kind, text, now: on.kind === "offer" });
  }
  if (wants.queue && f.to === "room" && f.set && "next" in f.set) {
    const names = (after.room?.next || []).slice(0, 2).map((s) => nameOf(after, s)).filter(Boolean);
    if (names.length) out.push({ kind: "next", text: say("spoken.next", { names: list(names) }) });
  }
  return out;
}

/** @param {Frame} f @param {Known} after @param {import("./types").Settings["say"]} wants @returns {Sentence[]} */
function spoken(f, after, wants) {
  const mine = f.seat === after.me?.you.seat;
  if (mine && f.kind !== "nudge") return [];
  const name = nameOf(after, f.seat);
  if (f.kind === "nudge") return f.to !== "me" ? [] : [{ kind: "line", text: say("spoken.nudge", { text: f.text }) }];
  if (f.kind === "line") return [{ kind: "line", text: say(name ? "spoken.line" : "spoken.line_nobody", { name, text: f.text }) }];
  if (wants.words === "off") return [];
  if (wants.words === "count") return [{ kind: "words", text: "" }];
  const key = f.kind === "reply" ? "spoken.reply" : f.kind === "process" ? "spoken.process" : "spoken.words.one";
  return [{ kind: "words", text: say(key, { name, text: f.text }) }];
}

/** @param {import("./types").Happening} on @param {Known} before @param {Known} after */
function happened(on, before, after) {
  const name = on.name || nameOf(after, on.seat) || nameOf(before, on.seat);
  switch (on.kind) {
    case "floor": return on.seat === after.me?.you.seat ? say("spoken.floor_you") : say("spoken.floor", { name });
    case "moment": case "replies": return on.seat === after.me?.you.seat ? "" : say(`spoken.${on.kind}`, { name });
    case "cue": return on.value ? say(`spoken.cue.${on.value}`) : "";
    case "format": return say("spoken.format", { format: say(`format.${on.value}`), text: say(`format.${on.value}.text`) });
    case "phase": return say("spoken.phase", { phase: say(`phase.${on.value}`) });
    case "door": return on.value ? say(`spoken.door.${on.value}`) : "";
    case "held": return say(after.room?.held?.why === "restart" ? "spoken.restart" : "spoken.held");
    case "remind": {
      const line = lineOf(after, on.principle);
      return line ? say("spoken.remind", { title: line.title, text: line.text }) : "";
    }
    case "lead-changed": {
      const was = nameOf(after, on.was) || nameOf(before, on.was);
      return was ? say("spoken.lead-changed", { was, name }) : say("spoken.lead-changed_new", { name });
    }
    default: return say(`spoken.${on.kind}`, { name });
  }
}

/** Says sentences at a calm pace. */
export class Announcer {
  /** @type {Sentence[]} */ #queue = [];
  /** @type {any} */ #timer = null;
  /** @type {number[]} */ #times = [];
  /** Of each state, what was said last. @type {Record<string, boolean>} */ #told = {};

  /**
   * @param {{now: () => number, after: (fn: () => void, ms: number) => any, polite: (text: string) => void, assertive: (text: string) => void}} out
   */
  constructor(out) { this.out = out; }

  /** @param {Sentence[]} all */
  say(all) {
    for (const s of all) {
      if (s.now) {
        this.out.assertive(s.text);
        this.#times.push(this.out.now());
      } else {
        // Only the newest order of turns is worth hearing, and of a state how it is now.
        if (s.kind === "next" || s.on !== undefined) this.#queue = this.#queue.filter((q) => q.kind !== s.kind);
        this.#queue.push(s);
      }
    }
    this.#plan();
  }

  /** Takes back what is still to be said, and what stands there. @param {"" | "now"} [which] "now": only what was said at once */
  clear(which = "") {
    this.out.assertive("");
    if (which) return;
    this.#queue = [];
    this.out.polite("");
  }

  #plan() {
    if (this.#timer !== null || !this.#queue.length) return;
    const now = this.out.now();
    this.#times = this.#times.filter((t) => now - t < 60_000);
    const last = this.#times.length ? this.#times[this.#times.length - 1] : -BETWEEN;
    let wait = Math.max(0, last + BETWEEN - now);
    // Nearly at the limit: wait for room, and say more in one sentence.
    if (this.#times.length >= PER_MINUTE - 2) wait = Math.max(wait, this.#times[0] + 60_000 - now);
    // A short wait even when all is calm, so that what happens together is said together.
    this.#timer = this.out.after(() => { this.#timer = null; this.#flush(); }, Math.max(wait, 250));
  }

  #flush() {
    // What was said of a state already is not said twice, and a moment's change not at all.
    const batch = this.#queue.splice(0).filter((s) => s.on === undefined || s.on !== !!this.#told[s.kind]);
    for (const s of batch) if (s.on !== undefined) this.#told[s.kind] = s.on;
    const words = batch.filter((s) => s.kind === "words");
    const parts = batch.filter((s) => s.kind !== "words").map((s) => s.text);
    if (words.length === 1 && words[0].text) parts.push(words[0].text);
    else if (words.length) parts.push(count("spoken.count", words.length));
    // Long after a burst only the latest of each is still true.
    const text = (parts.length > 6 ? parts.slice(-6) : parts).join(" ");
    if (!text) return;
    this.#times.push(this.out.now());
    this.out.polite(text);
    this.#plan();
  }
}
