/** What a socket's close code means to the client (docs/protocol.md §5). */

/** True when a close code means "come back". @param {number} code */
export function comeBack(code) {
  if (code >= 4000 && code < 4400) return code !== 4009;
  if (code >= 4400 && code < 5000) return false;
  return code !== 1008;
}

/** True when a close code means that the server could not read what was sent. @param {number} code */
export const unreadable = (code) => [1002, 1003, 1007, 1009].includes(code);

/** A restart says in its reason how long to stay away. @param {string} reason */
export function retryIn(reason) {
  const found = /\d+/.exec(reason);
  return found ? Math.min(Number(found[0]), 60_000) : 0;
}
