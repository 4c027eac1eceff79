/**
 * No control acts before a person can have meant it. What has just come, moved
 * or changed its meaning does not react for a moment, by pointer or by key, so
 * that a second tap never lands on what was not there at the first. It holds for
 * every button, link, tick and fold of every page; only what is marked with
 * `data-free` (leaving quickly, helplines) always reacts.
 */

export const SETTLE = 700; // ms
const FAR = 12; // px that count as a move
const CONTROLS = "button, a[href], summary, label, input[type=checkbox], input[type=radio]";

/** @typedef {{x: number, y: number, sx: number, sy: number, what: string, since: number}} Place x, y in the window; sx, sy also by what is scrolled */

/** @type {Map<Element, Place>} */
let places = new Map();
/** @type {Map<Element, number>} what is scrolled, and how far */
let tops = new Map();
let planned = false;
/** @type {number | undefined} */
let follows; // a look after scrolling
let pressed = 0; // when the pointer came down

export function guard() {
  const watch = new MutationObserver(plan);
  watch.observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ["class", "open", "hidden", "data-act"] });
  window.addEventListener("resize", plan);
  window.addEventListener("scroll", scrolledOn, { capture: true, passive: true });
  document.addEventListener("visibilitychange", plan);
  window.addEventListener("pointerdown", (e) => { pressed = e.timeStamp; }, true);
  window.addEventListener("click", stop, true);
  plan();
}

/** Something inside root was moved by the page itself: its controls settle anew. @param {Element} root */
export function unsettle(root) {
  const now = performance.now();
  for (const el of root.querySelectorAll(CONTROLS)) {
    const place = places.get(el);
    if (place) place.since = now;
  }
}

function plan() {
  if (planned) return;
  planned = true;
  const once = () => {
    if (!planned) return;
    planned = false;
    look();
  };
  requestAnimationFrame(once);
  setTimeout(once, 100); // where no frames are drawn just now
}

/** Notes where a person scrolled to, before they can aim at anything there. To look more often would make scrolling slow on an old phone. */
function scrolledOn() {
  follows ??= setTimeout(() => { follows = undefined; look(); }, 100);
}

/** Remembers where everything stands, and since when. */
function look() {
  const now = performance.now();
  /** @type {Map<Element, Place>} */
  const next = new Map();
  /** @type {Map<Element, {x: number, y: number}>} */
  const scrolled = new Map();
  const short = shortened();
  for (const el of document.querySelectorAll(CONTROLS)) {
    const at = stands(el, scrolled);
    if (!at) continue;
    const was = places.get(el);
    next.set(el, { ...at, since: was && !differs(was, at, short) ? was.since : now });
  }
  places = next;
  tops = new Map([...scrolled.keys()].filter((el) => el.scrollTop > 0).map((el) => [el, el.scrollTop]));
}

/** Whether something became so short that the browser scrolled it back: then no person did. */
function shortened() {
  return [...tops].some(([el, top]) => top - (el.scrollHeight - el.clientHeight) > FAR);
}

/** @param {Element} el @param {Map<Element, {x: number, y: number}>} scrolled @returns {Omit<Place, "since"> | null} */
function stands(el, scrolled) {
  const box = el.getBoundingClientRect();
  if (!box.width && !box.height) return null;
  const by = scrolledBy(el.parentElement, scrolled);
  const act = /** @type {HTMLElement} */ (el).dataset.act;
  return { x: box.x, y: box.y, sx: box.x + by.x, sy: box.y + by.y, what: act ?? el.textContent ?? "" };
}

/** @param {Element | null} el @param {Map<Element, {x: number, y: number}>} scrolled @returns {{x: number, y: number}} */
function scrolledBy(el, scrolled) {
  if (!el) return { x: 0, y: 0 };
  let by = scrolled.get(el);
  if (!by) {
    const outer = scrolledBy(el.parentElement, scrolled);
    by = { x: outer.x + el.scrollLeft, y: outer.y + el.scrollTop };
    scrolled.set(el, by);
  }
  return by;
}

/**
 * A person who scrolls moves nothing, and what sticks to the window while they do has not moved either; what is scrolled because
 * the page became short has. @param {Place} was @param {Omit<Place, "since">} at @param {boolean} short
 */
function differs(was, at, short) {
  const moved = Math.abs(was.x - at.x) > FAR || Math.abs(was.y - at.y) > FAR;
  const shifted = Math.abs(was.sx - at.sx) > FAR || Math.abs(was.sy - at.sy) > FAR;
  return (moved && (shifted || short)) || was.what !== at.what;
}

/** @param {MouseEvent} e a click: of a pointer, or of a key, which has no detail */
function stop(e) {
  const el = e.target instanceof Element ? e.target.closest(CONTROLS) : null;
  if (!el || el.closest("[data-free]")) return;
  const was = places.get(el);
  const at = stands(el, new Map());
  const meant = e.detail > 0 && pressed ? Math.min(pressed, e.timeStamp) : e.timeStamp;
  if (was && at && !differs(was, at, shortened()) && meant - was.since >= SETTLE) return;
  e.preventDefault();
  e.stopImmediatePropagation();
  el.dispatchEvent(new Event("early", { bubbles: true })); // for whoever looks: it was too early
  plan();
}
