/** Leaving quickly: the page is blank at once, and the way back does not lead here (the GOV.UK exit pattern). */

import { forgetGoodbyes } from "./goodbyes.js";

const NEUTRAL = "https://www.wikipedia.org/";

export function leaveQuickly() {
  document.documentElement.classList.add("blank");
  document.title = "";
  try { sessionStorage.clear(); } catch { /* storage may be off */ }
  forgetGoodbyes();
  window.dispatchEvent(new Event("hearth-quick"));
  location.replace(navigator.onLine === false ? "about:blank" : NEUTRAL);
}

/**
 * Esc three times within a second and a half, for those who switched it on.
 * @param {() => boolean} wanted
 */
export function leaveByKey(wanted) {
  /** @type {number[]} */
  let times = [];
  window.addEventListener("keydown", (e) => {
    if (e.key !== "Escape") { times = []; return; }
    times = [...times.filter((t) => e.timeStamp - t < 1500), e.timeStamp];
    if (times.length >= 3 && wanted()) leaveQuickly();
  }, true);
}
