// The first load of a participant, as served: bytes after gzip, and who was asked.
import assert from "node:assert/strict";
import { test } from "node:test";
import { press } from "../test/press.mjs";
import { launch, printedLink, startHearth } from "./house.mjs";

const KIB = 1024;

test("the first load is at most 100 KiB, its scripts 60 KiB, from one host", { timeout: 120_000 }, async (t) => {
  const house = await startHearth(["--example"]);
  const browser = await launch();
  t.after(async () => { await browser.close(); await house.end(); });
  const page = await (await browser.newContext()).newPage();
  const loads = [];
  page.on("response", (r) => loads.push(r));
  await page.goto(printedLink(house, "participant 1"));
  await press(page.getByRole("button", { name: "Join" }));
  await page.getByRole("heading", { name: "Welcome to the door" }).waitFor();
  await page.waitForLoadState("networkidle");

  let all = 0, scripts = 0;
  for (const r of loads) {
    assert.equal(new URL(r.url()).origin, house.url, `somebody else was asked: ${r.url()}`);
    const zipped = (await r.request().sizes()).responseBodySize; // as it came over the wire
    all += zipped;
    if ((r.headers()["content-type"] || "").includes("javascript")) scripts += zipped;
    console.log(`${String(zipped).padStart(7)}  ${r.headers()["content-encoding"] || "plain"}  ${new URL(r.url()).pathname.replace(/^\/a\/[^/]+/, "")}`);
  }
  console.log(`first load ${(all / KIB).toFixed(1)} KiB of 100, scripts ${(scripts / KIB).toFixed(1)} KiB of 60, ${loads.length} requests`);
  assert.ok(scripts > 5 * KIB, "the scripts were not seen");
  assert.ok(all <= 100 * KIB);
  assert.ok(scripts <= 60 * KIB);
});
