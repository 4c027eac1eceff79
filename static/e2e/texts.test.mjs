// Whatever is written or pasted into a field of the client: it goes out whole, or it stays in the field and the person is
// told why. No text ends the connection. TEXTS is how many go into each field, SEED where chance begins.
import assert from "node:assert/strict";
import { test } from "node:test";
import { launch } from "./house.mjs";
import { serve } from "../test/fake.mjs";
import { scenes } from "../test/fixtures.mjs";
import { organising } from "../test/organising.mjs";
import { press } from "../test/press.mjs";
import { api, openScreen } from "../test/screens.mjs";
import { hurry, stage } from "../test/stage.mjs";
import { chance, oneText } from "../test/texts.mjs";

const TEXTS = Number(process.env.TEXTS || 12);
const SEED = Number(process.env.SEED || Date.now() % 1e9);
/** How often somebody presses for one text. */
const MOST = 20;
const SAYS = "The server says why it did not take this.";

/** Lets text be compared: half a sign is none, and where a text is cut, or ends, a space may be lost. */
const bare = (s) => s.replace(/[\uD800-\uDBFF][\uDC00-\uDFFF]|[\uD800-\uDFFF]/g, (c) => (c.length === 2 ? c : "")).replace(/\s+/gu, "");

/** In the page: writes into a field as a paste does, and gives what the field took: a line has no second line. Half a sign survives as numbers only. */
async function write([at, codes]) {
  const field = document.querySelector(at);
  let text = "";
  for (let i = 0; i < codes.length; i += 4096) text += String.fromCharCode(...codes.slice(i, i + 4096));
  field.value = text;
  const taken = field.value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); });
  return Array.from({ length: taken.length }, (_, i) => taken.charCodeAt(i));
}

/** In the page: takes what is in some fields out of them. */
function empty(fields) {
  for (const field of [...document.querySelectorAll(fields)].filter((f) => f.value)) {
    field.value = "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/** In the page: waits until it is drawn, and gives how long the text in a field is. */
async function settle(at) {
  await new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); });
  return document.querySelector(at)?.value?.length || 0;
}

/** In the page: what the field holds, what other fields hold, and what is told. */
async function look(at) {
  await new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); });
  const field = document.querySelector(at);
  const codes = (s) => Array.from({ length: s.length }, (_, i) => s.charCodeAt(i));
  const near = field?.closest("form, dialog, .gate-one") || document.querySelector("main");
  // What was refused may stand beside the form (app/room/answer.js).
  const places = new Set([...near.querySelectorAll("[role=status], [role=alert], .error"), ...document.querySelectorAll(".refused")]);
  const told = [...places].map((e) => e.textContent.trim()).filter(Boolean).join(" | ");
  const kept = [...document.querySelectorAll("textarea, input:not([type]), input[type=text]")].map((e) => e.value).filter(Boolean).map(codes);
  return { value: field?.value === undefined ? null : codes(field.value), told, kept, page: document.body.innerText };
}

/** In the page: presses as somebody does who has waited until everything settled, and presses again where something had just moved (app/guard.js); false if it cannot be pressed. */
async function go([at, button]) {
  const target = button ? document.querySelector(button) : document.querySelector(at).closest("form").querySelector("button[type=submit], button.btn-primary");
  for (let i = 0; i < 50; i++) {
    if (target.getAttribute("aria-disabled") === "true") return false;
    let early = false;
    target.addEventListener("early", () => { early = true; }, { once: true });
    const click = new MouseEvent("click", { bubbles: true, cancelable: true });
    Object.defineProperty(click, "timeStamp", { value: performance.now() + 60_000 });
    target.dispatchEvent(click);
    if (!early) return true;
    await new Promise((done) => { setTimeout(done, 20); });
  }
  throw new Error("it never settles");
}

const string = (codes) => codes.reduce((s, c) => s + String.fromCharCode(c), "");
const numbers = (s) => Array.from({ length: s.length }, (_, i) => s.charCodeAt(i));
const show = (s) => JSON.stringify(s.length > 80 ? `${s.slice(0, 80)}… (${s.length})` : s);

