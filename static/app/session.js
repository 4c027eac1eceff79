/** One seat in this tab: what is known, what was sent, and the way to the server. */
import { Connection } from "./connection.js";
import { Announcer, sentences } from "./announce.js";
import { apply, forget, giveBack, sayAgain, screenOf } from "./state.js";
import { keepRoom, withRoom } from "./hint.js";
import { knows, say } from "./words/index.js";

/** @typedef {import("./types").Client} Client */
/** @typedef {import("./types").Frame} Frame */
/** @typedef {import("./types").Command} Command */

/**
 * Opens the seat and keeps it.
 * @param {string} seat
 * @param {{get: () => Client, set: (change: Partial<Client>) => void}} store
 * @param {{polite: (text: string) => void, assertive: (text: string) => void}} voice
 */
export function openSeat(seat, store, voice) {
  const after = (/** @type {() => void} */ fn, /** @type {number} */ ms) => setTimeout(fn, ms);
  const announcer = new Announcer({ now: Date.now, after, ...voice });
  let lost = false;
  const url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/live/${encodeURIComponent(seat)}`;
  const mark = (/** @type {string} */ id) => store.get().sent.map((s) => (s.id === id ? { ...s, unsaved: true } : s));
  const connection = new Connection({
    open: () => new WebSocket(withRoom(url, seat), "hearth.v1"),
    now: Date.now, after, cancel: (timer) => clearTimeout(timer), random: Math.random, uuid,
    onFrame: (frame, same) => {
      const before = store.get().known;
      if (frame.session) keepRoom(seat, frame.session.id);
      store.set(received(store.get(), frame, same, announcer));
      const again = frame.t === "hello" ? sayAgain(before, store.get().known) : null;
      if (again) connection.send(again);
    },
    onAnswer: (id, answer, command) => store.set(answered(store.get(), id, answer, command)),
    onUnsaved: (id) => store.set({ sent: mark(id) }),
    onLink: (link) => {
      if (link.status === "lost" && !lost) announcer.say([{ kind: "link", text: say("spoken.lost"), on: true }]);
      if (link.status === "open" && lost) announcer.say([{ kind: "link", text: say("spoken.found"), on: false }]);
      if (link.status !== "connecting") lost = link.status === "lost";
      /** @type {Partial<Client>} */
      const change = { link };
      if (link.status === "over") {
        change.gone = { code: link.code || 0 };
        change.known = forget(store.get().known);
        change.draft = "";
        change.drafts = {};
      }
      store.set(change);
    },
  });
  connection.start();
  window.addEventListener("online", () => connection.wake());
  document.addEventListener("visibilitychange", () => { if (!document.hidden) connection.wake(); });
  window.addEventListener("hearth-quick", () => connection.stop());
  return {
    /** @param {Command} command */
    send(command) {
      const id = connection.send(command);
      const c = store.get();
      store.set({ sent: [...c.sent, { id, verb: command.do, key: keyOf(command, seat) }], refused: null });
    },
    wake: () => connection.wake(),
  };
}

/** Tells several commands of one verb apart: the person or the words that it is about. @param {Command} c @param {string} mine */
function keyOf(c, mine) {
  if (c.do === "line") return c.to || mine;
  return c.words || c.seat || "";
}

/** @param {Client} c @param {Frame} frame @param {boolean} same @param {Announcer} announcer @returns {Partial<Client>} */
function received(c, frame, same, announcer) {
  const known = apply(c.known, frame, { same });
  /** @type {Partial<Client>} */
  const change = { known };
  if (frame.now) change.skew = frame.now - Date.now();
  for (const on of Array.isArray(frame.on) ? frame.on : []) if (on.kind === "remind" && on.principle) change.remind = on.principle;
  if (frame.set && "phase" in frame.set) change.remind = "";
  announcer.say(sentences(frame, c.known, known, c.settings.say));
  if (screenOf({ ...c, known }) === "goodbye") { change.draft = ""; change.drafts = {}; }
  return change;
}

/** @param {Client} c @param {string} id @param {Frame} answer @param {Command} command @returns {Partial<Client>} */
function answered(c, id, answer, command) {
  /** @type {Partial<Client>} */
  const change = { sent: c.sent.filter((s) => s.id !== id) };
  if (answer.t === "no") {
    const code = answer.code || "";
    const text = code === "unavailable" && command.text ? "no.unavailable_words" : `no.${code}`;
    change.refused = { code, verb: command.do, n: (c.refused?.n || 0) + 1, say: knows(text) ? say(text) : answer.say || say("no.unavailable") };
    return { ...change, ...giveBack(c, command) };
  }
  if (c.refused?.code === "unavailable" && c.refused.verb === command.do) change.refused = null; // it was saved after all
  // The words are out: the draft has done its work, unless it was changed meanwhile.
  if (command.do === "share" && c.draft.trim() === command.text) change.draft = "";
  if (command.do === "line" || command.do === "process" || command.do === "nudge") {
    change.drafts = Object.fromEntries(Object.entries(c.drafts).filter(([, text]) => text.trim() !== command.text));
  }
  return change;
}

/** A random UUID; browsers of the floor have no randomUUID. */
function uuid() {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 15) | 64;
  b[8] = (b[8] & 63) | 128;
  const x = Array.from(b, (n) => n.toString(16).padStart(2, "0")).join("");
  return `${x.slice(0, 8)}-${x.slice(8, 12)}-${x.slice(12, 16)}-${x.slice(16, 20)}-${x.slice(20)}`;
}
