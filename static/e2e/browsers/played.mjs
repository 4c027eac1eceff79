// One meeting from the link to the goodbye page, as a participant in another browser than Chromium; two facilitators in Chromium.
import assert from "node:assert/strict";
import { launch, printedLink, startHearth, until } from "../house.mjs";
import { Lead, Person, Wellbeing } from "../people.mjs";
import { cutLine } from "./line.mjs";
import { read } from "./seen.mjs";
import { Visitor } from "./visitor.mjs";

const BOX = "Your words";

async function arrives(v, link) {
  await v.tab.open(link);
  await v.says("You have an invitation");
  await v.looks("1-invitation");
  await v.press("Join");
  await v.sees("heading", "Welcome to the door");
  await v.says("Safety and trust");
  await v.looks("2-door");
  await v.press("I agree");
  await v.says("Please choose a name first.");
  await v.write("The name others will see", "Zoë");
  await v.press("I agree");
  await v.says("lobby");
  await v.looks("3-lobby");
}

async function speaks(v, lead, wim) {
  await lead.moveTo("Opening");
  await lead.process("Welcome, everybody.");
  await v.says("Welcome, everybody.");
  await lead.moveTo("Main part");
  await lead.begin("Raise a hand");
  await v.press("Raise my hand");
  await v.sees("heading", "It can be your turn, if you like");
  await v.looks("5-offer");
  await v.press("Take the turn");
  await v.sees("heading", "You have the floor");
  await until("the box to have the focus", async () => (await v.sees("textbox", BOX)).focused);
  await v.write(BOX, "It has been a long week – and a good one: ☀️");
  await v.looks("6-my-turn");
  // A reload costs nothing that was written, and sends nothing.
  await v.tab.reload();
  await v.sees("heading", "You have the floor");
  assert.equal((await v.sees("textbox", BOX)).value, "It has been a long week – and a good one: ☀️");
  assert.equal(await wim.heard("a long week"), false);
  await v.press("Share");
  await wim.hears("a long week");
  await v.press("I’m done");
  await wim.press("Raise my hand");
  await wim.turn("I am glad you came.");
  await v.says("I am glad you came.");
  await v.looks("7-heard");
}

async function writesInPrivate(v, wim) {
  await v.press("Private line");
  await v.write("Your message", "Can I sit quietly for a while?");
  await v.looks("8-private-line");
  await v.press("Send");
  await until("the line to come", async () => (await wim.page.getByText("Can I sit quietly for a while?").count()) > 0);
  await v.press("Close");
}

async function goesAndComes(v, lead, line) {
  await v.press("Step out");
  await v.sees("button", "Come back");
  await v.looks("9-out");
  await v.press("Come back");
  await v.sees("list", "The circle");
  line.cut();
  await v.says("We lost the connection.");
  await v.looks("10-lost");
  await until("others to see it", async () => /reconnecting/.test(await lead.circle().innerText()));
  await lead.process("While you were away.");
  line.mend();
  await v.says("While you were away.");
  await until("the page to say no more of it", async () => !(await v.said("We lost the connection.")));
}

async function saysGoodbye(v, lead) {
  await lead.moveTo("Closing");
  await lead.moveTo("After-care");
  await lead.press("End the session…");
  await lead.press("End the session now");
  await v.sees("heading", "The session is over");
  for (const text of ["If today was a lot", "People to talk to"]) await v.says(text);
  assert.ok(!(await v.tab.run(read)).includes("a long week"), "the words are gone");
  await v.looks("11-goodbye");
  await v.tab.reload();
  await v.sees("heading", "The session is over");
}

/**
 * @param {import("node:test").TestContext} t @param {(size: {width: number, height: number}) => Promise<any>} open
 * @param {{width: number, height: number}} size
 */
export async function playedMeeting(t, open, size) {
  const line = await cutLine();
  const house = await startHearth(["--example"], line.url);
  line.leadsTo(house.own);
  const browser = await launch();
  t.after(async () => { await browser.close(); line.close(); await house.end(); });
  const tab = await open(size);
  t.after(() => tab.close());
  const shown = await tab.run(() => [window.innerWidth, window.innerHeight]);
  t.diagnostic(`${tab.name}, ${shown.join(" x ")}`);
  const v = new Visitor(tab, size.width);
  const [lead, wim] = [new Lead("Lena", await browser.newContext()), new Wellbeing("Wim", await browser.newContext())];
  await lead.join(printedLink(house, "lead"));
  await lead.answer();
  await wim.join(printedLink(house, "wellbeing"));
  await wim.answer();

  const bea = new Person("Bea", await browser.newContext()); // a session needs two
  await bea.join(printedLink(house, "participant 2"));
  await bea.answer();
  await wim.letIn("Bea");

  await arrives(v, printedLink(house, "participant 1"));
  await wim.letIn("Zoë");
  await v.sees("list", "The circle");
  await v.looks("4-room");
  await speaks(v, lead, wim);
  await writesInPrivate(v, wim);
  await goesAndComes(v, lead, line);
  await saysGoodbye(v, lead);
}
