// Networks, devices and time: what is said when something is in the way, and how soon (U09, U10, U17–U21).
import assert from "node:assert/strict";
import { test } from "node:test";
import { launch, pause, printedLink, startHearth, until } from "./house.mjs";
import { serve } from "../test/fake.mjs";
import { scenes } from "../test/fixtures.mjs";
import { press } from "../test/press.mjs";
import { api } from "../test/screens.mjs";
import { stage } from "../test/stage.mjs";

const button = (p, name) => p.getByRole("button", { name, exact: true });
const sizes = [[360, 740], [1366, 768], [320, 640], [740, 360]].map(([width, height]) => ({ viewport: { width, height }, reducedMotion: "reduce" }));
const [sized] = sizes;

function scene(name, play, more = sized) {
  test(name, { timeout: 60_000 }, async (t) => {
    const server = await serve(api);
    const browser = await launch();
    t.after(async () => { await browser.close(); server.close(); });
    const context = await browser.newContext(more);
    await play(await stage(context, server.url), context, server.url);
  });
}

for (const at of sizes) scene(`U10: a network that goes is said within two seconds, by the device or by no answer; it comes back within three, at ${at.viewport.width} x ${at.viewport.height}`, async (s, context) => {
  await s.show(scenes.refused);
  const lost = s.page.getByText("We lost the connection.").first();
  const before = s.opened; // it may be tried again before the sentence is seen here
  await context.setOffline(true);
  await lost.waitFor({ timeout: 2000 });
  await context.setOffline(false);
  await lost.waitFor({ state: "detached", timeout: 3000 });
  assert.ok(s.opened > before);
  // Nobody says anything: the socket is dead and takes everything.
  await s.page.getByRole("textbox", { name: "Your words" }).fill("Are you there?");
  s.mute = true;
  const began = Date.now();
  await press(button(s.page, "Share"));
  await s.page.getByText("What you have written is kept here.").waitFor({ timeout: 3500 });
  assert.ok(Date.now() - began < 3500);
  s.mute = false;
  await until("the words to go out on a new socket", () => s.said.some((m) => m.text === "Are you there?"), 20_000);
  // Coming back to the page asks the socket at once.
  s.mute = true;
  const opened = s.opened;
  await s.page.evaluate(() => window.dispatchEvent(new Event("focus")));
  await until("a new socket", () => s.opened > opened, 5000);
}, at);

for (const at of sizes) scene(`U10: a machine that wakes asks at once, at ${at.viewport.width} x ${at.viewport.height}`, async (s) => {
  await s.page.addInitScript(() => {
    const real = Date.now.bind(Date);
    window.ahead = 0;
    Date.now = () => real() + window.ahead;
  });
  await s.show(scenes.listening);
  await pause(2500);
  s.mute = true;
  const opened = s.opened;
  await s.page.evaluate(() => { window.ahead = 3_600_000; });
  await until("a new socket after the sleep", () => s.opened > opened, 6000);
}, at);

scene("U17: setting the device's clock back an hour stops nothing", async (s) => {
  await s.page.addInitScript(() => {
    const real = Date.now.bind(Date);
    window.ahead = 0;
    Date.now = () => real() + window.ahead;
  });
  await s.show({ hello: { ...scenes.open.hello, now: Date.now(), me: { ...scenes.open.hello.me, can: { share: true, from: Date.now() + 1500 } } } });
  await s.page.evaluate(() => { window.ahead = -3_600_000; });
  await s.page.getByRole("textbox", { name: "Your words to the group" }).fill("Tea?");
  await pause(1700);
  await press(button(s.page, "Share"));
  assert.ok(await s.heard("share"));
  s.send({ t: "words", to: "room", seq: 90, prev: 41, id: "w90", kind: "share", seat: "s3", text: "Heard in time", at: Date.now() });
  await s.page.waitForFunction(() => document.querySelector("[data-voice=polite]").textContent.includes("Heard in time"), null, { timeout: 4000 });
});

scene("U21: a network that lets pages through and no WebSockets is named, with what helps, and no word that is not true", async (s, _context, url) => {
  s.refuse = true;
  await s.page.route("**/healthz", (r) => r.fulfill({ body: "ok" }));
  await s.page.goto(`${url}/s/s1`);
  await s.page.getByText("but not the live connection that a room needs").waitFor({ timeout: 10_000 });
  assert.equal(await s.page.getByText(/kept here/).count(), 0);
  assert.equal(await s.page.getByText("We lost the connection").count(), 0, "there was none to lose");
  const check = s.page.getByRole("link", { name: "Check the connection" });
  assert.equal(await check.getAttribute("href"), "/check");
});

