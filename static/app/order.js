/** Puts a list of children in order with as few moves as can be, so that focus and a reader's place stay. */

/**
 * Makes the children of root these nodes, in this order. Nodes that are there
 * already and stand in the right order among themselves are not touched: the
 * most that can stay do, and the one that holds the focus always does.
 * @param {Element} root @param {Node[]} nodes
 */
export function order(root, nodes) {
  const stay = staying(root, nodes);
  // From the front, so that a list of choices keeps its first one chosen while it is made.
  let at = root.firstChild;
  for (const node of nodes) {
    if (stay.has(node)) at = node.nextSibling;
    else {
      if (node === at) at = at.nextSibling;
      root.insertBefore(node, at);
    }
  }
}

/** @param {Element} root @param {Node[]} nodes @returns {Set<Node>} */
function staying(root, nodes) {
  /** @type {Map<Node, number>} */
  const was = new Map();
  let child = root.firstChild;
  for (let i = 0; child; i++, child = child.nextSibling) was.set(child, i);
  const old = nodes.map((node) => was.get(node) ?? -1);
  const focus = document.activeElement;
  const kept = focus && focus !== root && root.contains(focus) ? nodes.findIndex((node) => node.contains(focus)) : -1;
  if (kept < 0 || old[kept] < 0) return new Set(longest(old).map((i) => nodes[i]));
  const place = old[kept];
  const before = longest(old.map((o, i) => (i < kept && o < place ? o : -1)));
  const after = longest(old.map((o, i) => (i > kept && o > place ? o : -1)));
  return new Set([...before, kept, ...after].map((i) => nodes[i]));
}

/** Where a longest rising run stands in a list of places; -1 is no place. @param {number[]} places @returns {number[]} */
export function longest(places) {
  /** @type {number[]} */ const ends = []; // ends[k]: where the run of k+1 places ends that ends lowest
  /** @type {number[]} */ const from = [];
  places.forEach((p, i) => {
    if (p < 0) return;
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (places[ends[mid]] < p) low = mid + 1;
      else high = mid;
    }
    from[i] = low ? ends[low - 1] : -1;
    ends[low] = i;
  });
  const run = [];
  for (let i = ends.length ? ends[ends.length - 1] : -1; i >= 0; i = from[i]) run.push(i);
  return run.reverse();
}
