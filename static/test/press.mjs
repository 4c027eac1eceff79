// Pressing as people do: what has just come or moved does not act yet (app/guard.js), so it is pressed again.
const AGAIN = 120; // ms

/**
 * @param {import("playwright-core").Page} page @param {() => Promise<unknown>} act a click or a key
 */
export async function settled(page, act) {
  for (let i = 0; i < 50; i++) {
    const seen = await page.evaluateHandle(() => {
      const s = { early: false };
      window.addEventListener("early", () => { s.early = true; }, { once: true });
      return s;
    });
    await act();
    // A press that led to another page has acted.
    if (!(await seen.evaluate((s) => s.early).catch(() => false))) return;
    await new Promise((done) => { setTimeout(done, AGAIN); });
  }
  throw new Error("it never settles");
}

/** @param {import("playwright-core").Locator} target */
export const press = (target) => settled(target.page(), () => target.click());
