// The organiser's pages against a real server: from the first link that is printed to the end of a session.
import assert from "node:assert/strict";
import { press } from "../test/press.mjs";
import { after, before, test } from "node:test";
import { axeFinds, launch, printedLink, startHearth, until } from "./house.mjs";
import { keys } from "./hands.mjs";
import { adopt, agreeTo, follow, linkFor, makeGroup, makeSession, plan } from "./organiser.mjs";
import { Person } from "./people.mjs";

let house, browser;

before(async () => {
  house = await startHearth();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await house?.end();
});

/** What a link is, as the server answers it: opened on a device of its own. */
async function opens(link) {
  const answer = await fetch(`${house.url}/api/open`, {
    method: "POST", headers: { "Content-Type": "application/json", Origin: house.url }, body: JSON.stringify({ token: link.split("#")[1] }),
  });
  return answer.ok ? (await answer.json()).kind : (await answer.json()).code;
}

/** The organiser's first link, good for every organiser of these tests. */
let organiserLink = "";
async function organiser(hands, more = {}) {
  organiserLink ||= printedLink(house, "organiser");
  const somebody = new Person("Organiser", await browser.newContext({ viewport: { width: 1280, height: 900 }, ...more }), hands);
  await somebody.join(organiserLink);
  await somebody.sees("heading", "Your groups");
  return somebody;
}

/** axe in light and dark, on a phone and on a desk; nothing wider than the screen; a heading that has the focus or holds it. */
async function fine(o, what) {
  for (const [width, height] of [[360, 740], [1280, 900]]) {
    await o.page.setViewportSize({ width, height });
    assert.deepEqual(await axeFinds(o.page), [], `axe on ${what} at ${width}`);
    assert.equal(await o.page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - window.innerWidth)), 0, `${what} is too wide at ${width}`);
  }
  assert.equal(await o.page.getByRole("heading", { level: 1 }).count(), 1, `one first heading on ${what}`);
  assert.match(await o.page.title(), /^.+ · hearth$/, `the title of ${what}`);
}

/** What the clipboard holds, as a person would look: pasted somewhere else. */
async function pasted(o) {
  const page = await o.context.newPage();
  await page.setContent("<textarea aria-label='Paste'></textarea>");
  await page.getByRole("textbox").focus();
  await page.keyboard.press("Control+V");
  const text = await page.getByRole("textbox").inputValue();
  await page.close();
  return text;
}

const focusedText = (o) => o.page.evaluate(() => document.activeElement?.textContent);

