/** The entry: finds the page for this address, and keeps what every page shares. */
import en from "./words/en.js";
import { learn } from "./words/index.js";
import { sheet } from "./dom.js";
import { facilitates, nothing } from "./state.js";
import { openSeat } from "./session.js";
import { leaveByKey } from "./shell/leave.js";
import { loadHelplines } from "./shell/helplines.js";
import "./shell/hearth-frame.js";
import "./shell/hearth-help.js";
import "./shell/hearth-settings.js";
import "./shell/hearth-goodbye.js";
import "./door/hearth-landing.js";
import "./door/hearth-door.js";
import "./door/hearth-lobby.js";
import "./room/hearth-room.js";
import "./room/hearth-circle.js";
import "./room/hearth-words.js";
import "./room/hearth-composer.js";
import "./room/hearth-turn.js";
import "./room/hearth-notices.js";
import "./room/hearth-line.js";
import "./room/hearth-more.js";

learn(en);

/** @typedef {import("./types").Client} Client */
/** @typedef {import("./types").Settings} Settings */

/** @type {Settings} */
const DEFAULTS = {
  theme: "auto", cue: true, leaveKey: false,
  say: { turn: true, words: "full", queue: true, room: true, comings: false, care: true },
};

/** Not written out in the import, so that the server does not preload it for everybody. */
const ORGANISER = "./organiser/main.js";

/** @type {Client} */
let client = {
  known: nothing, link: { status: "connecting" }, sent: [], refused: null, draft: "", drafts: {},
  settings: readSettings(), helplines: [], skew: 0, seat: "", gone: null, remind: "", seen: [], asked: false,
};
let page = "";
/** @type {import("./shell/hearth-frame.js").HearthFrame} */
let frame;
/** @type {ReturnType<typeof openSeat> | null} */
let seat = null;
let planned = false;
/** The facilitators' tools, once they are fetched. @type {Promise<void> | null} */
let tools = null;

const store = { get: () => client, set };

/** @param {Partial<Client>} change */
function set(change) {
  client = { ...client, ...change };
  if (!tools && facilitates(client.known)) tools = part("care/hearth-care", "care/care").then(() => set({}));
  if (planned || !page) return;
  planned = true;
  queueMicrotask(() => {
    planned = false;
    frame.state = { page, client };
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
  else page = "lost";
  if (session) client = { ...client, seat: decodeURIComponent(session[1]) };
  if (page === "record") await part("record/hearth-record", "record/record");
  set({});
  if (page === "organiser") {
    await Promise.resolve(); // the frame has drawn an empty <main> for its guest
    // Organisers come rarely: their pages are fetched only by them.
    const guest = await import(ORGANISER);
    guest.start?.(frame.querySelector("main"));
  }
  if (page === "session") seat = openSeat(client.seat, store, voice());
}

/** A part that not everybody needs, with its sheet. @param {string} module @param {string} style */
async function part(module, style) {
  sheet(new URL(`./${style}.css`, import.meta.url).href);
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

function start() {
  const found = document.querySelector("hearth-frame");
  frame = /** @type {import("./shell/hearth-frame.js").HearthFrame} */ (found);
  frame.addEventListener("tell", (e) => told(/** @type {CustomEvent} */ (e).detail));
  frame.addEventListener("command", (e) => seat?.send(/** @type {CustomEvent} */ (e).detail));
  useSettings(client.settings);
  leaveByKey(() => client.settings.leaveKey);
  loadHelplines().then((helplines) => set({ helplines }));
  open();
}

start();
