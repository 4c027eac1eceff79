/** The entry: finds the page for this address, and keeps what every page shares. */
import en from "./words/en.js";
import { learn } from "./words/index.js";
import { sheet } from "./dom.js";
import { facilitates } from "./known.js";
import { nothing } from "./state.js";
import { openSeat } from "./session.js";
import { leaveByKey } from "./shell/leave.js";
import { guard } from "./guard.js";
import { unsent } from "./keep.js";
import { keepFocus } from "./place.js";
import { keepHelplines, loadHelplines } from "./shell/helplines.js";
import "./shell/hearth-frame.js";
import "./shell/hearth-help.js";
import "./shell/hearth-goodbye.js";
import "./door/hearth-landing.js";
import "./door/hearth-door.js";

learn(en);

/** @typedef {import("./types").Client} Client */
/** @typedef {import("./types").Settings} Settings */

/** @type {Settings} */
const DEFAULTS = {
  theme: "auto", cue: true, leaveKey: false, call: { title: false, sound: false, buzz: false, notice: false }, awake: false,
  say: { turn: true, words: "full", queue: true, room: true, comings: false, care: true },
};

/** Not written out in the import, so that the server does not preload it for everybody. */
const ORGANISER = "./organiser/main.js";
const CUES = "./shell/cues.js";
const INSIDE = "./room/all.js";
const SOON = 4000; // ms after the page: time to fetch what comes behind the door

/** @type {Client} */
let client = {
  known: nothing, link: { status: "connecting" }, sent: [], refused: null, draft: "", drafts: {},
  settings: readSettings(), helplines: [], seat: "", gone: null, remind: "", seen: [], asked: false, mine: [], calm: [], ready: false,
};
let page = "";
/** @type {import("./shell/hearth-frame.js").HearthFrame} */
let frame;
/** @type {ReturnType<typeof openSeat> | null} */
let seat = null;
let planned = false;
/** @type {Promise<import("./types").Cues> | null} */
let cues = null;
/** What is behind the door, once it is fetched. @type {Promise<void> | null} */
let inside = null;
/** The facilitators' tools, once they are fetched. @type {Promise<void> | null} */
let tools = null;

const store = { get: () => client, set };

/** @param {Partial<Client>} change */
function set(change) {
  const before = client;
  client = { ...client, ...change };
  if (seat && (client.draft !== before.draft || client.drafts !== before.drafts || client.mine !== before.mine)) seat.keep();
  if (!tools && facilitates(client.known)) tools = part("care/hearth-care", "care/care").then(() => set({}));
  const status = client.known.me?.you.status;
  if (status && status !== "door") comeInside();
  if (planned || !page) return;
  planned = true;
  queueMicrotask(() => {
    planned = false;
    frame.state = { page, client };
    stayAwake();
    const title = client.known.session?.title;
    document.title = title ? `${title} · hearth` : "hearth";
  });
}

async function open() {
  const path = location.pathname;
  const session = /^\/s\/([^/]+)(\/record)?$/.exec(path);
  if (path === "/") page = "landing";
  else if (path === "/j") page = "join";
  else if (path === "/o" || path.startsWith("/o/")) page = "organiser";
  else if (session) page = session[2] ? "record" : "session";
  else if (path === "/rights" || path === "/helplines") page = "rights";
  else if (path === "/check") page = "check";
  else page = "lost";
  if (session) client = { ...client, seat: decodeURIComponent(session[1]) };
  if (page === "record") await part("record/hearth-record", "record/record");
  if (page === "check") await part("shell/hearth-check");
  set({});
  if (page === "organiser") {
    await Promise.resolve(); // the frame has drawn an empty <main> for its guest
    // Organisers come rarely: their pages are fetched only by them.
    const guest = await import(ORGANISER);
    guest.start?.(frame.querySelector("main"));
  }
  if (page === "session") {
    seat = openSeat(client.seat, store, voice(), call);
    setTimeout(comeInside, SOON);
  }
}

let tries = 0;