test("from the first link to the end of a session", { timeout: 240_000 }, async (t) => {
  const o = await organiser();

  await t.test("an empty house says what to do first", async () => {
    await o.sees("heading", "Three steps to a first session");
    assert.equal(await focusedText(o), "Your groups", "the focus is at the heading");
    await fine(o, "the empty house");
  });

  await t.test("bad input is answered kindly, beside the field, and nothing typed is lost", async () => {
    await follow(o, "Make your first group");
    await o.sees("heading", "Make a group");
    await fine(o, "making a group");
    await o.write(/^Contact/, "hello@example.org");
    await o.press("Make the group");
    await o.saysText("Please give the group a name first.");
    await o.saysText("Please choose the words to start from.");
    await fine(o, "making a group, with errors");
    const name = o.page.getByRole("textbox", { name: "Name of the group" });
    assert.equal(await name.getAttribute("aria-invalid"), "true");
    assert.ok(await name.evaluate((el) => el === document.activeElement), "the focus is where something is wrong");
    // What only the server can see: one letter too many.
    await name.fill("x".repeat(61));
    await press(o.page.getByRole("radio", { name: /^Carers/ }));
    await press(o.page.getByRole("radio", { name: /^Duty to act/ }));
    await o.press("Make the group");
    await o.saysText("Please give the group a name of one line, with up to 60 letters.");
    assert.equal(await name.inputValue(), "x".repeat(61));
    assert.equal(await o.page.getByRole("textbox", { name: /^Contact/ }).inputValue(), "hello@example.org");
    assert.ok(await o.page.getByRole("radio", { name: /^Carers/ }).isChecked());
    // A line that is down.
    await name.fill("Thursday group");
    await o.context.setOffline(true);
    await o.press("Make the group");
    await o.saysText("We could not reach the server.");
    assert.equal(await name.inputValue(), "Thursday group");
    await o.context.setOffline(false);
  });

  await t.test("back and forward go where they say", async () => {
    await o.page.goBack();
    await o.sees("heading", "Three steps to a first session");
    await until("the focus at the heading", async () => (await focusedText(o)) === "Your groups");
    await o.page.goForward();
    await o.sees("heading", "Make a group");
    await o.page.goBack();
    await o.sees("heading", "Your groups");
  });

  await t.test("a group, a changed line, a first version", async () => {
    await makeGroup(o);
    await fine(o, "a new group");
    await follow(o, "Read the charter");
    await o.sees("heading", "Charter draft");
    assert.equal(await o.page.getByRole("listitem").filter({ has: o.page.getByRole("textbox") }).count(), 12, "twelve lines");
    await o.sees("heading", "What always holds");
    await o.write("Honesty", "  ");
    await o.press("Save draft");
    await o.saysText("“Honesty” has no words yet. One sentence is enough.");
    await o.write("Honesty", "x".repeat(601));
    await o.saysText("1 letter too many");
    await o.press("Save draft");
    await o.saysText(/a little long/);
    await fine(o, "the charter draft, with an error");
    await o.write("Honesty", "We say what is true for us.");
    await o.saysText("You have changes that are not saved yet.");
    await o.page.goBack();
    await adopt(o, 1, { line: "Loyalty", words: "We are glad to see you back." });
    await fine(o, "a group with a charter");
    await follow(o, "Version 1");
    await o.sees("heading", "Version 1");
    await o.saysText("We say what is true for us."); // what was typed before going away was kept
    await o.saysText("We are glad to see you back.");
    await fine(o, "a version");
    await o.page.goBack();
  });

  await t.test("a plan is checked, and the zone is named", async () => {
    await follow(o, "Plan a session");
    await o.sees("heading", "Plan a session");
    await fine(o, "planning");
    const zone = await o.page.evaluate(() => Intl.DateTimeFormat().resolvedOptions().timeZone);
    assert.ok((await o.page.getByRole("main").innerText()).includes(`(${zone})`));
    assert.equal(await o.page.getByRole("group", { name: "Check-in" }).getByRole("spinbutton").inputValue(), "20", "the standard plan");
    await o.page.getByRole("spinbutton", { name: "Seats" }).fill("13");
    await o.page.getByRole("group", { name: "Main part" }).getByRole("spinbutton").fill("0");
    await o.press("Plan it and make the links");
    await o.saysText("Please give the session a title first.");
    await o.saysText("Please choose from 2 to 12 seats.");
    await o.saysText("Please write a whole number from 1 to 180.");
    await o.write("Title", "Tuesday group");
    await o.page.getByRole("spinbutton", { name: "Seats" }).fill("6");
    await o.page.getByRole("spinbutton", { name: "Personal links" }).fill("3");
    await o.page.getByRole("group", { name: "Main part" }).getByRole("spinbutton").fill("40");
    await o.page.getByLabel("Date").fill("2001-01-01");
    await o.press("Plan it and make the links");
    await o.saysText("Please choose a start between now and a year from now.");
    assert.equal(await o.page.getByRole("spinbutton", { name: "Seats" }).inputValue(), "6");
    await fine(o, "planning, with an error");
    await o.page.goBack();
  });

  const links = {};
  await t.test("the links of a session are shown once, and copied", async () => {
    await plan(o, { seats: 6, participants: 3, minutes: { Opening: 5 }, timers: false });
    for (const label of ["Lead", "Wellbeing", "Trainee", "Seat 1", "Seat 2", "Seat 3", "Open link"]) {
      links[label] = await linkFor(o, label);
      assert.match(links[label], /^http.*\/j#[\w-]{43}$/);
    }
    assert.equal(new Set(Object.values(links)).size, 7);
    await o.saysText(/They are shown only this once/);
    await fine(o, "the links");
    await o.press("Copy link: Seat 1");
    await o.saysText("Copied: Seat 1.");
    assert.equal(await pasted(o), links["Seat 1"]);
    await press(o.page.getByRole("listitem").filter({ has: o.page.getByRole("heading", { name: "Seat 2" }) }).getByText("A note to send with it"));
    await o.press("Copy note: note for Seat 2");
    await o.saysText("Copied: note for Seat 2.");
    const note = await pasted(o);
    assert.ok(note.includes(links["Seat 2"]) && note.includes("Tuesday group"));
    assert.ok(!/support|recovery|health|charter/i.test(note), `the note gives something away: ${note}`);
  });

  await t.test("a clipboard that is closed leaves the link selected", async () => {
    await o.page.evaluate(() => { navigator.clipboard.writeText = () => Promise.reject(new Error("closed")); });
    await o.press("Copy link: Seat 3");
    await o.saysText(/It is selected for you/);
    assert.equal(await o.page.evaluate(() => getSelection()?.toString()), links["Seat 3"]);
  });

  await t.test("whose link is whose is noted for the organiser alone", async () => {
    await o.press("Note whose it is: Seat 3");
    await o.page.getByRole("dialog").getByLabel("Your own note").fill("x".repeat(41));
    await o.press("Keep the note");
    await o.saysText("Please keep the note to one line of up to 40 letters.");
    await fine(o, "a note that is too long");
    await o.page.getByRole("dialog").getByLabel("Your own note").fill("Cal, by phone");
    await o.press("Keep the note");
    await o.saysText("Noted: Seat 3.");
    await o.saysText("Cal, by phone");
    assert.equal(await focusedText(o), "Seat 3");
  });

  await t.test("a link goes on by mail, by a code, and all at once; leaving is asked about", async () => {
    const mail = await o.page.getByRole("link", { name: "Mail: Seat 3" }).getAttribute("href");
    const [, subject, body] = /^mailto:\?subject=([^&]*)&body=(.*)$/.exec(mail) || [];
    assert.equal(decodeURIComponent(subject), "Tuesday group", "a neutral subject");
    assert.ok(decodeURIComponent(body).includes(links["Seat 3"]));
    await o.press("Show a code: Seat 3");
    const code = o.page.getByRole("img", { name: "QR code of the link: Seat 3" });
    await code.waitFor();
    assert.ok((await code.locator("path").getAttribute("d")).length > 1000);
    await fine(o, "a code");
    await o.press("Hide the code: Seat 3");
    assert.equal(await code.count(), 0);
    await o.page.evaluate(() => { navigator.clipboard.writeText = (text) => { window.pasted = text; return Promise.resolve(); }; });
    await o.press("Copy all: all links as a list");
    const all = await o.page.evaluate(() => window.pasted);
    for (const link of Object.values(links)) assert.ok(all.includes(link));
    assert.ok(all.includes("Seat 3 (Cal, by phone): "));
    let asked = 0;
    const dialog = (d) => { asked++; return d.dismiss(); };
    o.page.on("dialog", dialog);
    await o.page.evaluate(() => { setTimeout(() => location.reload(), 100); });
    await until("the browser to ask before links are lost", () => asked > 0);
    o.page.off("dialog", dialog);
    await o.sees("heading", /^Links$/);
  });

  await t.test("a planned session is moved, and the links stay good", async () => {
    await follow(o, "Change the plan");
    await o.sees("heading", "Change the plan");
    await fine(o, "changing a plan");
    assert.equal(await o.page.getByRole("textbox", { name: "Title" }).inputValue(), "Tuesday group");
    assert.equal(await o.page.getByRole("group", { name: "Opening" }).getByRole("spinbutton").inputValue(), "5");
    await o.page.getByRole("spinbutton", { name: "Seats" }).fill("2");
    await o.press("Save the plan");
    await o.saysText("There are more personal links than that.");
    await o.page.getByRole("spinbutton", { name: "Seats" }).fill("6");
    await o.write("Title", "Quiet evening");
    await o.press("Save the plan");
    await o.saysText("The plan is changed. The links stay good.");
    await o.sees("heading", "Quiet evening");
    assert.equal(await opens(links["Seat 3"]), "seat");
    await follow(o, "Change the plan");
    await o.write("Title", "Tuesday group");
    await o.press("Save the plan");
    await o.sees("heading", "Tuesday group");
    const [file] = await Promise.all([o.page.waitForEvent("download"), follow(o, "Calendar file")]);
    assert.equal(file.suggestedFilename(), "session.ics");
  });

  await t.test("a new link makes the old one void; a revoked one opens nothing", async () => {
    await o.press("New link: Seat 1");
    await fine(o, "asking for a new link");
    await agreeTo(o, /new link: Seat 1/, "Make a new link");
    await o.saysText(/New link made: Seat 1/);
    const fresh = await linkFor(o, "Seat 1");
    assert.notEqual(fresh, links["Seat 1"]);
    assert.equal(await opens(links["Seat 1"]), "link", "the old one is void");
    assert.equal(await opens(fresh), "seat");
    await o.press("Revoke: Seat 2");
    await o.press("Cancel");
    assert.equal(await opens(links["Seat 2"]), "seat", "cancelled: nothing was done");
    await o.press("Revoke: Seat 2");
    await agreeTo(o, /Revoke this link: Seat 2/, "Revoke the link");
    await o.saysText("Revoked: Seat 2.");
    assert.equal(await opens(links["Seat 2"]), "link");
    assert.equal(await focusedText(o), "Seat 2", "the focus stays with the row");
    await o.page.getByRole("combobox", { name: "Add a link" }).selectOption({ label: "Lead" });
    await o.press("Add it");
    await o.saysText("There is a link of this kind already.");
    await o.page.getByRole("combobox", { name: "Add a link" }).selectOption({ label: "One more seat" });
    await o.press("Add it");
    await o.saysText("The new link is in the list.");
    assert.equal(await opens(await linkFor(o, "Seat 4")), "seat");
    await fine(o, "links, changed");
  });

  await t.test("after a reload no link can be read any more", async () => {
    const yes = (d) => d.accept();
    o.page.on("dialog", yes);
    await o.page.reload();
    o.page.off("dialog", yes);
    await o.sees("heading", /^Links$/);
    assert.equal(await o.page.getByRole("textbox", { name: /^Link: / }).count(), 0);
    await o.sees("heading", "Seat 4");
    const text = await o.page.locator("html").innerHTML();
    for (const link of Object.values(links)) assert.ok(!text.includes(link.split("#")[1]), "a token is in the page");
  });

  await t.test("the page tells when somebody is there", async () => {
    const lead = new Person("Lena", await browser.newContext());
    await lead.join(links.Lead);
    await lead.answer();
    await until("the session to be open", async () => (await o.page.getByText("Open now").count()) > 0);
    await fine(o, "an open session");
  });

  await t.test("the second version shows what changed, before and after", async () => {
    await follow(o, "Tuesday group");
    await o.sees("heading", "Sessions");
    await follow(o, "Edit the charter");
    await o.saysText("These are the words of version 1, which is in force.");
    assert.equal(await o.button(/^Adopt/).count(), 0, "nothing to adopt yet");
    await o.write("Honesty", "We say what is true for us today.");
    await o.press("Adopt as version 2");
    const dialog = o.page.getByRole("dialog", { name: "Adopt version 2?" });
    await dialog.getByText("These words will never change after this.").waitFor();
    await dialog.getByText(/Everybody is asked again/).waitFor();
    await dialog.getByRole("heading", { name: "Honesty" }).waitFor();
    assert.equal(await dialog.getByRole("heading", { name: "Loyalty" }).count(), 0);
    assert.equal(await dialog.getByRole("insertion").innerText(), "us today.");
    await fine(o, "adopting a second version");
    await agreeTo(o, "Adopt version 2?", "Adopt version 2");
    await o.saysText("Version 2 is adopted.");
    await o.saysText("Changed: Honesty");
    await follow(o, "Version 2");
    await o.sees("heading", "What changed since version 1");
    await fine(o, "the second version");
    await follow(o, "Tuesday group");
  });

  await t.test("ending a session asks first; its record prints and is saved", async () => {
    await o.sees("heading", "Sessions");
    await follow(o, "Tuesday group");
    await o.sees("heading", /^Links$/);
    await o.press("Cancel this session…"); // it never left the lobby
    await agreeTo(o, "Cancel this session?", "Cancel the session");
    await o.sees("heading", "This session is over");
    await fine(o, "a session that is over");
    assert.equal(await opens(links.Lead), "link");
    await follow(o, "Open the record");
    await o.sees("heading", "Record of a session");
    await o.saysText("Cancelled before it began");
    await fine(o, "the record");
    const sheets = (await o.page.pdf({ format: "A4" })).toString("latin1").match(/\/Type \/Page\b/g);
    assert.equal(sheets?.length, 1, "it prints on one sheet");
    const [file] = await Promise.all([o.page.waitForEvent("download"), o.press("Save as JSON")]);
    assert.match(file.suggestedFilename(), /^record-\d{4}-\d\d-\d\d\.json$/);
    assert.ok(!(await o.page.getByRole("main").innerText()).includes("Lena"));
  });

  await t.test("each page brings at most 20 KiB of scripts of its own", async () => {
    const session = o.page.url().replace(/\/record$/, "");
    await o.page.goto(session);
    await o.sees("heading", "This session is over");
    await follow(o, "Tuesday group");
    await plan(o, { seats: 2, participants: 1 });
    const planned = o.page.url();
    const group = await o.page.getByRole("link", { name: "Tuesday group" }).first().getAttribute("href");
    // What a device keeps of the client would count as nothing.
    const bare = await browser.newContext({ serviceWorkers: "block", storageState: await o.context.storageState() });
    for (const at of ["/o", "/o/new", "/o/helplines", group, `${group}/charter`, `${group}/versions/2`, `${group}/plan`, session, planned, `${planned}/plan`, `${session}/record`]) {
      const page = await bare.newPage();
      await page.route("**", (r) => r.continue()); // a page that is routed has no cache
      const loads = [];
      page.on("response", (r) => { if (/\/app\/(organiser|words\/organiser)/.test(r.url()) && /javascript/.test(r.headers()["content-type"])) loads.push(r); });
      await page.goto(new URL(at, house.url).href);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.waitForLoadState("networkidle");
      let bytes = 0;
      for (const r of loads) bytes += (await r.request().sizes()).responseBodySize;
      t.diagnostic(`${new URL(at, house.url).pathname.replace(/[a-z2-7]{26}/g, "…")}: ${(bytes / 1024).toFixed(1)} KiB in ${loads.length} scripts`);
      assert.ok(bytes > 5 * 1024 && bytes <= 20 * 1024, `${at} brings ${bytes} bytes`);
      await page.close();
    }
  });

  await t.test("a group is deleted only with its name", async () => {
    await o.page.goto(`${house.url}/o`);
    await follow(o, "Tuesday group");
    await o.sees("heading", "Sessions");
    await press(o.page.getByText("Delete this group", { exact: true }));
    await o.press("Delete this group…");
    await fine(o, "deleting a group");
    await o.page.getByRole("dialog").getByLabel("To be sure, write the name of the group").fill("Tuesday");
    await o.press("Delete it for good");
    await o.saysText("That is not the name of this group. Nothing was deleted.");
    await o.page.getByRole("dialog").getByLabel("To be sure, write the name of the group").fill("Tuesday group");
    await o.press("Delete it for good");
    await o.saysText("The group is deleted.");
    assert.equal(await o.page.getByRole("link", { name: "Tuesday group" }).count(), 0);
  });

  assert.deepEqual(o.errors, []);
});

test("by keys alone: a group, a charter, a session", { timeout: 120_000 }, async () => {
  const o = await organiser(keys);
  const links = await makeSession(o, { participants: 2 });
  assert.equal(links.personal.length, 2);
  for (const link of [links.lead, links.wellbeing, links.trainee, ...links.personal, links.open]) assert.equal(await opens(link), "seat");
  assert.deepEqual(o.errors, []);
});

test("two windows: whose draft stays is asked, and neither is lost", { timeout: 60_000 }, async () => {
  const o = await organiser();
  await makeGroup(o, { name: "Two windows" });
  await follow(o, "Read the charter");
  await o.sees("heading", "Charter draft");
  const other = Object.assign(new Person("Other", o.context), { page: await o.context.newPage() });
  await other.page.goto(o.page.url());
  await other.write("Choice", "From the other window.");
  await other.press("Save draft");
  await other.saysText("The draft is saved.");
  await o.write("Choice", "From this window.");
  await o.press("Save draft");
  await o.saysText("Somebody saved this draft after you opened it.");
  assert.equal(await o.page.getByRole("textbox", { name: "Choice" }).inputValue(), "From this window.");
  await fine(o, "two drafts");
  await o.press("Save my words over it");
  await o.saysText("The draft is saved.");
  await other.write("Choice", "Once more.");
  await other.press("Save draft");
  await other.press("Show me the other draft");
  await other.saysText("This is the other draft now.");
  assert.equal(await other.page.getByRole("textbox", { name: "Choice" }).inputValue(), "From this window.");
});

test("who is not the organiser is told how to become it; what is not there is said so", { timeout: 60_000 }, async () => {
  const guest = new Person("Guest", await browser.newContext());
  guest.page = await guest.context.newPage();
  await guest.page.goto(`${house.url}/o`);
  await guest.sees("heading", "This page is for the organiser");
  await fine(guest, "a stranger's page");
  const o = await organiser();
  await o.page.goto(`${house.url}/o/groups/nothing`);
  await o.sees("heading", "There is nothing here");
  await fine(o, "nothing");
});

test("a new organiser link: the old one is void, this device stays, another does not", { timeout: 60_000 }, async () => {
  const o = await organiser();
  const other = await organiser();
  await o.press("Make a new organiser link");
  await agreeTo(o, "Make a new organiser link?", "Make the new link");
  const fresh = await linkFor(o, "your organiser link");
  await fine(o, "a new organiser link");
  assert.equal(await opens(organiserLink), "link");
  assert.equal(await opens(fresh), "organiser");
  await other.press("Make a new organiser link");
  await agreeTo(other, "Make a new organiser link?", "Make the new link");
  await other.sees("heading", "This page is for the organiser");
  await o.page.reload();
  await o.sees("heading", "Your groups");
  organiserLink = fresh;
});
