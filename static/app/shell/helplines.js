/** The helplines: fetched once, kept in memory and on the device for when the server is away, and in the order in which they are shown. */
import { longDate, placeName } from "../intl.js";
import { say } from "../words/index.js";

/** @typedef {import("../types").Helpline} Helpline */

const DAY = 86_400_000;
/** A check that is older than this is said to be old (practice §4). */
const GOOD_FOR = 180 * DAY;

/** @returns {Promise<Helpline[]>} */
export async function loadHelplines() {
  try {
    const answer = await fetch(LIST);
    return answer.ok ? readHelplines(await answer.json()) : [];
  } catch { return []; }
}

const LIST = "/api/helplines";
const KEPT = "hearth-helplines";

/** Keeps the page of helplines on this device, for when network or server are away. Browsers that cannot, or may not, go without. */
export async function keepHelplines() {
  try {
    if (!navigator.serviceWorker || !window.caches) return;
    const base = new URL("../..", import.meta.url).pathname; // /a/<digest>/
    const kept = await caches.open(KEPT);
    const all = await kept.keys();
    if (all.some((r) => new URL(r.url).pathname.startsWith(base))) await kept.add(LIST);
    else {
      for (const old of all) await kept.delete(old);
      const files = performance.getEntriesByType("resource").map((r) => new URL(r.name).pathname).filter((path) => path.startsWith(base));
      await kept.addAll([...new Set(files), LIST, "/helplines"]);
    }
    await navigator.serviceWorker.register(/** @type {any} */ (workerAddress()));
  } catch { /* the list in memory is still there */ }
}

/** The one script address that is ever made from text (Trusted Types). */
function workerAddress() {
  const types = /** @type {any} */ (window).trustedTypes;
  return types ? types.createPolicy("hearth-worker", { createScriptURL: () => "/sw.js" }).createScriptURL("") : "/sw.js";
}

/** @param {any} data a list, or an object that holds one @returns {Helpline[]} */
export function readHelplines(data) {
  const rows = Array.isArray(data) ? data : data?.helplines || data?.lines || [];
  return rows.filter((/** @type {any} */ r) => r && r.name).map((/** @type {any} */ r) => ({ ...r, region: r.region || "" }));
}

/** Rows under their countries: one's own first, then by name. @param {Helpline[]} lines @param {string} own @param {(code: string) => string} [name] */
export function byCountry(lines, own, name = placeName) {
  const codes = [...new Set(lines.map((l) => l.region))];
  return codes.map((code) => ({ code, name: name(code), lines: lines.filter((l) => l.region === code) }))
    .sort((a, b) => Number(b.code === own) - Number(a.code === own) || a.name.localeCompare(b.name));
}

/** How sure one can be of a row. @param {Helpline} l @param {number} [now] */
export function checkedText(l, now = Date.now()) {
  const at = l.checked ? Date.parse(`${l.checked}T00:00:00Z`) : NaN;
  if (Number.isNaN(at)) return say("help.unchecked");
  return say(now - at > GOOD_FOR ? "help.old" : "help.checked", { date: longDate(at) });
}
