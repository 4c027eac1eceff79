// What people write and what they see of it: nothing is lost, cut, sent by itself or left behind (U02, U04, U08, U11–U16, U22, U23, U25).
import assert from "node:assert/strict";
import { test } from "node:test";
import { launch } from "./house.mjs";
import { serve } from "../test/fake.mjs";
import { scenes } from "../test/fixtures.mjs";
import { press } from "../test/press.mjs";
import { api } from "../test/screens.mjs";
import { pause, stage } from "../test/stage.mjs";

const box = (p) => p.getByRole("textbox", { name: "Your words" });
const button = (p, name) => p.getByRole("button", { name, exact: true });
const turn = scenes.refused; // my turn, with a place to write
const sized = { viewport: { width: 360, height: 740 }, reducedMotion: "reduce" };

/** Runs play on a stage of its own. */
function scene(name, seat, play, more = sized) {
  test(name, { timeout: 60_000 }, async (t) => {
    const server = await serve(api);
    const browser = await launch();
    t.after(async () => { await browser.close(); server.close(); });
    const context = await browser.newContext(more);
    const s = await stage(context, server.url, seat);
    await play(s, context, server.url);
    assert.deepEqual(s.errors, []);
  });
}

scene("U02: words that nobody has heard are asked about before the turn ends", "s1", async (s) => {
  await s.show(turn);
  await box(s.page).fill("I was just about to say");
  assert.equal(await button(s.page, "I’m done").count(), 0);
  const order = await s.page.locator(".composer-row button").allTextContents();
  assert.deepEqual(order, ["Share", "Share and finish", "Finish without sharing"]);
  await press(button(s.page, "Share and finish"));
  await s.heard("yield");
  assert.deepEqual(s.verbs(), ["share", "yield"]);
  assert.equal(s.said[0].text, "I was just about to say");
  assert.equal(s.said[0].then, undefined, "what comes then stays in the page");
});

scene("U02: a refused share does not end the turn; finishing without sharing keeps the words here", "s1", async (s) => {
  s.answer = (m) => ({ t: m.do === "share" ? "no" : "ack", ref: m.id, code: "too-soon", say: "A little slower." });
  await s.show(turn);
  await box(s.page).fill("Something");
  await press(button(s.page, "Share and finish"));
  await s.page.getByText("A little slower.").waitFor();
  assert.deepEqual(s.verbs(), ["share"]);
  await press(button(s.page, "Finish without sharing"));
  await s.heard("yield");
  assert.equal(await box(s.page).inputValue(), "Something");
});

scene("U11: a reload asks, and the draft is there again; nothing was sent", "s1", async (s) => {
  await s.show(turn);
  await box(s.page).click();
  await s.page.keyboard.type("Half a thought");
  const asked = [];
  s.page.on("dialog", (d) => { asked.push(d.type()); d.accept(); });
  await s.page.reload();
  assert.deepEqual(asked, ["beforeunload"]);
  await box(s.page).waitFor();
  assert.equal(await box(s.page).inputValue(), "Half a thought");
  assert.deepEqual(s.said, []);
  assert.equal(await s.page.evaluate(() => getComputedStyle(document.documentElement).overscrollBehaviorY), "none", "no pulling to load again");
  // It goes with leaving.
  await s.show(scenes.left);
  await s.page.getByRole("heading", { name: "You have left" }).waitFor();
  assert.equal(await s.page.evaluate(() => Object.values(sessionStorage).join(" ").includes("Half")), false);
});

scene("U11: what I said before a reload can still be taken back, all at once", "s1", async (s) => {
  await s.show(turn);
  s.send({ t: "words", to: "room", seq: 60, prev: 47, id: "w60", kind: "share", seat: "s1", text: "Too much", at: Date.now() });
  await s.page.getByText("Too much").waitFor();
  assert.equal(await button(s.page, "Take back all I said").count(), 0);
  s.scene = { ...turn, frames: [] };
  await s.page.reload();
  await press(button(s.page, "Take back all I said"));
  assert.ok(await s.heard("take-back-all"));
  await button(s.page, "Take back all I said").waitFor({ state: "detached" });
  assert.equal(await s.page.evaluate(() => Object.values(sessionStorage).join(" ").includes("Too much")), false, "no words are kept, only their numbers");
});