const tools = { ...scenes.lead };
const onPriya = async (p) => { await p.evaluate(() => { for (const fold of document.querySelectorAll("details")) fold.open = true; }); };
const openNudge = `document.querySelector("[data-nudge]").dispatchEvent(Object.defineProperty(new MouseEvent("click", { bubbles: true, cancelable: true }), "timeStamp", { value: performance.now() + 60_000 }))`;
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
    // The form of the text before may still be on its way out.
    each: async (p) => {
      do {
        if (!(await p.locator("#act-text").isVisible())) await p.evaluate(openNudge);
        await p.locator("#act-line").selectOption({ index: 1 }, { timeout: 2000 }).catch(() => { /* it has gone: open it again */ });
        await p.evaluate(settle, "body");
      } while (!(await p.evaluate(() => document.querySelector("#act-line")?.selectedIndex === 1)));
    },
  },
};

/** Waits until the page has nothing more to say: everything is answered, and nothing follows. */
async function quiet(s) {
  for (let still = 0, was = -1; still < 3; still++) {
    await s.page.evaluate(settle, "body");
    if (s.said.length !== was) still = 0;
    was = s.said.length;
  }
}

/** Tries one text in one field of a session. @param {number | null} refuse the server refuses what comes after so many */
async function inSession(s, f, { text, meant }, refuse) {
  // What was refused of the text before may have come back into another field (of a quiet word, the line to that person).
  await s.page.evaluate(empty, `textarea:not(${f.at})`);
  if (f.each) await f.each(s.page);
  s.said.length = 0;
  const out = [];
  let refused = false;
  const typed = string(await s.page.evaluate(write, [f.at, numbers(text)]));
  const { told: ahead } = await s.page.evaluate(look, f.at);
  s.answer = (m) => {
    const carries = m.do === f.verb || m.do === f.follows;
    if (carries && (refused ||= refuse !== null && out.length >= refuse)) return { t: "no", ref: m.id, code: "text", say: SAYS };
    if (carries) out.push(m[f.key || "text"] || "");
    return { t: "ack", ref: m.id };
  };
  // A long text goes out in parts: the rest stays in the field, and the person presses again. A page of empty lines
  // has hundreds of parts: then it is seen that the rest is still there.
  let presses = 0;
  for (; presses < MOST && !refused; presses++) {
    const before = out.length;
    if (!(await s.page.evaluate(go, [f.at, f.button]))) break;
    await quiet(s);
    if (out.length === before || f.key || f.button || f.follows || !(await s.page.evaluate(settle, f.at))) break;
  }
  if (f.each && !(await s.page.locator(f.at).isVisible())) await f.each(s.page); // what came back is in the form again
  const seen = await s.page.evaluate(look, f.at);
  const wrong = [];
  const unsigned = (t) => (f.signed && t.endsWith(bare(f.signed)) ? t.slice(0, -bare(f.signed).length) : t);
  const [whole, gone] = [bare(typed), unsigned(out.map(bare).join(""))];
  const all = gone === whole;
  if (!all && !seen.kept.map(string).map(bare).some((k) => unsigned(gone + k) === whole)) wrong.push(`${show(gone)} of ${show(typed)} went out, and ${seen.kept.map(string).map(show)} is kept`);
  if (!all && whole && !`${ahead}${seen.told}`) wrong.push(`nobody is told why ${show(typed)} did not go out`);
  if (!all && meant && whole && !refused && !f.key && presses < MOST) wrong.push(`${show(typed)} did not go out: ${seen.told}`);
  if (refused && !seen.page.includes(SAYS)) wrong.push(`the server’s reason is not shown for ${show(typed)}: ${seen.told}`);
  if (s.opened !== 1) wrong.push(`the connection was opened ${s.opened} times after ${show(typed)}`);
  return wrong;
}

for (const [name, f] of Object.entries(fields)) test(`${name}: nothing is lost, and whoever writes is told`, { timeout: 3_600_000, skip: process.env.FIELD && process.env.FIELD !== name }, async (t) => {
  const server = await serve(api);
  const browser = await launch();
  t.after(async () => { await browser.close(); server.close(); });
  t.diagnostic(`seed ${SEED}`);
  const n = chance(SEED);
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce" });
  await context.addInitScript(hurry);
  const s = await stage(context, server.url, f.seat);
  await s.show({ ...f.scene, press: undefined });
  if (f.open) await f.open(s.page);
  const wrong = [];
  let refusals = 0;
  for (let i = 0; i < TEXTS && wrong.length < 5; i++) {
    const refuse = n(4) ? null : n(3);
    if (refuse !== null) refusals++;
    wrong.push(...(await inSession(s, f, oneText(n), refuse)));
  }
  t.diagnostic(`${TEXTS} texts, ${refusals} of them refused by the server, if so many parts came`);
  assert.deepEqual(wrong, []);
  assert.deepEqual(s.errors, []);
});

