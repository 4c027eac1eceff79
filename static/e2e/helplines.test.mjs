// Helplines against a real server: signed out, away from the server, and looked after by the organiser.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axeFinds, launch, printedLink, startHearth, until } from "./house.mjs";
import { pointer as hands } from "./hands.mjs";
import { Person } from "./people.mjs";

let house, browser, link;

before(async () => { house = await startHearth(); link = printedLink(house, "organiser"); browser = await launch(); });
after(async () => { await browser?.close(); await house?.end(); });

/** The list on the page; the dialog on every screen holds it, too. */
const list = (page) => page.locator("main hearth-helplines");

/** Countries and what stands under them, as a person reads them. */
const shown = (page) => list(page).locator("section section").evaluateAll((all) =>
  all.map((s) => [s.querySelector("h3").textContent, ...[...s.querySelectorAll("h4")].map((h) => h.textContent)]));

test("U26: signed out, every helpline stands under its country, with when it was checked; two of one name can be told apart", async () => {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${house.url}/helplines`);
  await page.getByRole("heading", { name: "Ireland" }).waitFor();
  assert.deepEqual(await shown(page), [["Canada", "988"], ["Ireland", "Samaritans"], ["New Zealand", "1737"], ["United Kingdom", "Samaritans"], ["United States", "988"]]);
  assert.equal(await list(page).getByText("Nobody from this house has checked this yet.").count(), 5);
  assert.equal(await list(page).getByText(/^Where this is from: /).count(), 5);
  await page.getByRole("combobox").selectOption({ label: "Ireland" });
  assert.deepEqual(await shown(page), [["Ireland", "Samaritans"]]);
  assert.deepEqual(await axeFinds(page), []);
  await page.context().close();
});

test("the list is there after a reload while the server is away, and by any address", async () => {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${house.url}/`);
  await page.getByRole("heading", { name: "Ireland" }).waitFor();
  await until("the page is kept", () => page.evaluate(async () => Boolean((await navigator.serviceWorker.getRegistration())?.active) && Boolean(await caches.match("/helplines"))));
  await house.kill();
  for (const path of ["/helplines", "/"]) {
    await page.goto(`${house.url}${path}`);
    await page.getByRole("heading", { name: "Ireland" }).waitFor();
    assert.equal(await list(page).getByRole("link", { name: "Call 116 123" }).count(), 2);
  }
  const kept = await page.evaluate(async () => (await (await caches.open("hearth-helplines")).keys()).map((r) => new URL(r.url).pathname));
  assert.ok(kept.length > 10 && kept.every((path) => /^\/(a\/[0-9a-f]+\/app\/|helplines$|api\/helplines$)/.test(path)), `kept: ${kept}`);
  await house.again();
  await page.goto(`${house.url}/helplines`);
  await page.getByRole("heading", { name: "Ireland" }).waitFor();
  await page.context().close();
});

test("a device that forgets keeps nothing: no cookie, no storage, no kept page", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const boss = new Person("Organiser", context, hands);
  await boss.join(link);
  await page.goto(`${house.url}/`);
  await until("the page is kept", () => page.evaluate(async () => Boolean((await navigator.serviceWorker.getRegistration())?.active) && Boolean(await caches.match("/helplines"))));
  await page.evaluate(() => { localStorage.setItem("goodbye x", "{}"); sessionStorage.setItem("kept x", "{}"); });
  assert.notDeepEqual(await context.cookies(), []);
  await page.evaluate(() => fetch("/api/forget", { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" }));
  assert.deepEqual(await context.cookies(), []);
  const left = () => page.evaluate(async () => [localStorage.length, sessionStorage.length, (await caches.keys()).length, (await navigator.serviceWorker.getRegistrations()).length]);
  await until("nothing to be left", async () => JSON.stringify(await left()) === "[0,0,0,0]", 5000);
  await context.close();
});

test("the organiser adds, corrects, checks and removes; everybody sees it; what is wrong is said at its field", async () => {
  const boss = new Person("Organiser", await browser.newContext({ viewport: { width: 1280, height: 900 } }), hands);
  await boss.join(link);
  await boss.sees("heading", "Your groups");
  await boss.saysText("Some were not checked in the last 90 days. Please check them.");
  await hands.press(boss.page, boss.page.getByRole("link", { name: "Look after the helplines" }));
  await boss.sees("heading", "Helplines");
  assert.deepEqual(await axeFinds(boss.page), []);

  await boss.press("Add a helpline");
  await hands.choose(boss.page, boss.page.getByRole("combobox", { name: "Country" }), "Germany");
  await boss.write("Name of the helpline", "TelefonSeelsorge");
  await boss.write(/^Number to call/, "0800 111 0 111");
  await boss.press("Save");
  await boss.page.getByText(/Please say where this stands/).waitFor();
  assert.equal(await boss.page.evaluate(() => document.activeElement?.id), "helpline-source");
  await boss.write("Where this is from", "telefonseelsorge.de");
  await boss.press("Save");
  await boss.saysText("Saved. Whoever opens hearth from now on sees it.");
  await boss.sees("heading", "Germany");

  await boss.press("I checked it today: TelefonSeelsorge, Germany");
  const dialog = boss.page.getByRole("dialog", { name: "You checked TelefonSeelsorge?" });
  await hands.press(boss.page, dialog.getByRole("button", { name: "Mark as checked" }));
  await dialog.getByText(/Please write a name/).waitFor();
  await hands.write(boss.page, dialog.getByRole("textbox"), "Kit");
  await hands.press(boss.page, dialog.getByRole("button", { name: "Mark as checked" }));
  await boss.saysText("Marked as checked today.");
  await boss.page.getByText(/^Checked on .* by Kit\.$/).waitFor();

  const page = await (await browser.newContext()).newPage();
  await page.goto(`${house.url}/helplines`);
  await page.getByRole("heading", { name: "Germany" }).waitFor();
  assert.equal(await list(page).getByText(/^Last checked on /).count(), 1);
  await page.context().close();

  await boss.press("Change: TelefonSeelsorge, Germany");
  await boss.write(/^Number to call/, "0800 111 0 222");
  await boss.press("Save");
  await boss.saysText("Saved. Whoever opens hearth from now on sees it.");
  await boss.page.getByText(/by Kit/).waitFor({ state: "detached" }); // another number is not checked

  await boss.press("Remove: TelefonSeelsorge, Germany");
  await hands.press(boss.page, boss.page.getByRole("dialog").getByRole("button", { name: "Remove it" }));
  await boss.saysText("Removed.");
  await boss.page.getByRole("heading", { name: "Germany" }).waitFor({ state: "detached" });
  await boss.context.close();
});
