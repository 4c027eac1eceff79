/** Fetches the bundled helplines once and keeps them in memory, for when the server is away. */

/** @returns {Promise<import("../types").Helpline[]>} */
export async function loadHelplines() {
  try {
    const answer = await fetch("/api/helplines");
    return answer.ok ? readHelplines(await answer.json()) : [];
  } catch { return []; }
}

/** @param {any} data a list, or an object that holds one @returns {import("../types").Helpline[]} */
export function readHelplines(data) {
  const rows = Array.isArray(data) ? data : data?.helplines || data?.lines || [];
  return rows.filter((/** @type {any} */ r) => r && r.name).map((/** @type {any} */ r) => ({ ...r, region: r.region || "" }));
}
