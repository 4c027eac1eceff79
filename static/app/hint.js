/**
 * Which session a seat belongs to, kept in this window once it is known. A
 * request says it, so that a proxy can lead a room's people to one node
 * (docs/protocol.md §1); hearth itself does not read it.
 */

/** @param {string} seat @param {string} session */
export function keepRoom(seat, session) {
  try { sessionStorage.setItem(`room ${seat}`, session); } catch { /* storage may be off */ }
}

/** The path, with the hint if there is one. @param {string} path @param {string} seat */
export function withRoom(path, seat) {
  let room = null;
  try { room = sessionStorage.getItem(`room ${seat}`); } catch { /* storage may be off */ }
  return room ? `${path}?room=${encodeURIComponent(room)}` : path;
}
