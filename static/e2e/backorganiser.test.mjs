// The organiser's forms and the door on a real hearth: half filled in, they are found as they were after loading again, and after Back and Forward.
import assert from "node:assert/strict";
import { test } from "node:test";
import { launch, printedLink, startHearth } from "./house.mjs";
import { follow } from "./organiser.mjs";
import { Person } from "./people.mjs";

const TEXT = "Half a thought, kept whole";

/** Where an organiser writes: the way there from the first page, and the field. */
const places = {
  "a new group": { go: (p) => p.page.goto(`${new URL(p.page.url()).origin}/o/new`), field: "#name" },
  "what was chosen for a group": { go: async (p) => { await group(p); await follow(p, "Change"); }, field: "#contact" },
  "a line of the charter": { go: async (p) => { await group(p); await follow(p, /^(Read|Edit) the charter$/); }, field: "#line-honesty" },
  "a plan": { go: async (p) => { await group(p); await follow(p, "Plan a session"); }, field: "#plan-title" },
  "a new helpline": { go: async (p) => { await p.page.goto(`${new URL(p.page.url()).origin}/o/helplines`); await p.press("Add a helpline"); }, field: "#hours" },
};

async function group(p) {
  await p.page.goto(`${new URL(p.page.url()).origin}/o`);
  await follow(p, "Tuesday group");
  await p.sees("heading", "Tuesday group");
}

async function asItWas(page, field, when) {
  await page.locator(field).waitFor({ timeout: 8000 });
  await page.waitForFunction(([f, t]) => document.querySelector(f)?.value === t, [field, TEXT], { timeout: 3000 }).catch(() => {});
  assert.equal(await page.locator(field).inputValue(), TEXT, when);
}

for (const viewport of [{ width: 1366, height: 768 }, { width: 360, height: 740 }, { width: 320, height: 640 }, { width: 740, height: 360 }]) {
  test(`the organiser's forms are found again, at ${viewport.width} x ${viewport.height}`, { timeout: 120_000 }, async (t) => {
    const house = await startHearth(["--example"]);
    const browser = await launch();
    t.after(async () => { await browser.close(); await house.end(); });
    const p = new Person("Organiser", await browser.newContext({ viewport, reducedMotion: "reduce" }));
    await p.join(printedLink(house, "organiser"));
    await p.sees("heading", /groups/i);
    for (const [name, { go, field }] of Object.entries(places)) {
      await go(p);
      await p.page.locator(field).fill(TEXT);
      await p.page.reload();
      await asItWas(p.page, field, `${name}, after loading again`);
      await p.page.waitForFunction((f) => document.activeElement?.matches(f), field, { timeout: 3000 }).catch(() => {});
      assert.equal(await p.page.evaluate(() => `#${document.activeElement?.id}`), field, `${name}: the focus`);
      const at = p.page.url();
      await p.page.goBack();
      await p.page.waitForURL((u) => u.href !== at);
      await p.page.goForward();
      await asItWas(p.page, field, `${name}, after back and forward`);
    }
    // What was cancelled is not found again.
    await p.page.goto(`${house.url}/o/new`);
    await asItWas(p.page, "#name", "a new group, once more");
    await follow(p, "Cancel");
    await p.sees("heading", /groups/i);
    await p.page.goto(`${house.url}/o/new`);
    await p.page.locator("#name").waitFor();
    assert.equal(await p.page.locator("#name").inputValue(), "");

    // The name at the door, with what was ticked.
    const door = new Person("Sam", await browser.newContext({ viewport, reducedMotion: "reduce" }));
    await door.join(printedLink(house, "participant 1"));
    await door.write("The name others will see", "Samira");
    await door.hands.check(door.page, door.page.getByRole("radio", { name: /^Just listen/ }));
    await door.hands.check(door.page, door.page.getByRole("checkbox", { name: "Breaks now and then" }));
    await door.page.getByRole("textbox", { name: "The name others will see" }).focus();
    await door.page.reload();
    assert.equal(await door.page.getByRole("textbox", { name: "The name others will see" }).inputValue(), "Samira");
    assert.ok(await door.page.getByRole("radio", { name: /^Just listen/ }).isChecked());
    assert.ok(await door.page.getByRole("checkbox", { name: "Breaks now and then" }).isChecked());
    await door.press("I agree");
    await door.sees("heading", /lobby/);
    assert.equal(await door.page.evaluate(() => Object.values(sessionStorage).join(" ").includes("Samira")), false, "it has done its work");
    assert.deepEqual([...p.errors, ...door.errors], []);
  });
}
