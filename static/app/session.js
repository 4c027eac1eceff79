/** One seat in this tab: what is known, what was sent, and the way to the server. */
import { Connection } from "./connection.js";
import { Announcer, calm, sentences } from "./announce.js";
import { screenOf } from "./known.js";
import { apply, draftOf, forget, giveBack, mineOf, sayAgain } from "./state.js";
import { keepRoom, withRoom } from "./hint.js";
import { keep, kept, wellFormed } from "./keep.js";
import { hearTime, serverNow } from "./time.js";
import { wakes } from "./wake.js";
import { knows, say } from "./words/index.js";

/** @typedef {import("./types").Client} Client */
/** @typedef {import("./types").Frame} Frame */
/** @typedef {import("./types").Command} Command */
/** @typedef {{get: () => Client, set: (change: Partial<Client>) => void}} Store */

const now = () => performance.now();
const after = (/** @type {() => void} */ fn, /** @type {number} */ ms) => setTimeout(fn, ms);

/**
 * Opens the seat and keeps it.
 * @param {string} seat
 * @param {Store} store
 * @param {{polite: (text: string) => void, assertive: (text: string) => void}} voice
 * @param {(frame: Frame) => void} call hears what may call somebody who is not looking
 */
export function openSeat(seat, store, voice, call) {
  const announcer = new Announcer({ now, after, ...voice });
  const url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/live/${encodeURIComponent(seat)}`;
  const mark = (/** @type {string} */ id) => store.get().sent.map((s) => (s.id === id ? { ...s, unsaved: true } : s));
  const before = kept(seat);
  store.set({ draft: before.draft, drafts: before.drafts, mine: before.mine });
  let epoch = before.epoch;
  const connection = new Connection({
    open: () => new WebSocket(withRoom(url, seat), "hearth.v1"),
    now, after, cancel: (timer) => clearTimeout(timer), random: Math.random, uuid,
    onTime: hearTime,
    onFrame: (frame, same) => {
      const known = store.get().known;
      if (frame.session) keepRoom(seat, frame.session.id);
      if (frame.t === "hello") {
        if (frame.epoch !== epoch) store.set({ mine: [], calm: [] }); // the words are gone, and their ids mean nothing any more
        epoch = frame.epoch || "";
      }
      store.set(received(store.get(), frame, same, announcer));
      call(frame);
      const again = frame.t === "hello" ? sayAgain(known, store.get().known) : null;
      if (again) connection.send(again);
    },
    onAnswer: (id, answer, command) => {
      const then = store.get().sent.find((s) => s.id === id)?.then;
      store.set(answered(store.get(), id, answer, command, then));
      if (then && answer.t === "ack") send(then);
    },
    onUnsaved: (id) => store.set({ sent: mark(id) }),
    onLink: linked(store, announcer),
  });
  /** @param {Command} command then: what is sent once it has been taken */
  const send = ({ then, ...command }) => {
    const texts = Object.fromEntries(Object.entries(command).map(([k, v]) => [k, typeof v === "string" ? wellFormed(v) : v]));
    const id = connection.send(/** @type {Command} */ (texts));
    const c = store.get();
    store.set({ sent: [...c.sent, { id, verb: command.do, key: keyOf(command, seat), then }], refused: null });
  };
  connection.start();
  wakes({ wake: () => connection.wake(), offline: () => connection.offline() }, { now: () => Date.now(), after });
  window.addEventListener("hearth-quick", () => connection.stop());
  return {
    send,
    wake: () => connection.wake(),
    /** Keeps for the tab what would be missed after the page was loaded again. */
    keep: () => { const { draft, drafts, mine: ids } = store.get(); keep(seat, { draft, drafts, mine: ids, epoch }); },
  };
}

/** @param {Store} store @param {Announcer} announcer @returns {(link: import("./types").Link) => void} */
function linked(store, announcer) {
  let lost = false;
  let had = false;
  let answers = false; // the server has answered since no socket opened
  return (link) => {
    if (link.status === "lost" && !lost) announcer.say([{ kind: "link", text: say(had ? "spoken.lost" : "link.never"), on: true }]);
    if (link.status === "open" && lost) announcer.say([{ kind: "link", text: say(had ? "spoken.found" : "spoken.found_first"), on: false }]);
    if (link.status !== "connecting") lost = link.status === "lost";
    if (link.status === "open") had = true;
    if (!link.refused && link.status !== "connecting") answers = false;
    const tried = (link.refused || 0) > 2;
    /** @type {Partial<Client>} */
    const change = { link: { ...link, away: lost, had, blocked: link.status !== "open" && (tried ? answers : store.get().link.blocked) } };
    if (link.status === "over") {
      change.gone = { code: link.code || 0 };
      change.known = forget(store.get().known);
      change.calm = [];
      if (endsDrafts(link.code || 0)) Object.assign(change, { draft: "", drafts: {}, mine: [] });
      announcer.clear();
    }
    store.set(change);
    // The server answers, and no socket opens after that: then something on the way does not let sockets through. One that
    // answers after two tries may have been away until then.
    if ((link.refused || 0) >= 2) fetch("/healthz", { cache: "no-store" }).then((r) => { answers = r.ok; }, () => { answers = false; });
  };
}

/** Whether this is an end after which nothing written is of use. Another tab, a lost cookie or a fault of this page is not. @param {number} code */
const endsDrafts = (code) => code > 4401;

/** Tells several commands of one verb apart: the person or the words that it is about. @param {Command} c @param {string} own */
function keyOf(c, own) {
  if (c.do === "line") return c.to || own;
  return c.words || c.seat || "";
}

/** @param {Client} c @param {Frame} frame @param {boolean} same @param {Announcer} announcer @returns {Partial<Client>} */
function received(c, frame, same, announcer) {
  const known = apply(c.known, frame, { same });
  /** @type {Partial<Client>} */
  const change = { known };
  change.mine = mineOf(c, known, frame);
  change.calm = known.room ? [...c.calm, ...calm(frame, c.known, known, serverNow())].slice(-30) : [];
  for (const on of Array.isArray(frame.on) ? frame.on : []) if (on.kind === "remind" && on.principle) change.remind = on.principle;
  if (frame.set && "phase" in frame.set) change.remind = "";
  // What was taken back, or is over, is not read out any more.
  if (frame.unsay?.length || (c.known.room && !known.room)) announcer.clear();
  if (c.known.me?.offer && !known.me?.offer) announcer.clear("now");
  if (c.ready) announcer.say(sentences(frame, c.known, known, c.settings.say));
  if (screenOf({ ...c, known }) === "goodbye") Object.assign(change, { draft: "", drafts: {}, mine: [], calm: [] });
  return change;
}

/** @param {Client} c @param {string} id @param {Frame} answer @param {Command} command @param {Command} [then] @returns {Partial<Client>} */
function answered(c, id, answer, command, then) {
  /** @type {Partial<Client>} */
  const change = { sent: c.sent.filter((s) => s.id !== id) };
  if (answer.t === "no") {
    const code = answer.code || "";
    const text = code === "unavailable" && command.text ? "no.unavailable_words" : `no.${code}`;
    change.refused = { code, verb: command.do, n: (c.refused?.n || 0) + 1, say: knows(text) ? say(text) : answer.say || say("no.unavailable") };
    return { ...change, ...giveBack(c, { ...command, then, text: whole(command, then) }) };
  }
  if (c.refused?.code === "unavailable" && c.refused.verb === command.do) change.refused = null; // it was saved after all
  // The words are out: the draft has done its work, unless it was changed meanwhile.
  if (command.do === "share") change.draft = rest(c.draft, command.text);
  if (command.do === "take-back-all") change.mine = [];
  if (command.do === "take-back") change.mine = c.mine.filter((w) => w !== command.words);
  const key = draftOf(command.do, command.to || command.seat || c.seat);
  if (key && command.text) change.drafts = { ...c.drafts, [key]: rest(c.drafts[key] || "", command.text) };
  return change;
}

/** The words of a message, with those of the parts that were to follow it. @param {Command} command @param {Command} [then] */
function whole(command, then) {
  const texts = [command.text];
  for (let next = command.text && then; next; next = next.then) if (next.text) texts.push(next.text);
  return texts.filter(Boolean).join("\n\n");
}

/** What is left of a draft when its beginning, or all of it, has been shared. @param {string} draft @param {string} sent */
function rest(draft, sent) {
  const text = wellFormed(draft).trim();
  return text.startsWith(sent) ? text.slice(sent.length).trimStart() : draft;
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
