// What is chosen is what is sent, and who is shown what: where one label or one text on a screen does not tell.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, until } from "./house.mjs";
import { serve } from "../test/fake.mjs";
import { scenes } from "../test/fixtures.mjs";
import { organising } from "../test/organising.mjs";
import { press } from "../test/press.mjs";
import { api, openScreen } from "../test/screens.mjs";
import { stage } from "../test/stage.mjs";

let server, browser;

before(async () => { server = await serve(api); browser = await launch(); });
after(async () => { await browser?.close(); server?.close(); });

const button = (at, name) => at.getByRole("button", { name, exact: true });
const choose = (p, label, option) => p.getByRole("combobox", { name: label, exact: true }).selectOption({ label: option });
const tags = (row) => row.locator(".tag").allInnerTexts();

/** Plays on a page of its own, wide enough for the facilitators' tools. */
function scene(name, seat, shown, play) {
  test(name, { timeout: 60_000 }, async (t) => {
    const context = await browser.newContext({ viewport: { width: 1366, height: 800 }, reducedMotion: "reduce" });
    t.after(() => context.close());
    const s = await stage(context, server.url, seat);
    await s.show(shown);
    await play(s, s.page);
    assert.deepEqual(s.errors, []);
  });
}

/** Opens what can be done for somebody inside. */
async function person(p, name) {
  const row = p.locator("li.person").filter({ has: p.locator("summary", { hasText: name }) });
  await press(row.locator("summary").first());
  return row;
}

scene("the door sends what was chosen, and which charter was answered", "s1", scenes.door, async (s, p) => {
  await p.getByRole("textbox", { name: "The name others will see" }).fill("Sam");
  await press(p.getByRole("radio", { name: /^Just listen/ }));
  await press(p.getByRole("checkbox", { name: "Breaks now and then" }));
  await press(p.getByRole("checkbox", { name: "More time in my turns" }));
  await press(button(p, "I agree"));
  const { name, answer, digest, listening, needs } = await s.heard("knock");
  assert.deepEqual({ name, answer, digest, listening, needs }, { name: "Sam", answer: "agree", digest: "c0ffee", listening: true, needs: ["more-time", "breaks"] });
});

const needy = structuredClone(scenes.listening);
needy.hello.me.you.needs = ["breaks"];
scene("choosing to listen keeps the access needs, and ticking one keeps the others", "s1", needy, async (s, p) => {
  await press(button(p, "Just listening"));
  await press(button(p, "More"));
  await press(p.getByRole("checkbox", { name: "Plain words, please" }));
  await press(p.getByRole("checkbox", { name: "Breaks now and then" }));
  const said = () => s.said.filter((m) => m.do === "prefs").map(({ listening, needs }) => ({ listening, needs }));
  await until("three choices", () => said().length === 3);
  assert.deepEqual(said(), [{ listening: true, needs: ["breaks"] }, { listening: false, needs: ["breaks", "plain-words"] }, { listening: false, needs: undefined }]);
});

scene("only one's own words can be taken back", "s1", scenes.listening, async (s, p) => {
  const own = p.locator("article").filter({ hasText: "I nearly did not come." });
  assert.equal(await button(own, "Take back these words").count(), 1);
  assert.equal(await button(p, "Take back these words").count(), 1);
});

scene("a cue that was switched off does not come (T10)", "s1", scenes["my-turn"], async (s, p) => {
  const cue = p.getByText("About a minute of your planned time is left.");
  await cue.waitFor();
  await press(button(p, "Settings"));
  await press(p.getByRole("checkbox", { name: /^Tell me softly/ }));
  await press(button(p.locator("dialog[open]"), "Close"));
  await cue.waitFor({ state: "detached" });
  assert.equal(await button(p, "Still going").count(), 0);
});