scene("what a tab keeps is the tab's: another tab of the device has none of it", "s1", async (s, context, url) => {
  await s.show(turn);
  await box(s.page).fill("Half a thought");
  await press(button(s.page, "Settings"));
  await press(s.page.getByRole("radio", { name: "Dark" }));
  assert.equal(await s.page.evaluate(() => document.documentElement.dataset.theme), "dark");
  assert.deepEqual(await s.page.evaluate(() => [Object.keys(sessionStorage).sort(), localStorage.length]), [["kept s1", "room s1", "settings"], 0]);
  const other = await stage(context, url);
  await other.show(turn);
  assert.equal(await other.page.evaluate(() => document.documentElement.dataset.theme), undefined);
  assert.equal(await box(other.page).inputValue(), "");
});

scene("U12: a long paste is kept whole and goes out in parts", "s1", async (s) => {
  await s.show(turn);
  const paste = "This is one of many sentences, and they go on. ".repeat(150); // 7,000 letters
  await box(s.page).fill(paste);
  assert.equal(await box(s.page).inputValue(), paste);
  await s.page.getByText(/goes out in 4 parts/).waitFor();
  for (let left = 4; left > 1; left--) {
    await press(button(s.page, `Share part 1 of ${left}`));
    await (left > 2 ? button(s.page, `Share part 1 of ${left - 1}`) : button(s.page, "Share")).waitFor();
  }
  await press(button(s.page, "Share"));
  await pause(300);
  const shared = s.said.filter((m) => m.do === "share").map((m) => m.text);
  assert.equal(shared.join(" ").replace(/\s+/g, " "), paste.trim());
  assert.equal(await box(s.page).inputValue(), "");
});

scene("U12: no field cuts what is put into it", "s2", async (s) => {
  await s.show(scenes.lead);
  assert.deepEqual(await s.page.evaluate(() => [...document.querySelectorAll("[maxlength]")].map((e) => e.id)), []);
}, { viewport: { width: 1366, height: 768 } });

scene("U13: the focus follows the task", "s1", async (s) => {
  s.answer = (m) => (m.do === "take" ? [{ t: "ack", ref: m.id }, turn.hello] : { t: "ack", ref: m.id });
  await s.show(scenes.offer);
  const take = button(s.page, "Take the turn");
  await pause(800);
  await take.focus();
  await s.page.keyboard.press("Enter");
  await box(s.page).waitFor();
  assert.equal(await s.page.evaluate(() => document.activeElement?.id), "composer-text");
  s.answer = (m) => [{ t: "ack", ref: m.id }, scenes.offer.hello];
  await s.show(scenes.queue);
  await pause(800);
  await button(s.page, "Raise my hand").focus();
  await s.page.keyboard.press("Enter");
  await s.page.getByRole("heading", { name: "It can be your turn, if you like" }).waitFor();
  assert.equal(await s.page.evaluate(() => document.activeElement?.id), "offer-title");
  s.answer = (m) => [{ t: "ack", ref: m.id }, { ...scenes.silence.hello }];
  await pause(800);
  await button(s.page, "Pass").focus();
  await s.page.keyboard.press("Enter");
  await s.page.waitForFunction(() => document.activeElement?.classList.contains("words-scroll"));
});

for (const [width, height] of [[320, 640], [360, 740], [740, 360], [1366, 768]]) scene(`U08: the newest words stay in sight at ${width} x ${height}, at least three lines`, "s1", async (s) => {
  await s.show(scenes.listening);
  for (const next of [scenes.offer, scenes["my-turn"]]) {
    s.send(next.hello);
    await pause(200);
    const seen = await s.page.evaluate(() => {
      const list = document.querySelector(".words-scroll").getBoundingClientRect();
      const dock = document.querySelector(".room-dock").getBoundingClientRect();
      const last = [...document.querySelectorAll(".word-text")].pop().getBoundingClientRect();
      const bottom = Math.min(list.bottom, innerHeight, dock.top > list.top ? dock.top : Infinity);
      return { last: last.bottom <= bottom + 2, lines: (bottom - list.top - 20) / 27 };
    });
    assert.ok(seen.last, "the last words are out of sight");
    assert.ok(seen.lines >= 3, `only ${seen.lines.toFixed(1)} lines`);
  }
}, { viewport: { width, height }, reducedMotion: "reduce" });

