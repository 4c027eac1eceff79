// What the organiser does in a browser. Everything is found by role and name.

import assert from "node:assert/strict";
import { keys } from "./hands.mjs";

/** @typedef {import("./people.mjs").Person} Person */

const MINUTE = 60_000;

/** Makes a group from a template and stays on its page. @param {Person} organiser */
export async function makeGroup(organiser, { name = "Tuesday group", template = "Mixed", policy = "Ask first", region = "United Kingdom", contact = "hello@example.org" } = {}) {
  const { page, hands } = organiser;
  await follow(organiser, /^Make (a|your first) group$/);
  await organiser.sees("heading", "Make a group");
  await organiser.write("Name of the group", name);
  await hands.check(page, page.getByRole("radiogroup", { name: "Words to start from" }).getByRole("radio", { name: new RegExp(`^${template}`) }));
  await hands.check(page, page.getByRole("radiogroup", { name: "When somebody may be in danger" }).getByRole("radio", { name: new RegExp(`^${policy}`) }));
  await hands.choose(page, page.getByRole("combobox", { name: /^Region/ }), region);
  await organiser.write(/^Contact/, contact);
  await organiser.press("Make the group");
  await organiser.sees("heading", name);
  await haveChecked(organiser);
}

/** Somebody has called every helpline, without the pages for it: helplines.test.mjs goes the whole way. @param {Person} organiser */
export function haveChecked({ page }) {
  return page.evaluate(async () => {
    const list = async () => (await fetch("/api/house/helplines")).json();
    for (let at = (await list()).helplines.length - 1; at >= 0; at--) {
      const { digest } = await list();
      await fetch("/api/house/helplines", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ digest, at, checked_by: "Kit" }) });
    }
  });
}

/** Follows the first link of that name. @param {Person} organiser @param {string | RegExp} name */
export function follow(organiser, name) {
  return organiser.hands.press(organiser.page, organiser.page.getByRole("link", { name, exact: true }).first());
}

/** Says yes in the dialog that asks. @param {Person} organiser @param {string | RegExp} question @param {string} yes */
export function agreeTo(organiser, question, yes) {
  return organiser.hands.press(organiser.page, organiser.page.getByRole("dialog", { name: question }).getByRole("button", { name: yes, exact: true }));
}

/** From the group's page: adopts the draft as it stands, or with other words in one line. @param {Person} organiser @param {number} number */
export async function adopt(organiser, number, { line = "", words = "" } = {}) {
  await follow(organiser, /^(Read|Edit) the charter$/);
  await organiser.sees("heading", "Charter draft");
  if (line) {
    await organiser.write(line, words);
    await organiser.press("Save draft");
    await organiser.saysText("The draft is saved.");
  }
  await organiser.press(`Adopt as version ${number}`);
  await agreeTo(organiser, `Adopt version ${number}?`, `Adopt version ${number}`);
  await organiser.saysText(`Version ${number} is adopted.`);
}

/** Fills the date and the time; by keys, part by part as en-US orders them. @param {Person} organiser @param {Date} at */
async function setStart(organiser, at) {
  const { page, hands } = organiser;
  const local = new Date(at.getTime() - at.getTimezoneOffset() * MINUTE).toISOString();
  const fields = [["Date", local.slice(0, 10)], ["Start time", local.slice(11, 16)]];
  for (const [label, value] of fields) {
    if (hands !== keys) {
      await page.getByLabel(label).fill(value);
      continue;
    }
    await hands.write(page, page.getByLabel(label), "");
    const [a, b, c] = value.split(/[-:]/);
    const hour = Number(a);
    await page.keyboard.type(c ? `${b}${c}${a}` : `${String(hour % 12 || 12).padStart(2, "0")}${b}${hour < 12 ? "AM" : "PM"}`);
    assert.equal(await page.getByLabel(label).inputValue(), value);
  }
}

/** From the group's page: plans a session and stays on its page, where the links are. @param {Person} organiser */
export async function plan(organiser, { title = "Tuesday group", start = new Date(), seats = 12, participants = 5, open = true, timers = true, minutes = {} }) {
  const { page, hands } = organiser;
  await follow(organiser, "Plan a session");
  await organiser.sees("heading", "Plan a session");
  await organiser.write("Title", title);
  await setStart(organiser, start);
  for (const [part, n] of Object.entries(minutes)) await hands.write(page, page.getByRole("group", { name: part }).getByRole("spinbutton", { name: "Minutes" }), String(n));
  if (!timers) await hands.press(page, page.getByRole("checkbox", { name: /^Soft timers/ }));
  await hands.write(page, page.getByRole("spinbutton", { name: "Seats" }), String(seats));
  await hands.write(page, page.getByRole("spinbutton", { name: "Personal links" }), String(participants));
  if (open) await hands.check(page, page.getByRole("checkbox", { name: /^One open link/ }));
  await organiser.press("Plan it and make the links");
  await organiser.sees("heading", /^Links$/); // the form has "Seats and links"
}

/** The address that the page shows for a link: "Lead", "Seat 1", "Open link". @param {Person} organiser @param {string} label */
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
