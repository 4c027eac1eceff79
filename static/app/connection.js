/**
 * One seat's connection: hello and resume, gaps, silence, coming back
 * (docs/protocol.md §2, §5). Socket, clock and randomness are passed in.
 */
import { Pending } from "./pending.js";
import { comeBack, retryIn, unreadable } from "./closing.js";

/** @typedef {import("./types").Frame} Frame */
/** @typedef {import("./types").Command} Command */
/** @typedef {import("./types").Outside} Outside */
export const SILENCE = 25_000; // nothing heard for this long: reconnect
export const OPENING = 12_000; // no answer to a hello for this long: likewise
export const ANSWER = 1000;    // an answer that takes longer is asked for once more, as long again
const REDIAL = 2000;           // a socket that is not open by then is given up when the page wakes
const UNREADABLE = 3;          // messages the server could not read, until it is this page that is wrong
export const FIRST_WAIT = 500;
export const LONGEST_WAIT = 15_000;

export class Connection {
  /** @type {any} */ #socket = null;
  #resume = "";
  #seq = 0;        // number of the last frame: this seat's own, over all its streams
  #tries = 0;
  #open = false;   // hello or resumed has come on this socket
  #replay = 0;     // while the tail of a resume comes: the number it reaches
  #fresh = false;  // the next hello asks for a whole snapshot
  #over = false;
  /** @type {any} */ #retry = null;
  /** @type {any} */ #watch = null;
  /** @type {any} */ #asking = null; // while an answer is waited for
  #patience = ANSWER;
  #asked = 0;
  #dialled = 0;
  #refused = 0;    // sockets in a row that never opened
  #unread = 0;
  /** @type {Pending} */ #pending;

  /** @param {Outside} outside */
  constructor(outside) {
    this.out = outside;
    this.#pending = new Pending(outside, (message) => { if (this.#open) this.#socket.send(JSON.stringify(message)); });
  }

  start() { this.#dial(); }

  /** Sends a command now, or with the next connection, and gives its id. @param {Command} command */
  send(command) {
    const id = this.#pending.send(command);
    if (this.#open && this.#asking === null) this.#asking = this.out.after(() => this.probe(), this.#patience);
    return id;
  }

  /** Tries at once: the network is back, or the page wakes up. */
  wake() {
    this.#tries = 0;
    if (this.#over) return;
    if (this.#retry) this.#dial();
    else if (this.#open) this.probe();
    else if (this.out.now() - this.#dialled > REDIAL) this.#again(false);
  }

  /** The device says that there is no network. */
  offline() { if (!this.#over && this.#socket) this.#again(true); }

  /** Asks whether the server still hears us; without an answer it comes back on a new socket, and says so. */
  probe() {
    if (!this.#open || this.#over) return;
    this.out.cancel(this.#asking);
    this.#asked = this.out.now();
    this.#socket.send('{"do":"ping"}');
    this.#asking = this.out.after(() => {
      this.#patience = Math.min(this.#patience * 2, SILENCE / 2); // a slow network is not a broken one
      this.out.onLink({ status: "lost", wait: 0 });
      this.#again(false);
    }, this.#patience);
  }

  /** Ends for good. */
  stop() {
    this.#end();
    this.#drop();
  }

  #end() {
    this.#over = true;
    this.#resume = "";
    this.out.cancel(this.#retry);
    this.#pending.stop();
  }

  #dial() {
    this.out.cancel(this.#retry);
    this.#retry = null;
    this.out.onLink({ status: "connecting" });
    this.#dialled = this.out.now();
    const s = (this.#socket = this.out.open());
    let opened = false;
    s.onopen = () => {
      opened = true;
      this.#refused = 0;
      /** @type {Record<string, any>} */
      const hello = { do: "hello", v: 1 };
      // The token is good once, but on any node: it is kept until an answer brings the next one, for this node may go before it answers.
      if (this.#resume && !this.#fresh) Object.assign(hello, { resume: this.#resume, seq: this.#seq });
      s.send(JSON.stringify(hello));
    };
    s.onmessage = (/** @type {{data: string}} */ e) => { if (s === this.#socket) this.#hear(e.data); };
    s.onclose = (/** @type {{code: number, reason?: string}} */ e) => {
      if (s !== this.#socket) return;
      if (!opened) this.#refused++;
      this.#closed(e.code, e.reason || "");
    };
    this.#listen();
  }

  #listen() {
    this.out.cancel(this.#watch);
    this.#watch = this.out.after(() => this.#again(true), this.#open ? SILENCE : OPENING);
  }

  /** @param {string} data one or more objects, one on each line */
  #hear(data) {
    this.#listen();
    this.out.cancel(this.#asking);
    this.#asking = null;
    for (const line of String(data).split("\n")) {
      if (!line) continue;
      /** @type {Frame} */
      let frame;
      try { frame = JSON.parse(line); } catch { this.#again(true); return; }
      if (!this.#frame(frame)) return;
    }
  }

  /** @param {Frame} f @returns {boolean} false when this socket is given up */
  #frame(f) {
    switch (f.t) {
      case "ping": this.#socket.send('{"do":"pong"}'); return true;
      case "pong": return this.#pong(f);
      case "ack": case "no": this.#pending.answered(f); return true;
      case "hello": return this.#hello(f);
      case "resumed": return this.#resumed(f);
      case "set": case "words": return this.#stream(f);
      case "apart": this.out.onFrame(f, true); return true;
      default: return true; // a newer server may say more
    }
  }

  /** @param {Frame} f */
  #pong(f) {
    this.#patience = Math.max(ANSWER, Math.min(2 * (this.out.now() - this.#asked), SILENCE / 2));
    if (f.now) this.out.onTime(f.now);
    return true;
  }

  /** @param {Frame} f */
  #hello(f) {
    const same = this.#open;
    this.#seq = f.seq || 0;
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
    if (f.now) this.out.onTime(f.now);
    if (f.resume) this.#resume = f.resume;
    this.#tries = 0;
    if (!this.#open) {
      this.#open = true;
      this.#listen();
      this.out.onLink({ status: "open" });
    }
  }

  /** @param {Frame} f */
  #stream(f) {
    const seq = f.seq || 0;
    if (seq <= this.#seq) return true; // heard before
    if ((f.prev ?? seq - 1) > this.#seq) {
      // Something is missing. If even a resume left a hole, take a whole snapshot.
      this.#fresh = this.#replay > 0;
      this.#again(false);
      return false;
    }
    this.#seq = seq;
    if (seq > this.#replay) this.#replay = 0;
    this.out.onFrame(f, true);
    return true;
  }

  /** @param {number} code @param {string} reason */
  #closed(code, reason) {
    this.#drop();
    if (this.#over) return;
    // What could not be read goes back to whoever wrote it, and is not sent again.
    if (unreadable(code)) this.#pending.unread();
    if (!comeBack(code) || (unreadable(code) && ++this.#unread > UNREADABLE)) {
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
    this.out.cancel(this.#asking);
    this.#asking = null;
  }

  /** @param {number} least */
  #wait(least) {
    const most = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#tries++);
    const ms = least + this.out.random() * most; // full jitter
    this.out.onLink({ status: "lost", wait: ms, refused: this.#refused });
    this.#retry = this.out.after(() => this.#dial(), ms);
  }
}