scene("U08: whoever has scrolled up is left where they are", "s1", async (s) => {
  await s.show(scenes.listening);
  await s.page.locator(".words-scroll").hover();
  await s.page.mouse.wheel(0, -4000);
  await pause(200);
  const top = await s.page.evaluate(() => document.querySelector(".words-scroll").scrollTop);
  s.send(scenes.offer.hello);
  await pause(200);
  assert.equal(await s.page.evaluate(() => document.querySelector(".words-scroll").scrollTop), top);
});

scene("U04: a removal, the urgent door, a new lead and carrying on are one calm line, in the words that are spoken", "s3", async (s) => {
  await s.show({ hello: { ...scenes.listening.hello, me: { ...scenes.listening.hello.me, you: { ...scenes.listening.hello.me.you, seat: "s3" } } }, frames: scenes.listening.frames });
  const tell = (on, seq) => s.send({ t: "set", to: "room", seq, prev: seq - 1, set: {}, on });
  tell([{ kind: "removed", seat: "s12", name: "Edith" }], 48);
  tell([{ kind: "words-hidden" }, { kind: "door", value: "locked" }], 49);
  tell([{ kind: "lead-changed", seat: "s5", was: "s2" }], 50);
  tell([{ kind: "carry-on" }], 51);
  const lines = ["Edith has left us for today.", "Some words were taken away.", "The door is locked.", "Ana does not lead now. Wren is leading.", "We carry on."];
  await s.page.getByText("We carry on.").first().waitFor();
  assert.deepEqual(await s.page.locator(".words-calm").allTextContents(), lines);
  await pause(2500);
  const heard = await s.page.locator("[data-voice=polite]").textContent();
  for (const text of lines.slice(1)) assert.ok((await s.page.getByText(text).count()) > 0, text);
  assert.ok(lines.some((l) => heard.includes(l)));
  // And they go with the room.
  await s.show(scenes.left);
  assert.equal(await s.page.locator(".words-calm").count(), 0);
}, { viewport: { width: 1280, height: 800 } });

scene("U14: a name is checked where and while it is typed", "s1", async (s) => {
  s.answer = (m) => ({ t: "no", ref: m.id, code: "name-reserved", say: "That name belongs to a job here." });
  await s.show(scenes.door);
  const name = s.page.getByRole("textbox", { name: "The name others will see" });
  await name.fill("a".repeat(47));
  await s.page.getByText("That name has 47 letters. Please keep it to 32 or fewer.").waitFor();
  assert.equal(await name.getAttribute("aria-invalid"), "true");
  const near = await s.page.evaluate(() => Math.abs(document.querySelector("#door-error").getBoundingClientRect().top - document.querySelector("#door-name").getBoundingClientRect().bottom));
  assert.ok(near < 30, "the sentence stands at the field");
  await press(button(s.page, "I agree"));
  assert.deepEqual(s.said, []);
  assert.equal(await s.page.evaluate(() => document.activeElement?.id), "door-name");
  await name.fill("Flora 🌸");
  await s.page.getByText(/made of letters and numbers/).waitFor();
  await name.fill("Host");
  await press(button(s.page, "I agree"));
  await s.page.getByText("That name belongs to a job here.").waitFor();
  assert.equal(await s.page.evaluate(() => document.activeElement?.id), "door-name");
  await name.fill("Hosta");
  await s.page.getByText("That name belongs to a job here.").waitFor({ state: "detached" });
});

scene("U14, U22: a long Arabic name is shortened at its own end; names are not translated", "s1", async (s) => {
  const hello = structuredClone(scenes.listening.hello);
  hello.room.seats[5].name = "ليلى عبد الرحمن المنصور";
  hello.room.seats[3].name = "Hope";
  await s.show({ hello, frames: scenes.listening.frames });
  const seat = s.page.locator(".seat-name").filter({ hasText: "ليلى" });
  assert.equal(await seat.evaluate((e) => getComputedStyle(e).direction), "rtl");
  for (const part of await s.page.locator(".seat-name, .seat-disc bdi, .bar-word, bdi").all()) assert.ok(await part.evaluate((e) => e.closest("[translate=no]") !== null || e.classList.contains("contact")));
  // A translator takes text nodes out and puts elements in; the page goes on.
  await s.page.evaluate(() => {
    const walk = document.createTreeWalker(document.querySelector("hearth-frame"), NodeFilter.SHOW_TEXT);
    const all = [];
    while (walk.nextNode()) all.push(walk.currentNode);
    for (const text of all) {
      const font = document.createElement("font");
      font.textContent = `~${text.textContent}`;
      text.replaceWith(font);
    }
  });
  s.send(scenes.offer.hello);
  await button(s.page, "Take the turn").waitFor();
  await press(button(s.page, "Pass"));
  assert.ok(await s.heard("pass"));
});

