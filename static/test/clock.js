// A clock that a test moves by hand.
export class Clock {
  #now = 0;
  #next = 1;
  /** @type {Map<number, {at: number, fn: () => void}>} */ #timers = new Map();
  now = () => this.#now;
  after = (fn, ms) => {
    const id = this.#next++;
    this.#timers.set(id, { at: this.#now + ms, fn });
    return id;
  };
  cancel = (id) => { this.#timers.delete(id); };
  /** Moves on, and lets due timers act in order. */
  move(ms) {
    const end = this.#now + ms;
    for (;;) {
      const due = [...this.#timers].filter(([, t]) => t.at <= end).sort((a, b) => a[1].at - b[1].at)[0];
      if (!due) break;
      this.#timers.delete(due[0]);
      this.#now = Math.max(this.#now, due[1].at);
      due[1].fn();
    }
    this.#now = end;
  }
}
