/** Where the seats are: evenly spaced along an ellipse, my own seat nearest to me. */

/**
 * Points on an ellipse at equal distances along its edge, the first at the
 * bottom, then with the clock. x and y run from -1 to 1; y grows downwards.
 * @param {number} n
 * @param {number} ratio width / height
 * @returns {{x: number, y: number}[]}
 */
export function around(n, ratio) {
  const steps = 720;
  const at = (/** @type {number} */ i) => {
    const t = Math.PI / 2 + (i / steps) * 2 * Math.PI;
    return { x: Math.cos(t), y: Math.sin(t) };
  };
  const length = [0];
  for (let i = 1; i <= steps; i++) {
    const a = at(i - 1);
    const b = at(i);
    length.push(length[i - 1] + Math.hypot((b.x - a.x) * ratio, b.y - a.y));
  }
  const out = [];
  for (let k = 0, i = 0; k < n; k++) {
    const goal = (length[steps] * k) / n;
    while (length[i] < goal) i++;
    out.push(at(i));
  }
  return out;
}

/**
 * The circle's order, turned so that my seat comes first.
 * @template {{seat: string}} T
 * @param {T[]} seats @param {string} mine @returns {T[]}
 */
export function turned(seats, mine) {
  const i = seats.findIndex((s) => s.seat === mine);
  return i > 0 ? [...seats.slice(i), ...seats.slice(0, i)] : seats;
}