// Forms of the organiser: the page of the table, the field, the request, and where the text is in it.
const no = (code) => [422, { code, say: SAYS }];
const forms = {
  "the name of a new group": { on: "make a group", fill: "Make the group", at: "#name", asks: "POST groups", text: (b) => b.name },
  "the contact": { on: "about the group", at: "#contact", asks: "PUT groups/g1", text: (b) => b.contact },
  "a line of the charter": { on: "charter", at: "#line-safety", asks: "PUT groups/g1/draft", text: (b) => b.lines.find((l) => l.principle === "safety").text },
  "the title of a session": { on: "plan", at: "#plan-title", asks: "POST groups/g1/sessions", text: (b) => b.title },
  "a note on a link": { on: "note on a link", at: "#label", button: "dialog[open] .dialog-foot .btn-primary", asks: "PUT links/s9.lead/label", text: (b) => b.label },
  "the name of a group to delete": { on: "delete the group?", at: "#delete-name", button: "dialog[open] .dialog-foot .btn-primary", asks: "POST groups/g1/delete", text: (b) => b.name },
  "who checked a helpline": { on: "helpline checked?", at: "#helpline-by", button: "dialog[open] .dialog-foot .btn-primary", asks: "POST house/helplines", text: (b) => b.checked_by },
};

// The fields of a helpline, by their ids and by what they are in the row.
for (const [id, key] of [["helpline-name", "name"], ["helpline-call", "number"], ["helpline-text", "text"], ["helpline-chat", "chat"], ["helpline-url", "url"], ["hours"], ["languages"], ["for"], ["cost"], ["rescue"], ["how"], ["helpline-source", "source"]]) {
  forms[`of a helpline: ${key || id}`] = { on: "add a helpline", at: `#${id}`, asks: "POST house/helplines", text: (b) => b.row[key || id] || "" };
}

for (const [name, f] of Object.entries(forms)) test(`${name}: nothing is lost, and the organiser is told`, { timeout: 3_600_000, skip: process.env.FIELD && process.env.FIELD !== name }, async (t) => {
  const server = await serve(api);
  const browser = await launch();
  t.after(async () => { await browser.close(); server.close(); });
  t.diagnostic(`seed ${SEED}`);
  const n = chance(SEED);
  const what = organising[f.on];
  const context = await browser.newContext({ viewport: { width: 1280, height: 1000 }, reducedMotion: "reduce" });
  await context.addInitScript(hurry);
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (e) => errors.push(e.message));
  page.said = [];
  const answers = { ...what.api, [f.asks]: no("text") };
  await openScreen(page, server.url, { ...what, api: answers });
  if (f.fill) await what.acts.find(([l]) => l === f.fill)[2](page);
  const wrong = [];
  let sent = 0;
  for (let i = 0; i < TEXTS && wrong.length < 5; i++) {
    page.said.length = 0;
    const { text } = oneText(n);
    const typed = string(await page.evaluate(write, [f.at, numbers(text)]));
    // The answer to the text before may still be on its way.
    for (const until = Date.now() + 5000; !(await page.evaluate(go, [f.at, f.button])) && Date.now() < until;) await page.evaluate(look, f.at);
    // Either it is asked for and refused, or something is said of it; a text that shows nothing may be neither.
    let seen = await page.evaluate(look, f.at);
    const done = () => (page.said.length ? seen.told.includes(SAYS) : seen.told);
    for (const until = Date.now() + (typed.trim() ? 5000 : 300); !done() && Date.now() < until;) seen = await page.evaluate(look, f.at);
    const [asked] = page.said;
    if (asked) sent++;
    if (asked && bare(f.text(asked)) !== bare(typed)) wrong.push(`${show(f.text(asked))} was sent of ${show(typed)}`);
    if (asked && !seen.told.includes(SAYS)) wrong.push(`the server’s reason is not shown for ${show(typed)}: ${seen.told}`);
    if (!asked && typed.trim() && !seen.told) wrong.push(`${show(typed)} was not sent, and nobody is told`);
    if (!seen.value || string(seen.value) !== typed) wrong.push(`${show(typed)} is not in the field any more: ${seen.value && show(string(seen.value))}`);
  }
  t.diagnostic(`${TEXTS} texts, ${sent} of them sent`);
  assert.deepEqual(wrong, []);
  assert.deepEqual(errors, []);
  assert.ok(sent > TEXTS / 3, `only ${sent} were sent`);
});