/** Fetches what is behind the door. When it cannot be had any more, hearth has been renewed meanwhile, and so is the page. */
function comeInside() {
  inside = inside || import(INSIDE).then(() => set({ ready: true }), async () => {
    if (++tries > 2 && await fetch("/healthz", { cache: "no-store" }).then((r) => r.ok, () => false)) location.reload();
    else setTimeout(() => { inside = null; comeInside(); }, 2000);
  });
}

/** What calls somebody who asked to be called is fetched by them alone. @param {import("./types").Frame} f */
function call(f) {
  if (document.hidden && Object.values(client.settings.call).some(Boolean)) cued((m) => m.call(f, client));
}

function stayAwake() {
  if (client.settings.awake || cues) cued((m) => m.awake(client.settings.awake && !!client.known.room && client.link.status === "open"));
}

/** @param {(m: import("./types").Cues) => void} use */
function cued(use) {
  cues = cues || import(CUES);
  cues.then(use, () => { cues = null; });
}

/** A part that not everybody needs, with its sheet. @param {string} module @param {string} [style] */
async function part(module, style) {
  if (style) sheet(new URL(`./${style}.css`, import.meta.url).href);
  await import(`./${module}.js`);
}

/** The two hidden places from which a screen reader is spoken to. */
function voice() {
  const [polite, assertive] = ["polite", "assertive"].map((how) => {
    const place = document.createElement("div");
    place.className = "sr";
    place.setAttribute("aria-live", how);
    place.setAttribute("aria-atomic", "true");
    place.dataset.voice = how;
    document.body.append(place);
    return (/** @type {string} */ text) => { place.textContent = text; };
  });
  return { polite, assertive };
}

/** @returns {Settings} */
function readSettings() {
  try {
    const kept = JSON.parse(sessionStorage.getItem("settings") || "{}");
    return { ...DEFAULTS, ...kept, say: { ...DEFAULTS.say, ...kept.say } };
  } catch { return DEFAULTS; }
}

/** @param {Settings} s */
function useSettings(s) {
  if (s.theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = s.theme;
  try { sessionStorage.setItem("settings", JSON.stringify(s)); } catch { /* storage may be off */ }
}

/** What elements tell the page about itself. @param {Record<string, any>} d */
function told(d) {
  if (d.settings) {
    const settings = { ...client.settings, ...d.settings };
    useSettings(settings);
    set({ settings });
  }
  if ("draft" in d) set({ draft: d.draft });
  if (d.drafts) set({ drafts: { ...client.drafts, ...d.drafts } });
  if (d.seen && d.seen.some((/** @type {string} */ id) => !client.seen.includes(id))) set({ seen: [...client.seen, ...d.seen] });
  if ("remind" in d) set({ remind: d.remind });
  if ("refused" in d) set({ refused: d.refused });
  if (d.asked) set({ asked: true });
  if (d.wake) seat?.wake();
  if (d.joined) open();
}

/** Words that nobody has been sent are not left behind without a question, but for leaving quickly. */
function minded() {
  let quick = false;
  window.addEventListener("hearth-quick", () => { quick = true; seat = null; });
  window.addEventListener("beforeunload", (e) => {
    if (quick || page !== "session" || !unsent(client) || client.gone) return;
    e.preventDefault();
    e.returnValue = ""; // what older browsers look at
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) stayAwake(); });
}

function start() {
  const found = document.querySelector("hearth-frame");
  frame = /** @type {import("./shell/hearth-frame.js").HearthFrame} */ (found);
  frame.addEventListener("tell", (e) => told(/** @type {CustomEvent} */ (e).detail));
  frame.addEventListener("command", (e) => seat?.send(/** @type {CustomEvent} */ (e).detail));
  useSettings(client.settings);
  leaveByKey(() => client.settings.leaveKey);
  guard();
  minded();
  keepFocus();
  loadHelplines().then((helplines) => set({ helplines }));
  // When everything that is needed first has come.
  setTimeout(keepHelplines, 3000);
  open();
}

start();