scene("U15: half a sign goes out whole, and a message that closed the socket costs neither the words nor the seat", "s1", async (s) => {
  await s.show(turn);
  await box(s.page).evaluate((e) => { e.value = "So it was \ud83d"; e.dispatchEvent(new Event("input", { bubbles: true })); });
  await press(button(s.page, "Share"));
  assert.equal((await s.heard("share")).text, "So it was");
  s.answer = () => { s.ws.close({ code: 1003, reason: "" }); return null; };
  await box(s.page).fill("This one breaks it");
  await press(button(s.page, "Share"));
  await s.page.getByText("The server could not read that, so it was not sent.").waitFor();
  assert.equal(await box(s.page).inputValue(), "This one breaks it");
  for (let i = 0; i < 60 && s.opened < 2; i++) await pause(50);
  s.answer = (m) => ({ t: "ack", ref: m.id });
  await box(s.page).fill("This one is good");
  await press(button(s.page, "Share"));
  await pause(200);
  assert.equal(s.said[s.said.length - 1].text, "This one is good");
});

scene("U16: signs that nobody can see are named, and taken out with one tap", "s1", async (s) => {
  await s.show(turn);
  await box(s.page).fill("- tea\u0007\uf0b8");
  await s.page.getByText("nobody can see: U+0007, U+F0B8").waitFor();
  assert.equal(await button(s.page, "Share").getAttribute("aria-disabled"), "true");
  await press(button(s.page, "Take these signs out"));
  assert.equal(await box(s.page).inputValue(), "- tea");
  await press(button(s.page, "Share"));
  assert.equal((await s.heard("share")).text, "- tea");
});

scene("U23: Ctrl and Enter while an input method composes sends nothing", "s1", async (s) => {
  await s.show(turn);
  await box(s.page).fill("にほ");
  const fire = (how) => box(s.page).evaluate((e, h) => e.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true, ...h })), how);
  await fire({ isComposing: true });
  await fire({ keyCode: 229 });
  await pause(150);
  assert.deepEqual(s.said, []);
  await fire({});
  assert.ok(await s.heard("share"));
});

scene("U25: words of the room do not stay in the page after they were taken back or the room is gone", "s1", async (s) => {
  await s.show(scenes.listening);
  const voices = () => s.page.locator("[data-voice]").allTextContents();
  s.send({ t: "words", to: "room", seq: 60, prev: 47, id: "w60", kind: "share", seat: "s3", text: "Something very private", at: Date.now() });
  await s.page.waitForFunction(() => document.querySelector("[data-voice=polite]").textContent.includes("very private"));
  s.send({ t: "set", to: "room", seq: 61, prev: 60, unsay: ["w60"] });
  await pause(100);
  assert.ok(!(await s.page.evaluate(() => document.documentElement.textContent)).includes("very private"));
  s.send({ t: "set", to: "me", seq: 62, prev: 41, set: { offer: { turn: 9 } }, on: [{ kind: "offer" }] });
  await s.page.waitForFunction(() => document.querySelector("[data-voice=assertive]").textContent.includes("your turn"));
  s.send({ t: "set", to: "me", seq: 63, prev: 62, set: { offer: null } });
  await pause(100);
  assert.equal((await voices())[1], "", "“your turn” never stays");
  s.send({ t: "words", to: "room", seq: 64, prev: 61, id: "w64", kind: "share", seat: "s3", text: "Another private thing", at: Date.now() });
  await s.page.waitForFunction(() => document.querySelector("[data-voice=polite]").textContent.includes("Another private"));
  await s.show(scenes.removed);
  await s.page.getByRole("heading", { name: "You have been asked to leave for today" }).waitFor();
  assert.ok(!(await s.page.evaluate(() => document.documentElement.textContent)).includes("Another private"));
});
