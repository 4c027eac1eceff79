// The facilitators' tools in their hands (U30, U31), and reload, Back and the network in states of their own.
import assert from "node:assert/strict";
import { test } from "node:test";
import { launch } from "./house.mjs";
import { serve } from "../test/fake.mjs";
import { scenes } from "../test/fixtures.mjs";
import { press } from "../test/press.mjs";
import { api } from "../test/screens.mjs";
import { stage } from "../test/stage.mjs";

const button = (p, name) => p.getByRole("button", { name, exact: true });

async function tools(t, viewport, seat, scene) {
  const server = await serve(api);
  const browser = await launch();
  t.after(async () => { await browser.close(); server.close(); });
  const s = await stage(await browser.newContext({ viewport, reducedMotion: "reduce" }), server.url, seat);
  await s.show(scene);
  if (viewport.width < 960) await press(s.page.getByRole("button", { name: /^Tools/ }));
  return s;
}

for (const viewport of [{ width: 1366, height: 768 }, { width: 360, height: 740 }]) test(`U30: what needs a look stays in sight, the gentlest act first, at ${viewport.width} x ${viewport.height}`, { timeout: 60_000 }, async (t) => {
  const s = await tools(t, viewport, "s5", scenes.wellbeing);
  const look = s.page.getByRole("region", { name: "Needs a look" });
  const top = () => look.evaluate((e) => { const b = e.getBoundingClientRect(); return [b.top >= 0, b.bottom <= innerHeight, b.height > 60]; });
  assert.deepEqual(await top(), [true, true, true]);
  await s.page.evaluate(() => { const side = document.querySelector(".room-side"); side.scrollTop = side.scrollHeight; });
  assert.deepEqual(await top(), [true, true, true], "it scrolled away");
  assert.match(await look.innerText(), /^Needs a look\s+Removal of Maximiliana/, "what two must decide comes first");
  const order = await s.page.evaluate(() => [...document.querySelectorAll(".care button, .care h3")].map((e) => e.textContent));
  const place = (text) => order.findIndex((o) => o.startsWith(text));
  const gentle = ["Remind everybody", "A quiet word…", "Pause the room…", "Quiet time…", "Remove for today…", "Urgent: lock and remove…"].map(place);
  assert.ok(gentle.every((at, i) => at >= 0 && (i === 0 || at > gentle[i - 1])), `${gentle}`);
  assert.ok(place("In an emergency in the room") > place("Urgent: lock and remove…"));
});

test("U31: one press greets and lets in; words of welcome go first, signed; each waits for the one before", { timeout: 60_000 }, async (t) => {
  const s = await tools(t, { width: 1366, height: 768 }, "s2", scenes.lead);
  const row = s.page.getByRole("listitem").filter({ has: s.page.getByRole("heading", { name: "Robin" }) });
  await row.getByRole("button", { name: "Greet: Robin" }).waitFor();
  assert.deepEqual(await row.locator("button:visible").allTextContents(), ["Greet and let in", "Greet"], "the rest is folded");
  assert.equal(await row.locator("textarea:visible").count(), 0);
  await press(row.locator("summary"));
  await row.getByRole("textbox", { name: /words of welcome/ }).fill("Hello Robin, good that you came.");
  await press(button(s.page, "Greet and let in: Robin"));
  await s.heard("admit");
  assert.deepEqual(s.said.map(({ do: verb, seat, to, text }) => [verb, seat || to, text]), [["line", "w1", "Hello Robin, good that you came.\n— Ana"], ["greet", "w1", undefined], ["admit", "w1", undefined]]);
});

test("U31: a welcome that is refused lets nobody in unseen, and the words are still there", { timeout: 60_000 }, async (t) => {
  const s = await tools(t, { width: 1366, height: 768 }, "s2", scenes.lead);
  s.answer = (m) => ({ t: "no", ref: m.id, code: "no-such-seat", say: "That person has left." });
  await press(button(s.page, "Greet and let in: Robin"));
  await s.page.getByText("That person has left.").waitFor();
  assert.deepEqual(s.verbs(), ["greet"]);
});

test("U11: Back with a draft asks, and a lobby keeps what is written on the private line", { timeout: 60_000 }, async (t) => {
  const s = await tools(t, { width: 1000, height: 740 }, "s1", scenes.lobby);
  await s.page.getByRole("textbox", { name: "Your message" }).click();
  await s.page.keyboard.type("I am a bit nervous");
  const asked = [];
  s.page.on("dialog", (d) => { asked.push(d.type()); d.accept(); });
  await s.page.reload();
  await s.page.getByRole("textbox", { name: "Your message" }).waitFor();
  assert.equal(await s.page.getByRole("textbox", { name: "Your message" }).inputValue(), "I am a bit nervous");
  assert.deepEqual(asked, ["beforeunload"]);
  assert.deepEqual(s.said, []);
});
