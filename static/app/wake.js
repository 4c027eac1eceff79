/** When to look after the connection: the network goes or comes, somebody looks at the page again, or the machine has slept. */

const STEP = 2000;
const SLEPT = 6000; // a step that took longer than this was a sleep

/**
 * @param {{wake: () => void, offline: () => void}} act
 * @param {{now: () => number, after: (fn: () => void, ms: number) => any}} time now goes on while the machine sleeps
 */
export function wakes(act, time) {
  const seen = () => { if (!document.hidden) act.wake(); };
  window.addEventListener("online", act.wake);
  window.addEventListener("offline", act.offline);
  window.addEventListener("focus", seen);
  window.addEventListener("pageshow", (e) => { if (e.persisted) act.wake(); });
  document.addEventListener("visibilitychange", seen);
  let last = time.now();
  const step = () => {
    const now = time.now();
    if (Math.abs(now - last) > SLEPT) act.wake();
    last = now;
    time.after(step, STEP);
  };
  time.after(step, STEP);
}
