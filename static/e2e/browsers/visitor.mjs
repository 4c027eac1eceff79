// A person in a browser that is driven by another protocol than the others'. What differs is in the tab that is handed in.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pause, until } from "../house.mjs";
import { faults, listen, read, seek } from "./seen.mjs";

const SHOTS = process.env.SHOTS || ""; // a folder for a picture of each screen

export class Visitor {
  /** @param {Awaited<ReturnType<typeof import("./webkit.mjs").openWebKit>>} tab @param {string} size how pictures are called */
  constructor(tab, size) {
    this.tab = tab;
    this.size = size;
  }

  /** Looks until it is there, and gives where it stands. */
  sees(role, name, part = false) {
    return until(`${role} ${name}`, () => this.tab.run(seek, { role, name, part }));
  }

  async has(role, name, part = false) { return (await this.tab.run(seek, { role, name, part })) !== null; }

  says(text) { return until(`“${text}”`, async () => (await this.tab.run(read)).includes(text)); }
  async said(text) { return (await this.tab.run(read)).includes(text); }

  /** Presses as people do: what has just come does not act yet, so it is pressed again. */
  async press(name, part = false, role = "button") {
    for (let i = 0; i < 60; i++) {
      await this.tab.run(listen);
      const at = await this.sees(role, name, part);
      if (at.hit && !at.off) {
        await this.tab.click(at.x, at.y);
        // A press that led to another page has acted.
        if (!(await this.tab.run(() => window.wasEarly).catch(() => false))) return;
      }
      await pause(120);
    }
    assert.fail(`“${name}” cannot be pressed`);
  }

  /** Writes with the keys into a field that was pressed. */
  async write(label, text) {
    const at = await this.sees("textbox", label);
    assert.ok(at.hit, `${label} is covered`);
    await this.tab.click(at.x, at.y);
    await until(`${label} to have the focus`, async () => (await this.tab.run(seek, { role: "textbox", name: label }))?.focused);
    await this.tab.type(text);
    assert.equal((await this.sees("textbox", label)).value, text);
  }

  /** The page is whole, and there is a picture of it for whoever asked. @param {string} screen */
  async looks(screen) {
    assert.deepEqual(await this.tab.run(faults), [], `${screen} in ${this.tab.name}`);
    if (!SHOTS) return;
    mkdirSync(SHOTS, { recursive: true });
    await pause(400);
    await this.tab.shot(join(SHOTS, `${this.tab.name.split(/[ /]/)[0]}-${this.size}-${screen}.png`));
  }
}
