/**
 * Where a person is on a page, kept for this tab and this address until it is of no use: what is open, what is typed
 * into a form that is not sent yet, and which field has the focus. So a page that is loaded again, or come back to,
 * is found as it was. Drafts of words are in keep.js.
 */

const address = () => `place ${location.pathname}`;

/** @returns {Record<string, any>} */
function all() {
  try { return JSON.parse(sessionStorage.getItem(address()) || "{}"); } catch { return {}; }
}

/** What was kept under a name. @param {string} name @param {any} otherwise @returns {any} */
export function recall(name, otherwise) { return all()[name] ?? otherwise; }

/** Keeps a value; nothing, "" and false need no place. @param {string} name @param {any} [value] */
export function remember(name, value) {
  const now = all();
  if (!value && !(name in now)) return;
  if (value) now[name] = value;
  else delete now[name];
  try {
    if (Object.keys(now).length) sessionStorage.setItem(address(), JSON.stringify(now));
    else sessionStorage.removeItem(address());
  } catch { /* storage may be off or full: then it lives as long as the page */ }
}

const SOON = 10_000; // ms after the page was loaded
const LOOK = 100; // ms between two looks for the field

/** Puts the focus back into the field that had it before the page was loaded, and follows it from then on. */
export function keepFocus() {
  let wanted = recall("focus", "");
  document.addEventListener("focusin", (e) => {
    const el = /** @type {Element} */ (e.target);
    if (!wanted) remember("focus", el.matches("input, textarea, select") ? el.id : "");
  });
  // From the first act on, or after a while, the focus is the person's again.
  for (const type of ["pointerdown", "keydown"]) window.addEventListener(type, () => { wanted = ""; }, true);
  setTimeout(() => { wanted = ""; }, SOON);
  // The field comes with what is fetched for its part of the page, and can be seen when its sheet is there and its fold is open.
  const look = setInterval(() => {
    const field = wanted ? document.getElementById(wanted) : null;
    field?.focus(); // which does nothing while it cannot be seen
    if (field && field === document.activeElement) wanted = "";
    if (!wanted) clearInterval(look);
  }, LOOK);
}
