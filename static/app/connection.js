/**
 * One seat's connection: hello and resume, gaps, silence, coming back
 * (docs/protocol.md §2, §4). Socket, clock and randomness are passed in.
 */
import { Pending } from "./pending.js";

/** @typedef {import("./types").Frame} Frame */
/** @typedef {import("./types").Command} Command */
/**
 * @typedef {object} Outside
 * @property {() => any} open opens a socket (WebSocket-like)
 * @property {() => number} now milliseconds
 * @property {(fn: () => void, ms: number) => any} after
 * @property {(timer: any) => void} cancel
 * @property {() => number} random 0 ≤ x < 1
 * @property {() => string} uuid
 * @property {(frame: Frame, same: boolean) => void} onFrame hello, resumed, set, words and apart
 * @property {(id: string, answer: Frame, command: Command) => void} onAnswer
 * @property {(id: string) => void} onUnsaved a command could not be saved yet and is tried again
 * @property {(link: import("./types").Link) => void} onLink
 */

export const SILENCE = 25_000; // nothing heard for this long: reconnect
export const FIRST_WAIT = 500;
export const LONGEST_WAIT = 15_000;

/** True when a close code means "come back". @param {number} code */
export function comeBack(code) {
  if (code >= 4000 && code < 4400) return code !== 4009;
  if (code >= 4400 && code < 5000) return false;
  return ![1002, 1003, 1007, 1008, 1009].includes(code);
}

export class Connection {
  /** @type {any} */ #socket = null;
  #resume = "";
  #seq = 0;
  #floor = 0; // seq of the last hello
  /** @type {Record<string, number>} */ #last = {};
  #tries = 0;
  #open = false;   // hello or resumed has come on this socket
  #replay = 0;     // while the tail of a resume comes: the number it reaches
  #fresh = false;  // the next hello asks for a whole snapshot
  #over = false;
  /** @type {any} */ #retry = null;
  /** @type {any} */ #watch = null;
  /** @type {Pending} */ #pending;

  /** @param {Outside} outside */
  constructor(outside) {
    this.out = outside;
    this.#pending = new Pending(outside, (message) => { if (this.#open) this.#socket.send(JSON.stringify(message)); });
  }

  start() { this.#dial(); }

  /** Sends a command now, or with the next connection, and gives its id. @param {Command} command */
  send(command) { return this.#pending.send(command); }

  /** Tries at once, for "the network is back" or a page that wakes up. */
  wake() {
    if (this.#over || !this.#retry) return;
    this.#tries = 0;
    this.#dial();
  }

  /** Ends for good. */
  stop() {
    this.#end();
    this.out.cancel(this.#retry);
    this.#drop();
  }

  #end() {
    this.#over = true;
    this.#resume = "";
    this.#pending.stop();
  }

  #dial() {
    this.out.cancel(this.#retry);
    this.#retry = null;
    this.out.onLink({ status: "connecting" });
    const s = (this.#socket = this.out.open());
    s.onopen = () => {
      /** @type {Record<string, any>} */
      const hello = { do: "hello", v: 1 };
      // The token is good once, but on any node: it is kept until an answer brings the next one, for this node may go before it answers.
      if (this.#resume && !this.#fresh) Object.assign(hello, { resume: this.#resume, seq: this.#seq });
      s.send(JSON.stringify(hello));
    };
    s.onmessage = (/** @type {{data: string}} */ e) => { if (s === this.#socket) this.#hear(e.data); };
    s.onclose = (/** @type {{code: number, reason?: string}} */ e) => { if (s === this.#socket) this.#closed(e.code, e.reason || ""); };
    s.onerror = () => {};
    this.#listen();
  }

  #listen() {
    this.out.cancel(this.#watch);
    this.#watch = this.out.after(() => this.#again(true), SILENCE);
  }

  /** @param {string} data one or more objects, one on each line */
  #hear(data) {
    this.#listen();
    for (const line of String(data).split("\n")) {
      if (!line) continue;
      /** @type {Frame} */
      let frame;
      try { frame = JSON.parse(line); } catch { return this.#again(true); }
      if (!this.#frame(frame)) return undefined;
    }
    return undefined;
  }

  /** @param {Frame} f @returns {boolean} false when this socket is given up */
  #frame(f) {
    switch (f.t) {
      case "ping": this.#socket.send('{"do":"pong"}'); return true;
      case "ack": case "no": this.#pending.answered(f); return true;
      case "hello": return this.#hello(f);
      case "resumed": return this.#resumed(f);
      case "set": case "words": return this.#stream(f);
      case "apart": this.out.onFrame(f, true); return true;
      default: return true; // a newer server may say more
    }
  }

  /** @param {Frame} f */
  #hello(f) {
    const same = this.#open;
    this.#seq = this.#floor = f.seq || 0;
    this.#last = {};
    this.#fresh = false;
    this.#replay = 0;
    this.#up(f);
    this.out.onFrame(f, same);
    if (!same) this.#pending.repeat();
    return true;
  }

  /** @param {Frame} f */
  #resumed(f) {
    this.#replay = Math.max(1, f.seq || 0);
    this.#up(f);
    this.out.onFrame(f, true);
    this.#pending.repeat();
    return true;
  }

  /** @param {Frame} f */
  #up(f) {
    if (f.resume) this.#resume = f.resume;
    this.#tries = 0;
    if (!this.#open) {
      this.#open = true;
      this.out.onLink({ status: "open" });
    }
  }

  /** @param {Frame} f */
  #stream(f) {
    const to = f.to || "room";
    const seen = Math.max(this.#last[to] || 0, this.#floor);
    const seq = f.seq || 0;
    if (seq <= seen) return true; // heard before
    if ((f.prev || 0) > seen) {
      // Something is missing. If even a resume left a hole, take a whole snapshot.
      this.#fresh = this.#replay > 0;
      this.#again(false);
      return false;
    }
    this.#last[to] = seq;
    this.#seq = Math.max(this.#seq, seq);
    if (seq > this.#replay) this.#replay = 0;
    this.out.onFrame(f, true);
    return true;
  }

  /** @param {number} code @param {string} reason */
  #closed(code, reason) {
    this.#drop();
    if (this.#over) return;
    if (!comeBack(code)) {
      this.#end();
      this.out.onLink({ status: "over", code });
      return;
    }
    this.#wait(code === 1012 ? retryIn(reason) : 0);
  }

  /** Gives this socket up and comes back. @param {boolean} patient with a wait that grows */
  #again(patient) {
    const s = this.#socket;
    this.#drop();
    try { s?.close(4000); } catch { /* already closed */ }
    if (this.#over) return;
    if (patient) this.#wait(0);
    else this.#dial();
  }

  #drop() {
    this.#socket = null;
    this.#open = false;
    this.out.cancel(this.#watch);
  }

  /** @param {number} least */
  #wait(least) {
    const most = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#tries++);
    const ms = least + this.out.random() * most; // full jitter
    this.out.onLink({ status: "lost", wait: ms });
    this.#retry = this.out.after(() => this.#dial(), ms);
  }
}

/** A restart says in its reason how long to stay away. @param {string} reason */
function retryIn(reason) {
  const found = /\d+/.exec(reason);
  return found ? Math.min(Number(found[0]), 60_000) : 0;
}
