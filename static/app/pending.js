/**
 * Commands that the server has not answered for good. Each keeps the id that it
 * was made with, however often it is sent, so that it cannot count twice
 * (docs/protocol.md §2). What could not be saved is tried again for a minute.
 */

/** @typedef {import("./types").Frame} Frame */
/** @typedef {import("./types").Command} Command */
/** @typedef {{command: Command, tries: number, again: any, end: any}} Entry again and end are timers, once it was not saved */

export const FIRST_AGAIN = 500;
export const LONGEST_AGAIN = 5000;
export const AT_MOST = 60_000;

/** "Not now": while something is being tried again, these are no last word either. */
const NOT_NOW = ["unavailable", "busy", "slow-down"];

export class Pending {
  /** @type {Map<string, Entry>} */ #all = new Map();
  /** Words that were given back, by what was sent: sent once more, they go with their old id, for the first try may have counted unseen. @type {Map<string, string>} */
  #back = new Map();

  /**
   * @param {import("./types").Outside} out
   * @param {(message: object) => void} post sends now if there is a connection, and does nothing otherwise
   */
  constructor(out, post) {
    this.out = out;
    this.post = post;
  }

  /** Sends a command now, or with the next connection, and gives its id. @param {Command} command */
  send(command) {
    const key = keyOf(command);
    const id = this.#back.get(key) || this.out.uuid();
    this.#back.delete(key);
    this.#all.set(id, { command, tries: 0, again: null, end: null });
    this.#send(id);
    return id;
  }

  /** On a new connection: everything without an answer goes again. */
  repeat() { for (const id of this.#all.keys()) this.#send(id); }

  /** @param {Frame} f an ack or a no */
  answered(f) {
    const id = f.ref || "";
    const entry = this.#all.get(id);
    if (!entry) return this.#late(id, f);
    if (f.t === "no" && this.#notNow(entry, f.code || "")) return this.#wait(id, entry);
    return this.#done(id, entry, f);
  }

  /** The server could not read something of this: nothing of it goes again. */
  unread() {
    for (const [id, entry] of [...this.#all]) this.#done(id, entry, { t: "no", ref: id, code: "unreadable" });
  }

  /** Ends for good: nothing is tried any more. */
  stop() {
    for (const entry of this.#all.values()) this.#rest(entry);
    this.#all.clear();
    this.#back.clear();
  }

  /** @param {string} id */
  #send(id) {
    const entry = this.#all.get(id);
    if (!entry) return;
    this.out.cancel(entry.again);
    entry.again = null;
    const { do: verb, ...rest } = entry.command;
    this.post({ do: verb, id, ...rest });
  }

  /** @param {Entry} entry @param {string} code */
  #notNow(entry, code) { return code === "unavailable" || (entry.end !== null && NOT_NOW.includes(code)); }

  /** Not saved: again after 0.5, 1, 2, 4 s and so on, for a minute in all. @param {string} id @param {Entry} entry */
  #wait(id, entry) {
    if (entry.again !== null) return; // the answer to an earlier try
    if (entry.end === null) entry.end = this.out.after(() => this.#giveBack(id, entry), AT_MOST);
    entry.again = this.out.after(() => this.#send(id), Math.min(LONGEST_AGAIN, FIRST_AGAIN * 2 ** entry.tries++));
    this.out.onUnsaved(id);
  }

  /** A minute is over. @param {string} id @param {Entry} entry */
  #giveBack(id, entry) {
    if (entry.command.text) this.#back.set(keyOf(entry.command), id);
    this.#done(id, entry, { t: "no", ref: id, code: "unavailable" });
  }

  /** An answer after all, to words that were given back. @param {string} id @param {Frame} f */
  #late(id, f) {
    if (f.t !== "ack") return;
    for (const [key, back] of this.#back) {
      if (back !== id) continue;
      this.#back.delete(key);
      this.out.onAnswer(id, f, JSON.parse(key));
    }
  }

  /** @param {string} id @param {Entry} entry @param {Frame} f */
  #done(id, entry, f) {
    this.#rest(entry);
    this.#all.delete(id);
    this.out.onAnswer(id, f, entry.command);
  }

  /** @param {Entry} entry */
  #rest(entry) {
    this.out.cancel(entry.again);
    this.out.cancel(entry.end);
  }
}

/** @param {Command} command */
function keyOf(command) { return JSON.stringify(command); }
