// One meeting on phones, by taps alone: a participant's way from the door to the goodbye page, and what the lead and wellbeing do.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fingers, onlyFingers, phone } from "./fingers.mjs";
import { launch, printedLink, startHearth, until } from "./house.mjs";
import { Lead, Person, Wellbeing } from "./people.mjs";

/** On a phone the tools stand behind a switch. */
const withTools = (Kind) => class extends Kind {
  async show(which) {
    const to = this.page.getByRole("group", { name: "What to show" }).getByRole("button", { name: new RegExp(`^${which}`) });
    if ((await to.getAttribute("aria-pressed")) !== "true") await this.hands.press(this.page, to);
  }
  tools() { return this.show("Tools"); }
  room() { return this.show("Room"); }
};
const PhoneLead = withTools(Lead);
const PhoneWellbeing = withTools(Wellbeing);

async function everybody(house, browser) {
  const somebody = async (Kind, name, link) => {
    const context = await browser.newContext(phone);
    await onlyFingers(context);
    const p = new Kind(name, context, fingers);
    await p.join(printedLink(house, link));
    return p;
  };
  const people = {
    lead: await somebody(PhoneLead, "Lena", "lead"), wim: await somebody(PhoneWellbeing, "Wim", "wellbeing"),
    ana: await somebody(Person, "Ana", "participant 1"), bea: await somebody(Person, "Bea", "participant 2"),
  };
  // Fingers fold out what they want to read.
  await people.ana.press("Helplines and rights");
  await people.ana.press("Close");
  await fingers.check(people.ana.page, people.ana.page.getByRole("checkbox", { name: "Breaks now and then" }));
  for (const p of Object.values(people)) await p.answer();
  return people;
}

async function door({ lead, wim, ana, bea }) {
  await ana.sees("heading", /lobby/);
  await ana.write("Your message", "Am I in the right place?");
  await ana.press("Send");
  await wim.isIn();
  await wim.tools();
  for (const p of [ana, bea]) {
    await wim.letIn(p.name);
    await p.isIn();
  }
  await lead.tools();
  await lead.press("Lock the door");
  await lead.sees("button", "Unlock the door");
}

async function turns({ lead, wim, ana, bea }) {
  await lead.moveTo("Opening");
  await lead.write("Process line", "Welcome, everybody.");
  await lead.press("Post the line");
  await ana.hears("Welcome, everybody.");
  await lead.moveTo("Main part");
  await lead.begin("Raise a hand");
  await ana.press("Raise my hand");
  await until("Ana to be offered", () => ana.isOffered());
  await ana.press("Take the turn");
  await ana.share("It has been a long week.");
  await wim.room();
  await wim.hears("It has been a long week.");
  await ana.press("I’m done");
  await bea.press("Raise my hand");
  await until("Bea to be offered", () => bea.isOffered());
  await bea.press("Pass");
  await bea.saysText("Thank you, moving on.");
  await bea.press("Just listening");
  await bea.press("Step out");
  await bea.press("Come back");
  await bea.isIn();
}

async function care({ lead, wim, ana, bea }) {
  await ana.press("Private line");
  await ana.write("Your message", "I would like a break soon.");
  await ana.press("Send");
  await ana.press("Close");
  await ana.press("More");
  await ana.press("Ask for a break");
  await ana.press("Close");
  await wim.tools();
  await wim.saysText("Somebody asks for a break.");
  await wim.act("Bea", "A quiet word…");
  await wim.choose("Which line of the charter does it rest on?", "Equality");
  await wim.write(/^Your words to Bea/, "Would you leave some room?");
  await wim.press("Send the quiet word");
  await bea.saysText("Would you leave some room?");
  await bea.press("I have read this");
  await wim.act("Bea", "Pause the room…");
  await wim.choose("Which line of the charter does it rest on?", "Safety and trust");
  await wim.press("Pause the room now");
  await ana.sees("heading", "A short pause");
  await lead.press("Carry on");
  await until("the pause to end", async () => (await ana.page.getByRole("heading", { name: "A short pause" }).count()) === 0);
}

async function end({ lead, ana, bea, wim }) {
  await lead.moveTo("Closing");
  await lead.moveTo("After-care");
  await lead.press("End the session…");
  await lead.press("End the session now");
  for (const p of [ana, bea, wim]) await p.sees("heading", "The session is over");
  await ana.saysText("People to talk to");
}

test("a meeting by touch, 360 x 740: taps alone, on nothing smaller than 44 px", { timeout: 120_000 }, async (t) => {
  const house = await startHearth(["--example"]);
  const browser = await launch();
  t.after(async () => { await browser.close(); await house.end(); });
  const people = await everybody(house, browser);
  for (const part of [door, turns, care, end]) await part(people);
  let taps = 0;
  for (const p of Object.values(people)) {
    const seen = await p.page.evaluate(() => ({ taps: window.taps, strange: window.strange, wide: document.documentElement.scrollWidth - window.innerWidth }));
    assert.deepEqual(seen.strange, [], `${p.name} used something else than a finger`);
    assert.ok(seen.wide <= 0, `${p.name}'s page is ${seen.wide}px too wide`);
    assert.deepEqual(p.errors, []);
    taps += seen.taps;
  }
  t.diagnostic(`${taps} taps`);
  assert.ok(taps > 60, "the test has lost its subject");
});
