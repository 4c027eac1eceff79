// One whole session, from the organiser's link to the record, in separate browsers. Played twice: by pointer, with axe
// on every screen; and by keys alone.
import assert from "node:assert/strict";
import { cuttable, launch, launchAlone, printedLink, startHearth, until } from "./house.mjs";
import { Lead, Person, round, Wellbeing } from "./people.mjs";
import { makeSession } from "./organiser.mjs";

const context = (b, more = {}) => b.newContext({ viewport: { width: 1280, height: 900 }, ...more });

/** @param {import("node:test").TestContext} t @param {typeof import("./hands.mjs").pointer} hands @param {boolean} axe */
export async function wholeSession(t, hands, axe) {
  const house = await startHearth();
  const browser = await launch();
  const leadAlone = await launchAlone();
  const line = await cuttable();
  t.after(async () => {
    await browser.close();
    await leadAlone.close().catch(() => {});
    line.close();
    await house.end();
  });
  /** @type {Record<string, any>} */
  const people = {};
  const somebody = (Kind, name, c) => {
    const p = new Kind(name, c, hands);
    if (!axe) p.clean = async () => {};
    return p;
  };
  let links, broken = false;
  // A step that fails ends the session: what follows could not mean anything.
  const step = (name, play) => t.test(name, { skip: broken && "an earlier step failed" }, async () => {
    broken = true;
    await play();
    broken = false;
  });

  await step("the organiser makes a group, adopts its charter and hands out links", async () => {
    const organiser = somebody(Person, "Organiser", await context(browser));
    await organiser.join(printedLink(house, "organiser"));
    links = await makeSession(organiser, { participants: 5 });
    assert.equal(links.personal.length, 5);
    people.organiser = organiser;
  });

  await step("the door: charter, names, answers; nobody in before a facilitator", async () => {
    people.Ana = somebody(Person, "Ana", await context(browser, { proxy: line.proxy }));
    await people.Ana.join(links.personal[0]);
    await people.Ana.clean("the door");
    await people.Ana.answer();
    await people.Ana.saysText("No facilitator is here yet.");
    await people.Ana.clean("the lobby");

    people.Lena = somebody(Lead, "Lena", await context(leadAlone.browser));
    await people.Lena.join(links.lead);
    await people.Lena.answer();
    people.Wim = somebody(Wellbeing, "Wim", await context(browser));
    await people.Wim.join(links.wellbeing);
    await people.Wim.answer();
    people.Tove = somebody(Person, "Tove", await context(browser));
    await people.Tove.join(links.trainee);
    await people.Tove.answer();
    for (const [i, name] of ["Bea", "Cal", "Dan", "Eve"].entries()) {
      people[name] = somebody(Person, name, await context(browser));
      await people[name].join(links.personal[i + 1]);
      await people[name].answer({ listening: name === "Eve" });
      await people[name].sees("heading", /lobby/);
    }
    // A7: people waiting see neither each other nor the room.
    const lobby = await people.Bea.page.locator("body").innerText();
    for (const other of ["Ana", "Lena", "Wim", "Cal"]) assert.ok(!lobby.includes(other), `the lobby shows ${other}`);
    await people.Wim.clean("wellbeing's tools");
  });

  await step("wellbeing greets and lets in, one by one", async () => {
    for (const name of ["Tove", "Ana", "Bea", "Cal", "Dan", "Eve"]) {
      await people.Wim.letIn(name);
      await people[name].isIn();
    }
    await people.Eve.clean("the room");
    await people.Lena.clean("the lead's tools");
  });

  const inside = () => ["Lena", "Wim", "Ana", "Bea", "Cal", "Dan", "Eve"].map((n) => people[n]);

  await step("opening, and a go-round with a pass, a later and a listener", async () => {
    await people.Lena.moveTo("Opening");
    await people.Lena.process("Welcome, everybody.");
    await people.Dan.hears("Welcome, everybody.");
    await people.Lena.moveTo("Check-in");
    await people.Lena.begin("Go-round");
    await people.Eve.saysText("Each seat is offered one turn");
    const share = (text) => async (p) => {
      await p.press("Take the turn");
      await p.sees("heading", "You have the floor");
      // C02, T2: nobody else has a place to write.
      for (const other of inside()) if (other !== p) assert.equal(await other.composer().count(), 0, `${other.name} can write in ${p.name}'s turn`);
      if (p.name === "Ana") { await p.clean("my turn"); await people.Bea.clean("somebody's turn"); }
      await p.share(text);
      await p.press("I’m done");
    };
    const asked = await round(inside(), {
      Lena: (p) => p.press("Pass"), Wim: share("Wim is fine today."), Ana: share("Ana had a long week."),
      Bea: async (p) => { await p.clean("the offer"); await p.press("Pass"); await p.saysText("Thank you, moving on."); },
      Cal: async (p, time) => (time === 1 ? p.press("Come back to me") : share("Cal needed a moment.")(p)),
      Dan: share("Dan slept well."),
    }, async () => (await people.Eve.page.getByText("How is each of us today?").count()) > 0);
    assert.equal(asked.Cal, 2, "later is asked once more");
    assert.equal(asked.Bea, 1, "a pass is not asked again");
    assert.equal(asked.Eve, undefined, "a listener is not asked (T4)");
    for (const text of ["Ana had a long week.", "Cal needed a moment."]) await people.Eve.hears(text);
  });

  await step("a hand queue: first turns before second turns, names up next", async () => {
    await people.Lena.moveTo("Main part");
    await people.Lena.begin("Raise a hand");
    await people.Ana.press("Raise my hand");
    await until("Ana to be offered", () => people.Ana.isOffered());
    await people.Ana.press("Take the turn");
    await people.Dan.press("Raise my hand");
    await people.Cal.press("Raise my hand");
    await people.Eve.saysText(/Up next: .*Dan/);
    await people.Ana.share("Ana asks nothing today.");
    await people.Ana.press("“Me too” experiences", false);
    await people.Ana.press("I’m done");
    // T8: replies because Ana asked for them.
    await people.Dan.write("Your reply", "Me too, Ana.");
    await people.Dan.press("Reply");
    await people.Ana.hears("Me too, Ana.");
    await people.Ana.press("Close the replies");
    await round(inside(), { Dan: (p) => p.turn("Dan, second."), Cal: (p) => p.turn("Cal, third.") }, async () => people.Eve.heard("Cal, third."));
  });

  await step("open floor, a nudge with an answer, quiet time", async () => {
    await until("the turn to end", async () => !(await people.Cal.button("I’m done").isVisible()));
    await people.Lena.begin("Open floor");
    await people.Ana.write("Your words to the group", "Anybody for tea?");
    await people.Ana.press("Share");
    await people.Bea.hears("Anybody for tea?");

    await people.Wim.act("Bea", "A quiet word…");
    await people.Wim.clean("a quiet word");
    await people.Wim.choose("Which line of the charter does it rest on?", "Equality");
    await people.Wim.write(/^Your words to Bea/, "Would you leave some room?");
    await people.Wim.press("Send the quiet word");
    await people.Bea.saysText("Would you leave some room?");
    await people.Bea.saysText("Only you and the facilitator who wrote it see this.");
    await people.Bea.clean("a notice");
    assert.equal(await people.Cal.page.getByText("Would you leave some room?").count(), 0);
    await people.Bea.press("You may question this");
    await people.Bea.write("Your message", "I will, thank you.");
    await people.Bea.press("Send");
    await until("Wim to read the answer", async () => (await people.Wim.page.getByText("I will, thank you.").count()) > 0);
    await people.Bea.press("Close");

    await people.Wim.act("Cal", "Quiet time…");
    await people.Wim.choose("Which line of the charter does it rest on?", "Safety and trust");
    await people.Wim.choose("Why", "Words that hurt or shame");
    await people.Wim.press("Begin the quiet time");
    await people.Cal.sees("heading", "Quiet time");
    await people.Cal.saysText(/It ends by itself at/);
    assert.equal(await people.Cal.composer().count(), 0, "quiet time takes the composer");
    await people.Cal.press("Private line", false); // M7: help stays
    await people.Cal.press("Close");
  });

  await step("a removal takes two facilitators and is told", async () => {
    await people.Lena.act("Dan", "Remove for today…");
    await people.Lena.choose("Which line of the charter does it rest on?", "Safety and trust");
    await people.Lena.choose("Why", "Harassment");
    await people.Lena.press("Ask the other facilitator to confirm");
    await people.Wim.press("Confirm the removal of Dan");
    await people.Dan.sees("heading", "You have been asked to leave for today");
    await people.Dan.clean("goodbye, removed");
    // U05: the goodbye is found again, with the reason, the line and whom to write to.
    await people.Dan.page.reload();
    await people.Dan.sees("heading", "You have been asked to leave for today");
    for (const text of ["It was felt as harassment.", "Safety and trust", "hello@example.org", /within three days/]) await people.Dan.saysText(text);
    await until("Dan to be gone from the circle", async () => !(await people.Ana.circle().innerText()).includes("Dan"));
  });

  await step("a network is cut and comes back with what was missed", async () => {
    await people.Lena.press("End this format");
    line.cut();
    await people.Ana.saysText("We lost the connection.");
    await people.Lena.process("While Ana was away.");
    await until("others to see that Ana reconnects", async () => /reconnecting/.test(await people.Bea.circle().innerText()));
    line.mend();
    await people.Ana.hears("While Ana was away.");
    await until("others to see Ana back", async () => !/reconnecting/.test(await people.Bea.circle().innerText()));
  });

  await step("the lead's browser is killed, wellbeing leads, the lead comes back as wellbeing", async () => {
    leadAlone.kill();
    await until("Wim to lead", async () => (await people.Wim.page.getByRole("combobox", { name: "Move on to" }).count()) > 0, 40_000);
    await until("the room to see who leads", async () => /Wim, lead|lead/.test(await people.Bea.circle().innerText()));
    people.Lena = somebody(Lead, "Lena", await context(browser));
    people.Lena.page = await people.Lena.context.newPage();
    await people.Lena.page.goto(links.lead);
    await people.Lena.press("Join");
    await people.Lena.isIn();
    await people.Lena.saysText("You look after people and the door");
  });

  await step("a crash: everybody is back, the room is held, the words are gone, a facilitator carries on", async () => {
    await house.kill("SIGKILL");
    await house.again();
    await people.Bea.sees("heading", "We are holding the room");
    await people.Bea.saysText("The words are gone");
    await people.Bea.clean("held");
    assert.equal(await people.Bea.heard("Welcome, everybody."), false);
    await people.Wim.sees("button", "Carry on");
    await people.Wim.press("Carry on");
    await until("the hold to end", async () => (await people.Bea.page.getByRole("heading", { name: "We are holding the room" }).count()) === 0);
  });

  await step("closing, after-care, goodbye, record", async () => {
    const lead = Object.assign(somebody(Lead, "Wim", people.Wim.context), { page: people.Wim.page });
    await lead.moveTo("Closing");
    await lead.begin("Go-round");
    await people.Eve.saysText("Each seat is offered one turn");
    const pass = (p) => p.press("Pass");
    await round(inside().filter((p) => p.name !== "Dan"), { Lena: pass, Wim: pass, Ana: (p) => p.turn("I take the tea with me."), Bea: pass, Cal: pass },
      async () => (await people.Eve.page.getByText("One last word from everyone").count()) > 0);
    await lead.moveTo("After-care");
    await lead.press("End the session…");
    await lead.saysText("All words and private lines are erased at once");
    await lead.press("End the session now");
    for (const name of ["Ana", "Bea", "Cal", "Eve", "Tove"]) await people[name].sees("heading", "The session is over");
    await people.Ana.clean("goodbye, over");
    await people.Ana.page.reload();
    await people.Ana.sees("heading", "The session is over");
    await people.Ana.saysText("hello@example.org");
    await people.Dan.page.reload();
    await people.Dan.saysText("It was felt as harassment.");
    await hands.press(people.Wim.page, people.Wim.page.getByRole("link", { name: "See the record of this session" }));
    await people.Wim.sees("heading", /record/i);
    await people.Wim.clean("the record");
    const record = await people.Wim.page.locator("main").innerText();
    for (const name of ["Ana", "Bea", "Cal", "Dan", "Eve"]) assert.ok(!record.includes(name), `the record names ${name}`);
    for (const p of Object.values(people)) assert.deepEqual(p.errors, [], `errors on ${p.name}'s page`);
  });
}