scene("a network is blamed no longer once the house does not answer either", async (s, _context, url) => {
  await s.page.addInitScript(() => { Math.random = () => 0.05; });
  s.refuse = true;
  let up = true;
  await s.page.route("**/healthz", (r) => (up ? r.fulfill({ body: "ok" }) : r.abort()));
  await s.page.goto(`${url}/s/s1`);
  const blamed = s.page.getByText("but not the live connection that a room needs");
  await blamed.waitFor({ timeout: 10_000 });
  up = false;
  await blamed.waitFor({ state: "detached", timeout: 10_000 });
  await s.page.getByText("We have not reached the room yet.").first().waitFor();
});

scene("a house that was away for two tries is not taken for a network without WebSockets", async (s, _context, url) => {
  await s.page.addInitScript(() => {
    Math.random = () => 0.99; // each wait as long as it can be: 0.5 s, 1 s, 2 s
    new MutationObserver(() => { window.blamed ||= document.body?.textContent.includes("live connection that a room needs"); }).observe(document, { childList: true, subtree: true, characterData: true });
  });
  s.refuse = true;
  await s.page.route("**/healthz", (r) => { s.refuse = false; return r.fulfill({ body: "ok" }); });
  s.scene = scenes.listening;
  await s.page.goto(`${url}/s/s1`);
  await s.page.waitForSelector("hearth-room", { timeout: 10_000 });
  assert.ok(s.opened >= 3, `opened ${s.opened} times: the house was not away`);
  assert.equal(await s.page.evaluate(() => Boolean(window.blamed)), false, "the network was blamed");
});

test("U18–U21 on a real house: links that came damaged, cookies that are blocked, and the page that checks", { timeout: 120_000 }, async (t) => {
  const house = await startHearth(["--example"]);
  const browser = await launch();
  t.after(async () => { await browser.close(); await house.end(); });
  const link = printedLink(house, "participant 1");
  const token = link.split("#")[1];

  const context = await browser.newContext(sized);
  const page = await context.newPage();
  for (const [came, text] of [[`${house.url}/j#${token}.`, "This link opens a seat"], [`${house.url}/j%23${token}`, "This link opens a seat"], [`${house.url}/j#${token.slice(0, 40)}`, "This link is damaged"],
    [`${house.url}/j%23${token.slice(0, 30)}`, "This link is damaged"], [`${house.url}/j`, "This address has no invitation in it"]]) {
    await page.goto("about:blank");
    await page.goto(came);
    await page.getByText(text).waitFor();
    assert.ok(!new URL(page.url()).pathname.includes(token.slice(0, 20)), "the token has left the path");
  }
  assert.ok(!house.said.includes(`%23${token}`) && house.said.split(token).length <= 2, "and it is in no log");

  // U19, the check, and a good end.
  await page.goto(`${house.url}/check`);
  await page.getByText("Everything works from here.").waitFor({ timeout: 15_000 });

  // U20: a browser without cookies is told before anything is bound.
  const blocked = await (await browser.newContext(sized)).newPage();
  await blocked.route("**/api/open", async (r) => {
    const answer = await r.fetch({ headers: { ...r.request().headers(), cookie: "" } });
    const headers = answer.headers();
    delete headers["set-cookie"];
    await r.fulfill({ response: answer, headers });
  });
  await blocked.goto(link);
  await press(button(blocked, "Join"));
  await blocked.getByText("Your link has not been used.").waitFor();
  await page.goto("about:blank");
  await page.goto(link);
  await press(button(page, "Join"));
  await page.getByRole("heading", { name: "Welcome to the door" }).waitFor();
  // U09: the house does not forbid its own page to keep the screen on.
  assert.equal(await page.evaluate(() => navigator.wakeLock.request("screen").then((lock) => lock.release()).then(() => "on", (e) => e.message)), "on");
  const never = await (await browser.newContext(sized)).newPage();
  await never.addInitScript(() => Object.defineProperty(Navigator.prototype, "cookieEnabled", { get: () => false }));
  await never.goto(link);
  await never.getByText("Your browser keeps no cookies for this page").waitFor();
});

