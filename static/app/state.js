/**
 * What this browser knows, as a pure reducer over the server's frames. A
 * section of a view replaces the section before it (docs/protocol.md §2), so
 * this is a merge and holds no rule of the room.
 */

/** @typedef {import("./types").Known} Known */
/** @typedef {import("./types").Frame} Frame */
/** @typedef {import("./types").Client} Client */

/** The roles of a server that does not name them: while nodes are updated one by one, a page may be newer than its node. @type {import("./types").Powers[]} */
const BEFORE = [{ name: "lead", speaks: true, tools: true, floor: true }, { name: "wellbeing", speaks: true, tools: true }, { name: "trainee" }, { name: "participant", speaks: true, member: true }];

/** What there is before the first hello. streams: as with the roles. @type {Known} */
export const nothing = Object.freeze({
  epoch: "", session: null, charter: null, formats: [], roles: BEFORE, streams: ["me", "room", "care"], me: null, room: null, care: null, words: [], apart: false,
});

/**
 * Applies one frame.
 * @param {Known} known
 * @param {Frame} frame
 * @param {{same?: boolean}} [opts] same: the frame came on a socket that has not missed anything
 * @returns {Known}
 */
export function apply(known, frame, opts = {}) {
  switch (frame.t) {
    case "hello": return hello(known, frame, !!opts.same);
    case "set": return settle(merge(known, frame));
    case "words": return speak(known, frame);
    // On a new socket the server says it again if it is still so.
    case "resumed": return known.apart ? { ...known, apart: false } : known;
    case "apart": return { ...known, apart: !!frame.on };
    default: return known;
  }
}

/**
 * A hello replaces everything. Words on screen stay only when nothing can have
 * been taken back unseen: same run of the server, same socket, still inside.
 * @param {Known} known @param {Frame} f @param {boolean} same @returns {Known}
 */
function hello(known, f, same) {
  const keep = same && known.epoch === f.epoch && !!known.room && !!f.room;
  // The line to wellbeing is a person's own and stays with them in the lobby too.
  const mine = same && known.epoch === f.epoch ? known.words.filter((w) => w.kind === "line" || w.kind === "nudge") : [];
  const streams = f.streams || nothing.streams;
  return settle({
    ...nothing,
    ...viewsOf(f, streams),
    epoch: f.epoch || "",
    session: f.session || null,
    charter: f.charter || null,
    formats: f.formats || [],
    roles: f.roles || BEFORE,
    streams,
    words: keep ? known.words : mine,
    apart: same && known.apart,
  });
}

/** @param {Known} known @param {Frame} f @returns {Known} */
function merge(known, f) {
  let next = known;
  if (f.set && f.to && known.streams.includes(f.to)) {
    const view = viewsOf(known, known.streams)[f.to];
    if (view || f.to === "me") next = { ...next, [f.to]: { ...view, ...f.set } };
  }
  if (f.unsay && f.unsay.length) {
    const gone = new Set(f.unsay);
    next = { ...next, words: next.words.filter((w) => !gone.has(w.id)) };
  }
  return next;
}

/** @param {Known} known @param {Frame} f @returns {Known} */
function speak(known, f) {
  if (!f.id || known.words.some((w) => w.id === f.id)) return known;
  /** @type {import("./types").Said} */
  const said = { id: f.id, kind: f.kind || "share", seat: f.seat || "", text: f.text || "", at: f.at || 0 };
  if (f.with) said.with = f.with;
  return { ...known, words: [...known.words, said] };
}

/**
 * Somebody who is not inside keeps nothing of the room on their screen (T13).
 * @param {Known} known @returns {Known}
 */
function settle(known) {
  const status = known.me?.you?.status;
  if (!status || status === "here") return known;
  const over = status === "left" || status === "removed";
  const words = over ? [] : known.words.filter((w) => w.kind === "line" || w.kind === "nudge");
  const away = outside(known);
  const none = Object.values(viewsOf(known, Object.keys(away))).every((view) => !view);
  return none && words.length === known.words.length ? known : { ...known, ...away, words };
}

/** What a hello or this browser shows of some streams. @param {Frame | Known} from @param {string[]} streams @returns {Record<string, any>} */
function viewsOf(from, streams) {
  const all = /** @type {Record<string, any>} */ (from);
  return Object.fromEntries(streams.map((s) => [s, all[s] || null]));
}

