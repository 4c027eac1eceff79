import { test } from "node:test";
import { openFirefox } from "./firefox.mjs";
import { playedMeeting } from "./played.mjs";
import { openWebKit } from "./webkit.mjs";

const sizes = [{ width: 1366, height: 768 }, { width: 360, height: 740 }];
for (const [name, open] of [["Firefox", openFirefox], ["WebKit", openWebKit]]) {
  for (const size of sizes) test(`a whole meeting in ${name}, ${size.width} x ${size.height}`, { timeout: 300_000 }, (t) => playedMeeting(t, open, size));
}
