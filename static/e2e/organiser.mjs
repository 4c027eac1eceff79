// What the organiser does in a browser. Everything is found by role and name.

/** @typedef {import("./people.mjs").Person} Person */

const MINUTE = 60_000;

/** Makes a group from a template and stays on its page. @param {Person} organiser */
export async function makeGroup(organiser, { name = "Tuesday group", template = "Mixed", policy = "Ask first", region = "United Kingdom", contact = "hello@example.org" } = {}) {
  const { page } = organiser;
  await page.getByRole("link", { name: /^Make (a|your first) group$/ }).click();
  await organiser.sees("heading", "Make a group");
  await page.getByRole("textbox", { name: "Name of the group" }).fill(name);
  await page.getByRole("radiogroup", { name: "Words to start from" }).getByRole("radio", { name: new RegExp(`^${template}`) }).check();
  await page.getByRole("radiogroup", { name: "When somebody may be in danger" }).getByRole("radio", { name: new RegExp(`^${policy}`) }).check();
  await page.getByRole("combobox", { name: /^Region/ }).selectOption({ label: region });
  await page.getByRole("textbox", { name: /^Contact/ }).fill(contact);
  await organiser.press("Make the group");
  await organiser.sees("heading", name);
}

/** From the group's page: adopts the draft as it stands, or with other words in one line. */
export async function adopt(organiser, number, { line, words } = {}) {
  await organiser.page.getByRole("link", { name: /^Read (and change )?the charter$/ }).first().click();
  await organiser.sees("heading", "Charter draft");
  if (line) {
    await organiser.page.getByRole("textbox", { name: line }).fill(words);
    await organiser.press("Save draft");
    await organiser.saysText("The draft is saved.");
  }
  await organiser.press(`Adopt as version ${number}`);
  await organiser.page.getByRole("dialog", { name: `Adopt version ${number}?` }).getByRole("button", { name: `Adopt version ${number}` }).click();
  await organiser.saysText(`Version ${number} is adopted.`);
}

/** What a date field and a time field take, in this machine's zone. @param {Date} at */
export function fieldsOf(at) {
  const local = new Date(at.getTime() - at.getTimezoneOffset() * MINUTE).toISOString();
  return { date: local.slice(0, 10), time: local.slice(11, 16) };
}

/** From the group's page: plans a session and stays on its page, where the links are. */
export async function plan(organiser, { title = "Tuesday group", start = new Date(), seats = 12, participants, open = true, minutes = {} }) {
  const { page } = organiser;
  const at = fieldsOf(start);
  await page.getByRole("link", { name: "Plan a session" }).click();
  await organiser.sees("heading", "Plan a session");
  await page.getByRole("textbox", { name: "Title" }).fill(title);
  await page.getByLabel("Date").fill(at.date);
  await page.getByLabel("Start time").fill(at.time);
  await page.getByRole("spinbutton", { name: "Seats" }).fill(String(seats));
  await page.getByRole("spinbutton", { name: "Personal links" }).fill(String(participants));
  await page.getByRole("checkbox", { name: /^One open link/ }).setChecked(open);
  for (const [part, n] of Object.entries(minutes)) await page.getByRole("group", { name: part }).getByRole("spinbutton", { name: "Minutes" }).fill(String(n));
  await organiser.press("Plan it and make the links");
  await organiser.sees("heading", "Links");
}

/** The address that the page shows for a link: "Lead", "Seat 1", "Open link". */
export function linkFor(organiser, label) {
  return organiser.page.getByRole("textbox", { name: `Link: ${label}`, exact: true }).inputValue();
}

/** All the way from an empty house to the links of a session that can be entered now. */
export async function makeSession(organiser, { participants }) {
  await makeGroup(organiser);
  await adopt(organiser, 1);
  await plan(organiser, { participants });
  const personal = [];
  for (let n = 1; n <= participants; n++) personal.push(await linkFor(organiser, `Seat ${n}`));
  return {
    lead: await linkFor(organiser, "Lead"), wellbeing: await linkFor(organiser, "Wellbeing"), trainee: await linkFor(organiser, "Trainee"),
    personal, open: await linkFor(organiser, "Open link"),
  };
}
