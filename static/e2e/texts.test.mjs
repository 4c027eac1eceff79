// Whatever is written or pasted into a field of the client: it goes out whole, or it stays in the field and the person is
// told why. No text ends the connection. TEXTS is how many go into each field, SEED where chance begins, FIELD the only one.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { launch } from "./house.mjs";
import { serve } from "../test/fake.mjs";
import { scenes } from "../test/fixtures.mjs";
import { organising } from "../test/organising.mjs";
import { press } from "../test/press.mjs";
import { api, openScreen } from "../test/screens.mjs";
import { hurry } from "../test/stage.mjs";
import { chance, oneText } from "../test/texts.mjs";
import { giveHands, serveInside, tryForm, trySession } from "../test/trial.mjs";

const TEXTS = Number(process.env.TEXTS || 12);
const SEED = Number(process.env.SEED || Date.now() % 1e9);
/** How many fields are tried at a time. */
const LANES = Number(process.env.LANES || 1);
/** How often somebody presses for one text. */
const MOST = 20;
/** How many texts go to the page at once. */
const BATCH = 50;
const SAYS = "The server says why it did not take this.";

const numbers = (s) => Array.from({ length: s.length }, (_, i) => s.charCodeAt(i));
const browser = launch();
after(async () => { await (await browser).close(); });
const chosen = (name) => ({ timeout: 3_600_000, skip: process.env.FIELD && process.env.FIELD !== name });

/** Opens a page whose server is inside it. */
async function page(t, inside, size = { width: 1280, height: 1000 }) {
  const server = await serve(api);
  const context = await (await browser).newContext({ viewport: size, reducedMotion: "reduce" });
  t.after(async () => { await context.close(); server.close(); });
  t.diagnostic(`seed ${SEED}`);
  await context.addInitScript(hurry);
  await context.addInitScript(giveHands);
  await context.addInitScript(serveInside, { says: SAYS, ...inside });
  const p = await context.newPage();
  const errors = [];
  p.on("pageerror", (e) => errors.push(e.message));
  return { p, errors, url: server.url };
}

/** Tries texts by chance in a page, some at a time, and adds up what comes of it. */
async function tryAll(p, how, f) {
  const n = chance(SEED);
  const found = { wrong: [], tried: 0, refused: 0, sent: 0 };
  while (found.tried < TEXTS && found.wrong.length < 5) {
    const texts = Array.from({ length: Math.min(BATCH, TEXTS - found.tried) }, () => {
      const { text, meant } = oneText(n);
      return { codes: numbers(text), meant, refuse: n(3) ? null : n(2) };
    });
    const { wrong, refused = 0, sent = 0 } = await p.evaluate(how, [f, texts, SAYS, MOST]);
    found.wrong.push(...wrong);
    found.tried += texts.length;
    found.refused += refused;
    found.sent += sent;
  }
  return found;
}

const tools = { ...scenes.lead };
const onPriya = async (p) => { await p.evaluate(() => { for (const fold of document.querySelectorAll("details")) fold.open = true; }); };
/** Fields of a session: the scene, the field, its button, the verb that carries it, and what of it. */
const fields = {
  "own words": { scene: scenes["my-turn"], at: "#composer-text", verb: "share" },
  "a reply": { scene: scenes.replies, at: "#composer-text", verb: "share" },
  "the private line": { scene: scenes.listening, open: (p) => press(p.getByRole("button", { name: "Private line" })), at: "#line-s1", verb: "line" },
  "the name at the door": { scene: scenes.door, at: "#door-name", verb: "knock", key: "name" },
  "another name": { scene: scenes.listening, open: (p) => press(p.getByRole("button", { name: "More" })), at: "#more-name", verb: "rename", key: "name" },
  "a process line": { scene: tools, seat: "s2", at: "#floor-process", verb: "process" },
  "a welcome": { scene: tools, seat: "s2", open: onPriya, at: "#greet-w1", button: "[aria-label='Greet: Robin']", verb: "line", signed: "\n— Ana" },
  "the line to somebody": { scene: tools, seat: "s2", open: onPriya, at: "#line-w2", verb: "line" },
  "a quiet word": {
    scene: tools, seat: "s2", at: "#act-text", verb: "nudge", follows: "line",
    open: async (p) => { await onPriya(p); await p.locator("summary", { hasText: "Priya" }).locator("..").getByRole("button", { name: "A quiet word…" }).evaluate((b) => b.setAttribute("data-nudge", "")); },
    each: "nudge",
  },
};

