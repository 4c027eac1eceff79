/** Calling somebody who is not looking: only as they asked for, with no name and no word of what it is about. */
import { say } from "../words/index.js";
import { facilitates } from "../known.js";

/** @typedef {import("../types").Client} Client */
/** @typedef {import("../types").Frame} Frame */

/** What may call: an offer to me, a greeting, words to me alone; facilitators also when somebody waits. @param {Frame} f @param {Client} c */
export function calls(f, c) {
  if (f.t === "words") return (f.kind === "nudge" || f.kind === "line") && f.seat !== c.seat;
  if (f.t !== "set" || !Array.isArray(f.on)) return false;
  const kinds = facilitates(c.known) ? ["offer", "notice", "waiting", "break-asked"] : ["offer", "notice", "greeted"];
  return f.on.some((on) => kinds.includes(on.kind));
}

/** @param {Frame} f @param {Client} c */
export function call(f, c) {
  if (!document.hidden || !calls(f, c)) return;
  const wants = c.settings.call;
  if (wants.title) mark();
  if (wants.sound) tone();
  if (wants.buzz) navigator.vibrate?.(120);
  if (wants.notice) notify();
}

let marked = false;

/** A neutral title and another icon until somebody looks. */
function mark() {
  if (marked) return;
  marked = true;
  const link = /** @type {HTMLLinkElement} */ (document.querySelector("link[rel=icon]"));
  const before = { title: document.title, icon: link.href };
  const set = () => { document.title = say("cue.title"); };
  set();
  link.href = before.icon.replace(/icon\.svg$/, "icon-look.svg");
  const keep = new MutationObserver(() => { if (document.title !== say("cue.title")) set(); });
  keep.observe(/** @type {Node} */ (document.querySelector("title")), { childList: true });
  document.addEventListener("visibilitychange", function look() {
    if (document.hidden) return;
    keep.disconnect();
    document.title = before.title;
    link.href = before.icon;
    marked = false;
    document.removeEventListener("visibilitychange", look);
  });
}

/** @type {AudioContext | null} */
let audio = null;

/** Two soft low tones. The first use is a person's own tap in the settings, as browsers ask for. */
export function tone() {
  try {
    audio = audio || new AudioContext();
    audio.resume();
    [0, 0.35].forEach((after, i) => {
      const [a, from] = [/** @type {AudioContext} */ (audio), /** @type {AudioContext} */ (audio).currentTime + after];
      const [osc, gain] = [a.createOscillator(), a.createGain()];
      osc.frequency.value = i ? 440 : 330;
      gain.gain.setValueAtTime(0, from);
      gain.gain.linearRampToValueAtTime(0.08, from + 0.05);
      gain.gain.linearRampToValueAtTime(0, from + 0.6);
      osc.connect(gain).connect(a.destination);
      osc.start(from);
      osc.stop(from + 0.65);
    });
  } catch { /* no sound here */ }
}

function notify() {
  try {
    const note = new Notification(say("cue.notice"), { body: say("cue.notice_text"), tag: "hearth", silent: true });
    note.onclick = () => { window.focus(); note.close(); };
  } catch { /* some browsers show notifications only for installed pages */ }
}

/** Asks the browser to let us notify; true if it does. */
export async function mayNotify() {
  try { return (await Notification.requestPermission()) === "granted"; } catch { return false; }
}

/** @type {any} */
let lock = null;
let wanted = false;
let asking = false;

/**
 * Keeps the screen on while somebody is inside and wants it. It may be called at any time, also while a browser has yet to
 * answer: one lock at most is held, and none once nobody wants it.
 * @param {boolean} on
 */
export async function awake(on) {
  wanted = on && !document.hidden; // a browser lets go by itself when the page is hidden
  if (asking) return;
  asking = true;
  try {
    while (wanted !== Boolean(lock)) await (lock ? letGo() : take());
  } catch { lock = null; /* a browser may refuse, as with a weak battery: asked again when the page changes */ }
  asking = false;
}

async function letGo() {
  const held = lock;
  lock = null;
  await held.release();
}

async function take() {
  const taken = await /** @type {any} */ (navigator).wakeLock.request("screen");
  taken.addEventListener("release", () => { if (lock === taken) lock = null; });
  lock = taken;
}