scene("a facilitator's private line goes to whom it is for", "s2", scenes.lead, async (s, p) => {
  const row = await person(p, "Priya");
  await row.getByRole("textbox", { name: "Your message" }).fill("Are you all right?");
  await press(button(row, "Send"));
  const { to, text } = await s.heard("line");
  assert.deepEqual({ to, text }, { to: "s3", text: "Are you all right?" });
});

scene("facilitators see of each person what they may know, and of nobody else's", "s2", scenes.lead, async (s, p) => {
  const waits = (name) => p.locator("li.gate-one").filter({ has: p.getByRole("heading", { name }) });
  await waits("Robin").waitFor();
  assert.deepEqual(await tags(waits("Robin")), ["has a concern", "just listening", "More time in my turns"]);
  assert.deepEqual(await tags(waits("Alex")), ["greeted", "by the open link", "says: this is my seat (Tomasz)", "knocks", "connection lost"]);
  const inside = (name) => p.locator("li.person").filter({ has: p.locator("summary", { hasText: name }) });
  assert.deepEqual(await tags(inside("Tomasz")), ["has a concern", "just listening"]);
  assert.deepEqual(await tags(inside("Priya")), ["More time in my turns"]);
  assert.deepEqual(await tags(inside("Maximiliana")), ["just listening"]);
});

scene("the part, the format and the line that were chosen are the ones that come", "s2", scenes.lead, async (s, p) => {
  await choose(p, "Move on to", "Closing");
  await press(button(p, "Move on"));
  assert.equal((await s.heard("phase")).to, "closing");
  await choose(p, "Format", "Open floor");
  await press(button(p, "Begin"));
  assert.equal((await s.heard("begin")).format, "open");
  await choose(p, "Line of the charter", "Loyalty");
  await press(button(p, "Show this line"));
  assert.equal((await s.heard("remind")).principle, "loyalty");
});

scene("an act without a line of the charter, or without a reason, asks for it and sends nothing (M3)", "s2", scenes.lead, async (s, p) => {
  await press(button(await person(p, "Priya"), "Quiet time…"));
  await press(button(p, "Begin the quiet time"));
  await p.getByText("Please choose a line of the charter.").waitFor({ timeout: 5000 });
  await choose(p, "Which line of the charter does it rest on?", "Equality");
  await press(button(p, "Begin the quiet time"));
  await p.getByText("Please choose a reason.").waitFor({ timeout: 5000 });
  assert.deepEqual(s.said, []);
});

scene("the welcome stands large in the lobby", "s1", scenes["lobby-greeted"], async (s, p) => {
  assert.match(await p.locator("blockquote").innerText({ timeout: 5000 }), /^Hello Sam, good to see you\./);
});

for (const [name, within, first] of [["held", "main"], ["lobby", "main"], ["line-nobody", ".line-dialog", "Private line"]]) {
  scene(`helplines are one press away where nobody may answer: ${name}`, "s1", scenes[name], async (s, p) => {
    if (first) await press(button(p, first));
    const help = button(p.locator(within), "Helplines and rights").filter({ visible: true });
    assert.equal(await help.count(), 1, "there is no way to the helplines");
    await press(help);
    await p.locator("dialog[open]").getByRole("heading", { name: "Helplines and rights" }).waitFor({ timeout: 5000 });
  });
}

for (const name of ["lobby-sent-back", "out-quiet"]) scene(`whoever questions a notice is led to the private line: ${name}`, "s1", scenes[name], async (s, p) => {
  await press(button(p, "You may question this"));
  assert.equal(await p.getByRole("textbox", { name: "Your message" }).evaluate((e) => e === document.activeElement), true);
});

test("a mail with a link has a neutral subject", { timeout: 60_000 }, async (t) => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  t.after(() => page.close());
  await openScreen(page, server.url, organising["session, links"]);
  const mail = new URL(await page.getByRole("link", { name: /^Mail: / }).first().getAttribute("href"));
  assert.equal(mail.searchParams.get("subject"), "Tuesday group");
  assert.match(mail.searchParams.get("body"), /\/j#A{42}\d/);
});
