// Leaving quickly, and forgetting: what stays in the tab and on the device, what is asked, and where the way back leads.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./house.mjs";
import { serve } from "../test/fake.mjs";
import { scenes } from "../test/fixtures.mjs";
import { organising } from "../test/organising.mjs";
import { press } from "../test/press.mjs";
import { api, openScreen } from "../test/screens.mjs";
import { pause, stage } from "../test/stage.mjs";

const ELSEWHERE = "https://www.wikipedia.org/";
let server, browser;

before(async () => { server = await serve(api); browser = await launch(); });
after(async () => { await browser?.close(); server?.close(); });

/** A person with a goodbye of an earlier session on the device; asked is what the browser asked on the way. */
async function somebody(t, shown) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" });
  t.after(() => context.close());
  const s = await stage(context, server.url);
  s.asked = [];
  s.page.on("dialog", (d) => { s.asked.push(d.type()); d.accept(); });
  await s.page.route(ELSEWHERE, (r) => r.fulfill({ contentType: "text/html", body: "elsewhere" }));
  await s.page.goto(`${server.url}/rights`);
  await s.page.evaluate(() => localStorage.setItem("goodbye s9", JSON.stringify({ why: "removed", until: Date.now() + 60_000 })));
  await s.show(shown);
  return s;
}

const quickly = (p) => p.getByRole("button", { name: "Leave quickly" }).first().click();
const kept = (p) => p.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)].filter((k) => k !== "settings"));

test("leaving quickly asks nothing, and leaves nothing in the tab and on the device", { timeout: 60_000 }, async (t) => {
  const { page, asked } = await somebody(t, scenes.refused);
  await page.getByRole("textbox", { name: "Your words" }).click();
  await page.keyboard.type("Half a thought");
  assert.deepEqual((await kept(page)).sort(), ["goodbye s9", "kept s1", "place /s/s1", "room s1"]);
  await quickly(page);
  await page.waitForURL(ELSEWHERE);
  assert.deepEqual(asked, []);
  await page.goto(`${server.url}/rights`);
  assert.deepEqual(await kept(page), []);
});

test("the way back does not lead to the group", { timeout: 60_000 }, async (t) => {
  const { page } = await somebody(t, scenes.listening);
  await quickly(page);
  await page.waitForURL(ELSEWHERE);
  await page.goBack();
  assert.equal(new URL(page.url()).pathname, "/rights");
});

test("Esc three times leaves quickly, for those alone who switched it on", { timeout: 60_000 }, async (t) => {
  const { page } = await somebody(t, scenes.listening);
  const thrice = async () => { for (let i = 0; i < 3; i++) await page.keyboard.press("Escape"); };
  await thrice();
  await pause(300);
  assert.equal(new URL(page.url()).pathname, "/s/s1");
  await press(page.getByRole("button", { name: "Settings" }));
  await press(page.getByRole("checkbox", { name: "Pressing Esc three times leaves quickly" }));
  await press(page.locator("dialog[open]").getByRole("button", { name: "Close" }));
  await thrice();
  await page.waitForURL(ELSEWHERE, { timeout: 5000 });
});

test("a device that forgets keeps nothing", { timeout: 60_000 }, async (t) => {
  const { page } = await somebody(t, scenes.left);
  await page.evaluate(() => sessionStorage.setItem("room s1", "x"));
  await press(page.getByRole("button", { name: "Forget this session on this device" }));
  await page.getByText("Done. Nothing of you or your group is kept on this device any more.").waitFor();
  assert.deepEqual(await kept(page), []);
});

test("links that nobody can read again: the browser asks, but not when somebody leaves quickly", { timeout: 60_000 }, async (t) => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  t.after(() => page.close());
  const asked = [];
  page.on("dialog", (d) => { asked.push(d.type()); d.dismiss(); });
  await page.route(ELSEWHERE, (r) => r.fulfill({ contentType: "text/html", body: "elsewhere" }));
  await openScreen(page, server.url, organising["session, links"]);
  await page.evaluate(() => { setTimeout(() => location.reload(), 50); });
  for (let i = 0; i < 50 && !asked.length; i++) await pause(50);
  assert.deepEqual(asked, ["beforeunload"]);
  await page.getByText("Please copy these links now.").waitFor();
  await quickly(page);
  await page.waitForURL(ELSEWHERE, { timeout: 5000 });
  assert.deepEqual(asked, ["beforeunload"]);
});
