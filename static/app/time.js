/**
 * Time that nobody can set: how far the server's clock is from a counter that
 * only goes forward, measured again whenever the server says its time.
 */
/** @type {number | null} */
let ahead = null;

/** The server has said its time. @param {number} now Unix milliseconds */
export function hearTime(now) { ahead = now - performance.now(); }

/** The server's time now; the device's own as long as the server has said nothing. */
export function serverNow() { return ahead === null ? Date.now() : performance.now() + ahead; }

/** A near moment by the clock that this person sees on the device, right or wrong. @param {number} ms server time */
export function clock(ms) {
  return new Date(Date.now() + ms - serverNow()).toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
}

/** How many days from now, by the calendar of this device: 0 is today, 1 tomorrow. @param {number} ms */
export function daysTo(ms) {
  const day = (/** @type {number} */ at) => new Date(at).setHours(12, 0, 0, 0);
  return Math.round((day(ms) - day(serverNow())) / 86_400_000);
}

/** A time; with day, date and zone unless it is today. @param {number} ms */
export function when(ms) {
  const time = { hour: /** @type {const} */ ("numeric"), minute: /** @type {const} */ ("2-digit") };
  if (daysTo(ms) === 0) return new Date(ms).toLocaleTimeString([], time);
  return new Date(ms).toLocaleString([], { ...time, weekday: "long", day: "numeric", month: "long", timeZoneName: "short" });
}
