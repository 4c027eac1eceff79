/**
 * What lives only in this window's memory: links on the one occasion on which
 * they are known. Gone with a reload and with "leave quickly".
 */

/** By link id: the address. @type {Map<string, string>} */
export const given = new Map();

window.addEventListener("hearth-quick", () => given.clear());

/** @param {import("./types").Link[]} links with their addresses */
export function keepGiven(links) { for (const l of links) given.set(l.id, l.url || ""); }

// Links that nobody can read again are not lost by a slip: the browser asks.
window.addEventListener("beforeunload", (e) => {
  if (given.size) e.preventDefault();
});