function session(name, { scene, seat, open, ...f }) {
  test(`${name}: nothing is lost, and whoever writes is told`, chosen(name), async (t) => {
    const { p, errors, url } = await page(t, { scene: { hello: scene.hello, frames: scene.frames } }, { width: 1280, height: 900 });
    await p.goto(`${url}/s/${seat || "s1"}`);
    await p.waitForSelector("main h1");
    await p.waitForSelector("hearth-connecting", { state: "detached", timeout: 8000 });
    if (open) await open(p);
    const { wrong, tried, refused } = await tryAll(p, trySession, f);
    t.diagnostic(`${tried} texts, ${refused} of them refused by the server`);
    assert.deepEqual(wrong, []);
    assert.deepEqual(errors, []);
  });
}

// Forms of the organiser: the page of the table, the field, the request, and where in it the text is.
const forms = {
  "the name of a new group": { on: "make a group", fill: "Make the group", at: "#name", asks: "POST groups", text: ["name"] },
  "the contact": { on: "about the group", at: "#contact", asks: "PUT groups/g1", text: ["contact"] },
  "a line of the charter": { on: "charter", at: "#line-safety", asks: "PUT groups/g1/draft", text: ["lines", { principle: "safety" }, "text"] },
  "the title of a session": { on: "plan", at: "#plan-title", asks: "POST groups/g1/sessions", text: ["title"] },
  "a note on a link": { on: "note on a link", at: "#label", button: "dialog[open] .dialog-foot .btn-primary", asks: "PUT links/s9.lead/label", text: ["label"] },
  "the name of a group to delete": { on: "delete the group?", at: "#delete-name", button: "dialog[open] .dialog-foot .btn-primary", asks: "POST groups/g1/delete", text: ["name"] },
  "who checked a helpline": { on: "helpline checked?", at: "#helpline-by", button: "dialog[open] .dialog-foot .btn-primary", asks: "POST house/helplines", text: ["checked_by"] },
};

// The fields of a helpline, by their ids and by what they are in the row.
for (const [id, key] of [["helpline-name", "name"], ["helpline-call", "number"], ["helpline-text", "text"], ["helpline-chat", "chat"], ["helpline-url", "url"], ["hours"], ["languages"], ["for"], ["cost"], ["rescue"], ["how"], ["helpline-source", "source"]]) {
  forms[`of a helpline: ${key || id}`] = { on: "add a helpline", at: `#${id}`, asks: "POST house/helplines", text: ["row", key || id] };
}

function form(name, { on, fill, asks, ...f }) {
  test(`${name}: nothing is lost, and the organiser is told`, chosen(name), async (t) => {
    const [method, path] = asks.split(" ");
    const { p, errors, url } = await page(t, { asks: `${method} /api/${path}` });
    const what = organising[on];
    await openScreen(p, url, what);
    if (fill) await what.acts.find(([l]) => l === fill)[2](p);
    const { wrong, tried, sent } = await tryAll(p, tryForm, f);
    t.diagnostic(`${tried} texts, ${sent} of them sent`);
    assert.deepEqual(wrong, []);
    assert.deepEqual(errors, []);
    assert.ok(sent > TEXTS / 3, `only ${sent} were sent`);
  });
}

describe("texts", { concurrency: LANES }, () => {
  for (const [name, f] of Object.entries(fields)) session(name, f);
  for (const [name, f] of Object.entries(forms)) form(name, f);
});
