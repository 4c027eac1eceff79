/**
 * How it ended for this device, kept for 72 hours on the device alone, so that a
 * page that is loaded again finds its goodbye and not an error. It holds what the
 * goodbye page says (why, the line of the charter, whom to write to), and nothing
 * that anybody said.
 */
import { ending, facilitates, lineOf } from "../known.js";

export const KEPT_FOR = 72 * 60 * 60 * 1000; // ms
const MARK = "goodbye ";

/**
 * @typedef {{why: string, until: number, contact?: string, region?: string, facilitates?: boolean,
 *   notice?: {kind: string, reason?: string, urgent?: boolean}, line?: {title: string, text: string}}} Goodbye
 */

/** Ends that the server does not know any more when the page is loaded again. */
const WORTH = ["left", "closed", "cancelled", "removed", "revoked"];

/** What the goodbye page says of a session that is over for this device. @param {import("../types").Client} c @returns {Goodbye} */
export function goodbyeOf(c) {
  const k = c.known;
  const why = ending(c);
  const found = (k.me?.notices || []).filter((n) => n.kind === "removed" || n.kind === "urgent").pop();
  const line = lineOf(k, found?.principle);
  return {
    why, until: 0, contact: k.session?.contact, region: k.session?.region, facilitates: facilitates(k),
    notice: why === "removed" && found ? { kind: found.kind, reason: found.reason, urgent: found.urgent } : undefined,
    line: why === "removed" && line ? { title: line.title, text: line.text } : undefined,
  };
}

/** @param {string} seat @param {Goodbye} goodbye @param {number} now ms of the day's clock */
export function keepGoodbye(seat, goodbye, now) {
  if (!WORTH.includes(goodbye.why)) return;
  try { localStorage.setItem(MARK + seat, JSON.stringify({ ...goodbye, until: now + KEPT_FOR })); } catch { /* no storage: the page has it as long as it is open */ }
}

/** The goodbye of a seat, if there is one; old ones go. @param {string} seat @param {number} now @returns {Goodbye | null} */
export function findGoodbye(seat, now) {
  try {
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith(MARK)) continue;
      const until = JSON.parse(localStorage.getItem(key) || "{}").until;
      if (!(until > now && until <= now + KEPT_FOR)) localStorage.removeItem(key);
    }
    return JSON.parse(localStorage.getItem(MARK + seat) || "null");
  } catch { return null; }
}

/** Takes every goodbye off this device. */
export function forgetGoodbyes() {
  try { for (const key of Object.keys(localStorage)) if (key.startsWith(MARK)) localStorage.removeItem(key); } catch { /* then none was kept */ }
}
