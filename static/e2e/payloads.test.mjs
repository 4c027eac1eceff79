// Whatever people write is text on every screen (A25): 500 payloads in every field that somebody can fill.
import assert from "node:assert/strict";
import { test } from "node:test";
import { launch } from "./house.mjs";
import { serve } from "../test/fake.mjs";
import { charter, helplines, scenes, words } from "../test/fixtures.mjs";
import { press } from "../test/press.mjs";
import { api, openScreen } from "../test/screens.mjs";

const HIT = "window.hit=1;alert(1)";
const cores = [
  `<script>${HIT}</script>`, `<img src=x onerror="${HIT}">`, `<svg onload="${HIT}">`, `<svg><script>${HIT}</script></svg>`, `<iframe srcdoc="<script>parent.hit=1</script>"></iframe>`,
  `<iframe src="javascript:parent.hit=1"></iframe>`, `<a href="javascript:${HIT}">here</a>`, `<details open ontoggle="${HIT}">`, `<input autofocus onfocus="${HIT}">`, `<body onpageshow="${HIT}">`,
  `<object data="data:text/html,<script>parent.hit=1</script>"></object>`, `<embed src="javascript:${HIT}">`, `<form action="javascript:${HIT}"><button>go</button></form>`, `<base href="https://elsewhere.example/">`,
  `<meta http-equiv="refresh" content="0;url=https://elsewhere.example/">`, `<link rel=stylesheet href="https://elsewhere.example/x.css">`, `<style>*{display:none}</style>`, `<math><mtext><img src=x onerror="${HIT}"></mtext></math>`,
  `<template><script>${HIT}</script></template>`, `<video><source onerror="${HIT}"></video>`, `<hearth-room onclick="${HIT}"></hearth-room>`, `javascript:${HIT}`, `data:text/html,<script>${HIT}</script>`, "${window.hit=1}", "{{constructor.constructor('window.hit=1')()}}",
];
const breaks = ["", '">', "'>", "--></textarea>", "</title></script>", "]]>", "`", "\\", "&lt;b&gt;", "‮", '" onmouseover="window.hit=1" x="', "' autofocus onfocus='window.hit=1' x='", "<!--", "</p></main>", "%3Cscript%3E", "&#60;", "\n\n", "<b>", "<![CDATA[", "\ufeff"];
const payloads = breaks.flatMap((b) => cores.map((c) => b + c));

// Who can fill a field: everybody their name and words, facilitators reasons and lines, organisers the rest.
const FIELDS = /^(name|text|title|line|reason|contact|hours|cost|for|call|chat|languages|series|region|source|prompt)$/;
/** A copy in which every such field is the next payload. */
function poisoned(value, next, key = "") {
  if (typeof value === "string") return FIELDS.test(key) ? next() : value;
  if (Array.isArray(value)) return value.map((v) => poisoned(v, next, key));
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, k === "format" || k === "phase" ? v : poisoned(v, next, k)]));
  return value;
}

/** In the page: what no text may become. */
const found = () => [
  ...document.querySelectorAll("iframe, object, embed, base, meta[http-equiv=refresh], style, template, math, video, form[action], script:not([src^='/app/']), svg script, [href^='javascript:' i], [href^='data:' i], [src^='javascript:' i]"),
  ...[...document.querySelectorAll("*")].filter((el) => [...el.attributes].some((a) => a.name.startsWith("on"))),
].map((el) => el.outerHTML.slice(0, 120));

test("500 payloads in every field: no script, no report of the policy, no dialog", { timeout: 240_000 }, async (t) => {
  let n = 0;
  const next = () => payloads[n++ % payloads.length];
  const server = await serve({ ...api, "/api/helplines": poisoned(helplines, next).map((row, i) => (i ? row : { ...row, chat: `javascript:${HIT}` })), "/api/record/s2": poisoned(api["/api/record/s2"], next) });
  const browser = await launch();
  t.after(async () => { await browser.close(); server.close(); });
  const wrong = [];
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" });
  await context.addInitScript(() => { addEventListener("securitypolicyviolation", (e) => { window.reported = `${e.violatedDirective} ${e.blockedURI}`; }); });
  const lookAt = async (name, what, shown) => {
    const page = await context.newPage();
    page.on("dialog", (d) => { wrong.push(`${name}: a dialog`); void d.dismiss(); });
    page.on("pageerror", (e) => wrong.push(`${name}: ${e.message}`));
    await openScreen(page, server.url, what);
    if (shown) assert.equal(await page.locator("body").evaluate((body, text) => body.textContent.includes(text), shown), true, `${name}: the payload is not on the screen`);
    wrong.push(...(await page.evaluate(found)).map((html) => `${name}: ${html}`));
    const hit = await page.evaluate(() => ({ hit: window.hit, reported: window.reported }));
    if (hit.hit || hit.reported) wrong.push(`${name}: ${JSON.stringify(hit)}`);
    await page.close();
  };

  assert.equal(payloads.length, 500);
  const all = payloads.map((text, i) => ["share", ["s3", "s4", "s12"][i % 3], text]);
  await lookAt("words", { path: "/s/s1", scene: { hello: scenes.listening.hello, frames: words(all) } }, payloads[499]);
  for (const [name, scene] of Object.entries(scenes)) {
    if (scene.press || scene.tools) continue; // these find their buttons by a name
    await lookAt(name, { path: `/s/${scene.seat || "s1"}`, scene: { ...scene, hello: poisoned(scene.hello, next), frames: poisoned(scene.frames, next), press: undefined } });
  }
  await lookAt("charter", { path: "/s/s1", scene: { ...scenes.door, hello: { ...scenes.door.hello, charter: { ...charter, lines: charter.lines.map((l) => ({ ...l, text: next() })) } } } });
  await lookAt("helplines", { path: "/s/s1", scene: scenes.listening, act: (p) => press(p.getByRole("button", { name: "Helplines and rights" }).first()) });
  await lookAt("rights", { path: "/rights" });
  await lookAt("record", { path: "/s/s2/record" });
  t.diagnostic(`${n + all.length} fields held a payload`);
  assert.ok(n > 500, `only ${n} fields beside the words`);
  assert.deepEqual(wrong, []);
});
