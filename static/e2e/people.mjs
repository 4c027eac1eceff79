// People as a browser sees them. Everything is found by role and name.
import assert from "node:assert/strict";
import { axeFinds, until } from "./house.mjs";
import { pointer } from "./hands.mjs";

export const OFFER = "It can be your turn, if you like";

export class Person {
  /** @param {string} name @param {import("playwright-core").BrowserContext} context @param {typeof pointer} hands */
  constructor(name, context, hands = pointer) {
    this.name = name;
    this.context = context;
    this.hands = hands;
    this.errors = [];
  }

  /** Opens a link and presses Join. */
  async join(link) {
    this.page = await this.context.newPage();
    this.page.on("pageerror", (e) => this.errors.push(e.message));
    this.page.on("console", (m) => { if (/Content.Security|TrustedType/i.test(m.text())) this.errors.push(m.text()); });
    await this.page.goto(link);
    await this.press("Join");
    await this.page.waitForURL(/\/(s\/|o)/);
  }

  /** Answers at the door. */
  async answer({ listening = false, concern = false } = {}) {
    await this.write("The name others will see", this.name);
    if (listening) await this.hands.check(this.page, this.page.getByRole("radio", { name: /^Just listen/ }));
    await this.press(concern ? "I have a concern" : "I agree");
  }

  button(name, exact = true) { return this.page.getByRole("button", { name, exact }); }
  press(name, exact = true) { return this.hands.press(this.page, this.button(name, exact).first()); }
  write(label, text) { return this.hands.write(this.page, this.page.getByRole("textbox", { name: label }).first(), text); }
  sees(role, name, options = {}) { return this.page.getByRole(role, { name }).first().waitFor({ timeout: 20_000, ...options }); }
  circle() { return this.page.getByRole("list", { name: "The circle" }); }
  /** The person is in the room and sees somebody in the circle. */
  async isIn() { await this.circle().getByRole("listitem").first().waitFor({ timeout: 20_000 }); }
  async saysText(text) { await this.page.getByText(text).first().waitFor({ timeout: 20_000 }); }
  async isOffered() { return this.page.getByRole("heading", { name: OFFER }).isVisible(); }
  composer() { return this.page.getByRole("textbox", { name: /^Your words/ }); }

  /** Writes in the composer and shares. */
  async share(text) {
    await this.write(/^Your words/, text);
    await this.press("Share");
    await this.hears(text);
  }

  /** The words are in the log of this page. */
  async hears(text) { await this.page.getByRole("log", { name: "Words of this session" }).getByText(text).waitFor({ timeout: 20_000 }); }
  async heard(text) { return (await this.page.getByRole("log", { name: "Words of this session" }).getByText(text).count()) > 0; }

  /** Takes the offered turn, says something, is done. */
  async turn(text) {
    await this.press("Take the turn");
    await this.share(text);
    await this.press("I’m done");
  }

  /** No axe violation, light and dark. */
  async clean(what) { assert.deepEqual(await axeFinds(this.page), [], `axe on ${what}`); }
}

export class Wellbeing extends Person {
  async letIn(name) {
    await this.press(`Greet and let in: ${name}`);
  }
  /** Opens the person's fold in the list of people, and presses one of its buttons. */
  async act(name, button) {
    const one = this.page.getByRole("listitem").filter({ has: this.page.getByRole("group", { name: `For ${name}`, includeHidden: true }) });
    const press = one.getByRole("button", { name: button });
    if (!(await press.isVisible())) await this.hands.press(this.page, one.locator("summary").first());
    await this.hands.press(this.page, press);
  }
  async choose(label, option) { await this.hands.choose(this.page, this.page.getByRole("combobox", { name: label }).first(), option); }
}

export class Lead extends Wellbeing {
  async moveTo(phase) {
    await this.choose("Move on to", phase);
    await this.press("Move on");
    await this.sees("heading", phase);
  }
  async begin(format) {
    const formats = this.page.getByRole("combobox", { name: "Format" });
    const label = await formats.locator("option").filter({ hasText: format }).first().textContent();
    await this.hands.choose(this.page, formats, label);
    await this.press("Begin");
  }
  async process(text) {
    await this.write("Process line", text);
    await this.press("Post the line");
    await this.hears(text);
  }
}

/** Plays a round: whoever is offered a turn does what their part says, until the format ends. */
export async function round(people, parts, watch) {
  const asked = {};
  await until("the round to end", async () => {
    for (const p of people) {
      if (!(await p.isOffered())) continue;
      const time = asked[p.name] = (asked[p.name] || 0) + 1;
      assert.ok(parts[p.name], `${p.name} was offered a turn and should not have been`);
      await parts[p.name](p, time);
      await until("the offer to be gone", async () => !(await p.isOffered()));
    }
    return watch();
  }, 90_000);
  return asked;
}
