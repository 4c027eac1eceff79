/** Dates and times as the organiser reads them: always in the zone of this device, which is named. */

/** @param {string | Date} at */
export function day(at) {
  return new Date(at).toLocaleDateString([], { weekday: "long", day: "numeric", month: "long", year: "numeric" });
}

/** @param {string | Date} at */
export function time(at) {
  return new Date(at).toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
}

/** Day, time and zone. @param {string | Date} at */
export function moment(at) {
  return new Date(at).toLocaleString([], {
    weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "numeric", minute: "2-digit", timeZoneName: "short",
  });
}

/** The name of this device's time zone, such as "Europe/Berlin". */
export function zone() { return Intl.DateTimeFormat().resolvedOptions().timeZone.replace(/_/g, " "); }

/** What a date field and a time field hold. @param {Date} at */
export function fields(at) {
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return {
    date: `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`,
    time: `${two(at.getHours())}:${two(at.getMinutes())}`,
  };
}

/** The moment that a date field and a time field name here; null when they name none. @param {string} date @param {string} clock */
export function fromFields(date, clock) {
  if (!date || !clock) return null;
  const at = new Date(`${date}T${clock}`);
  return Number.isNaN(at.getTime()) ? null : at;
}