/** What somebody who is not inside is shown: of all streams only their own. @param {Known} known @returns {Record<string, null>} */
function outside(known) {
  return Object.fromEntries(known.streams.filter((s) => s !== "me").map((s) => [s, null]));
}

/** Wipes what must not outlive the session on this device. @param {Known} known @returns {Known} */
export function forget(known) {
  return { ...known, ...outside(known), words: [] };
}

/** The words of mine that can be taken back, in the order in which they were said. @param {Client} c @param {Known} known @param {Frame} f */
export function mineOf(c, known, f) {
  const gone = new Set(f.unsay || []);
  const ids = c.mine.filter((id) => !gone.has(id));
  const said = f.t === "words" && f.id && f.seat === known.me?.you.seat && (f.kind === "share" || f.kind === "reply") && !ids.includes(f.id);
  return said ? [...ids, /** @type {string} */ (f.id)] : ids.length === c.mine.length ? c.mine : ids;
}

/**
 * Listening and access needs live in the server's memory only. When it has
 * started again, the browser that remembers them says them again.
 * @param {Known} before @param {Known} after @returns {import("./types").Command | null}
 */
export function sayAgain(before, after) {
  const was = before.me?.you;
  const you = after.me?.you;
  if (!was || !you || before.epoch === after.epoch || was.seat !== you.seat) return null;
  if (!["waiting", "admitted", "here", "out"].includes(you.status)) return null;
  const needs = was.needs || [];
  if (was.listening === you.listening && needs.length === (you.needs || []).length) return null;
  return needs.length ? { do: "prefs", listening: was.listening, needs } : { do: "prefs", listening: was.listening };
}

/**
 * Words that were refused, or could not be saved, go back to where they were
 * written. What else is written there by now stays, before them.
 * @param {Client} c @param {import("./types").Command} command @returns {Partial<Client>}
 */
export function giveBack(c, command) {
  const { do: verb, to } = command;
  let { text } = command;
  if (!text) return {};
  if (verb === "share") return c.draft.trim() ? {} : { draft: text };
  let key = draftOf(verb, to || command.seat || c.seat);
  // A welcome has a field of its own, as long as nobody has greeted them, and is signed only when it goes out.
  if (welcomes(command) && c.known.care?.waiting?.some((w) => w.seat === to && !w.greeted && !w.admitted)) {
    key = `greet ${to}`;
    const signed = `— ${c.known.me?.you.name || ""}`;
    if (text.endsWith(signed)) text = text.slice(0, -signed.length).trim();
  }
  const there = (c.drafts[key] || "").trim();
  if (!key || bare(there).includes(bare(text))) return {};
  return { drafts: { ...c.drafts, [key]: there ? `${there}\n\n${text}` : text } };
}

/** Words that a greeting follows. @param {import("./types").Command} command */
function welcomes(command) {
  let last = command;
  while (last.then) last = last.then;
  return last.do === "greet";
}

/** A text as it can be found in another: parts of one are joined otherwise than they were written. @param {string} text */
const bare = (text) => text.replace(/[\s\p{Cs}]+/gu, ""); // half a sign does not go out

/** Where a draft is kept. @param {string} verb @param {string} seat whom it is for */
export function draftOf(verb, seat) {
  if (verb === "process") return "process";
  return verb === "line" || verb === "nudge" ? `${verb} ${seat}` : "";
}

const CARE = new Set(["greet", "admit", "to-lobby", "end", "seen", "door", "phase", "begin", "end-format", "more-time", "finish-thought",
  "we-will-come-back", "pace", "swap", "carry-on", "remind", "nudge", "pause", "quiet", "unquiet", "remove",
  "confirm-remove", "drop-remove", "urgent-door"]);

/** Where a refusal is shown: beside what was tried. @param {string} verb @returns {"field" | "care" | "dock"} */
export function placeOf(verb) {
  if (["line", "rename", "process", "knock"].includes(verb)) return "field";
  return CARE.has(verb) ? "care" : "dock";
}

/** @param {Client} c @param {string} verb @param {string} [key] tells several of one verb apart */
export function isSent(c, verb, key = "") {
  return c.sent.some((s) => s.verb === verb && s.key === key);
}

/** True while such a command could not be saved and is tried again. @param {Client} c @param {string} verb @param {string} [key] */
export function isUnsaved(c, verb, key = "") {
  return c.sent.some((s) => !!s.unsaved && s.verb === verb && s.key === key);
}