scene("U19: a session on another day has its day, date and zone, at the door and in the lobby", async (s) => {
  const tomorrow = new Date(Date.now() + 86_400_000).setHours(19, 30, 0, 0);
  const at = (one, start) => ({ ...one, hello: { ...one.hello, now: Date.now(), session: { ...one.hello.session, start } } });
  const day = new Date(tomorrow).toLocaleDateString("en-US", { weekday: "long" });
  await s.show(at(scenes.door, tomorrow));
  await s.page.getByText(new RegExp(`Start: .*${day}.*(GMT|UTC)`)).waitFor();
  await s.show(at(scenes.lobby, tomorrow));
  await s.page.getByText(new RegExp(`The session is tomorrow: .*${day}.*(GMT|UTC)`)).waitFor();
  assert.equal(await s.page.getByText("No facilitator is here yet.").count(), 0, "nobody is expected today");
  await s.show(at(scenes.lobby, tomorrow + 5 * 86_400_000));
  await s.page.getByText("The session is on another day").waitFor();
  await s.show(at(scenes.lobby, Date.now() + 60_000));
  await s.page.getByText("No facilitator is here yet.").waitFor();
}, { ...sized, locale: "en-US", timezoneId: "Europe/London" });

scene("U09: who asked for it is called back to a hidden page, without a name or a word; nobody else is", async (s) => {
  await s.page.addInitScript(() => {
    window.calls = [];
    window.hide = (yes) => {
      Object.defineProperty(Document.prototype, "hidden", { configurable: true, get: () => yes });
      document.dispatchEvent(new Event("visibilitychange"));
    };
    Navigator.prototype.vibrate = (ms) => { window.calls.push(`buzz ${ms}`); return true; };
    window.Notification = class { constructor(title, more) { window.calls.push(`notice ${title} ${more.body}`); } close() {} static async requestPermission() { return "granted"; } };
    window.AudioContext = class { currentTime = 0; resume() {} createOscillator() { window.calls.push("tone"); return { frequency: {}, connect: (x) => x, start() {}, stop() {} }; } createGain() { return { gain: { setValueAtTime() {}, linearRampToValueAtTime() {} }, connect: (x) => x }; } };
    Object.defineProperty(Navigator.prototype, "wakeLock", { get: () => ({ request: async () => { window.calls.push("awake"); return { addEventListener() {}, release: async () => { window.calls.push("asleep"); } }; } }) });
  });
  await s.show(scenes.listening);
  const calls = () => s.page.evaluate(() => window.calls.splice(0));
  const offer = (seq) => s.send({ t: "set", to: "me", seq, prev: seq - 1, set: { offer: { turn: seq } }, on: [{ kind: "offer" }] });
  await s.page.evaluate(() => window.hide(true));
  s.send({ t: "set", to: "me", seq: 60, prev: 41, set: { offer: { turn: 9 } }, on: [{ kind: "offer" }] });
  await pause(300);
  assert.deepEqual(await calls(), []);
  assert.match(await s.page.title(), /Tuesday group/);
  await s.page.evaluate(() => window.hide(false));
  await press(button(s.page, "Settings"));
  for (const tick of ["Another title and icon on this tab", "A soft sound", "A short buzz, on a phone", "Keep the screen on while I am in the room"]) await press(s.page.getByRole("checkbox", { name: tick }));
  await press(s.page.getByRole("checkbox", { name: /^A notification/ }));
  await until("everything to be ticked", async () => (await s.page.getByRole("checkbox", { name: /^A notification/ }).isChecked()), 3000);
  await press(button(s.page, "Close"));
  assert.deepEqual((await calls()).filter((c) => c === "awake"), ["awake"]);
  await s.page.evaluate(() => window.hide(true));
  offer(61);
  await until("the title", async () => (await s.page.title()) === "Have a look", 3000);
  const called = (await calls()).join(", ");
  assert.match(called, /tone.*buzz 120.*notice hearth Have a look when you can\./);
  assert.doesNotMatch(called, /Sam|Priya|turn|group/);
  assert.match(await s.page.locator("link[rel=icon]").getAttribute("href"), /icon-look/);
  s.send({ t: "words", to: "room", seq: 70, prev: 47, id: "w70", kind: "share", seat: "s3", text: "To everybody", at: Date.now() });
  await pause(200);
  assert.deepEqual(await calls(), [], "words to everybody call nobody");
  await s.page.evaluate(() => window.hide(false));
  await until("the title to be as it was", async () => /Tuesday group/.test(await s.page.title()), 3000);
  assert.doesNotMatch(await s.page.locator("link[rel=icon]").getAttribute("href"), /icon-look/);
});
