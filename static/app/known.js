/** Questions about what this browser knows: pure, and holding no rule of the room. */

/** @typedef {import("./types").Known} Known */
/** @typedef {import("./types").Client} Client */

/** The format under way; while none is, one without a name. @param {Known} known @returns {import("./types").Format} */
export function formatNow(known) {
  const name = known.room?.format.name || "";
  return known.formats.find((f) => f.name === name) || { name };
}

/** @typedef {"connecting" | "door" | "lobby" | "room" | "out" | "goodbye"} Screen */

/** Which screen these facts call for. @param {Client} c @returns {Screen} */
export function screenOf(c) {
  if (c.gone) return "goodbye";
  const me = c.known.me;
  if (!me) return "connecting";
  if (me.door?.closed) return "goodbye";
  switch (me.you.status) {
    case "door": return "door";
    case "waiting": case "admitted": return "lobby";
    case "out": return "out";
    case "left": case "removed": return "goodbye";
    default: return c.known.room ? "room" : "connecting";
  }
}

/** Why it ended, as one word for the goodbye page. @param {Client} c */
export function ending(c) {
  const code = c.gone?.code;
  const you = c.known.me?.you;
  if (code === 4009) return "replaced";
  if (code === 4403 || you?.status === "removed") return "removed";
  if (code === 4401) return "device";
  if (you?.why === "cancelled") return "cancelled";
  if (code === 4404 || c.known.me?.door?.closed || you?.why === "closed") return "closed";
  if (you?.status === "left" && (you.why === "lost" || you.why === "moved" || you.why === "revoked")) return you.why;
  if (code === 4410 && you?.status !== "left") return "revoked";
  if (you?.status === "left") return "left";
  return "stopped";
}

/** @param {Known} k @param {string | undefined} seat */
export function seatOf(k, seat) {
  return k.room?.seats?.find((s) => s.seat === seat);
}

/** The name of a seat, in the circle or in the lobby; "" if this seat may not know it. @param {Known} k @param {string | undefined} seat */
export function nameOf(k, seat) {
  return seatOf(k, seat)?.name || k.care?.waiting?.find((w) => w.seat === seat)?.name
    || (seat && k.me?.you.seat === seat && k.me.you.name) || "";
}

/** @param {Known} k @param {string | undefined} principle */
export function lineOf(k, principle) {
  return k.charter?.lines.find((l) => l.principle === principle);
}

/** What a role may do; nothing, for one that the server does not name. @param {Known} k @param {string | undefined} role @returns {import("./types").Powers} */
export function powersOf(k, role) {
  return k.roles.find((p) => p.name === role) || { name: role || "" };
}

/** What I may do. @param {Known} k */
export const mayDo = (k) => powersOf(k, k.me?.you.role);

/** Whether I have a facilitator's tools, or would inside. @param {Known} k */
export const facilitates = (k) => !!k.care || !!mayDo(k).tools;

/** Access needs, in the order in which they are offered: all that there are. */
export const NEEDS = /** @type {import("./types").Need[]} */ (Object.keys(/** @satisfies {Record<import("./types").Need, true>} */ ({ "more-time": true, "plain-words": true, breaks: true, "screen-reader": true, interpreter: true, supporter: true })));
