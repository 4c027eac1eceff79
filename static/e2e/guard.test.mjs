// No control acts before a person can have meant it (U01, U07): double taps over everything that can stand under another.
import assert from "node:assert/strict";
import { test } from "node:test";
import { launch } from "./house.mjs";
import { serve } from "../test/fake.mjs";
import { scenes } from "../test/fixtures.mjs";
import { press } from "../test/press.mjs";
import { api } from "../test/screens.mjs";
import { pause, stage } from "../test/stage.mjs";

const SETTLE = 700;

async function house(t) {
  const server = await serve(api);
  const browser = await launch();
  t.after(async () => { await browser.close(); server.close(); });
  return { browser, url: server.url };
}

/** In the page: every control that can be hit and was not here, so, before. */
function fresh(before) {
  const found = [];
  for (const el of document.querySelectorAll("main button, main summary, main a[href], main input[type=checkbox], main input[type=radio], dialog[open] button, dialog[open] input, dialog[open] summary")) {
    const box = el.getBoundingClientRect();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    if (!box.width || x < 0 || y < 0 || x > innerWidth || y > innerHeight || el.closest("[data-free]")) continue;
    const top = document.elementFromPoint(x, y);
    if (!top || (top !== el && !el.contains(top))) continue;
    if (document.querySelector("dialog[open]") && !el.closest("dialog[open]")) continue;
    const one = { x, y, label: el.dataset.act || el.textContent || el.id };
    if (!before.some((b) => b.label === one.label && Math.abs(b.x - x) < 12 && Math.abs(b.y - y) < 12)) found.push(one);
  }
  return found;
}

/**
 * In the page: as soon as anything changes, presses all that is fresh two frames later, by pointer or by key, and says how
 * many of these were held back, and how late it was. Nothing waits for the test, so a slow machine presses no later.
 */
function lieInWait([before, by]) {
  window.pressed = new Promise((done) => {
    const watch = new MutationObserver(() => {
      watch.disconnect();
      const began = performance.now();
      requestAnimationFrame(() => requestAnimationFrame(() => {
        const now = window.fresh(before);
        let held = 0;
        const count = () => { held++; };
        window.addEventListener("early", count);
        for (const c of now) {
          const el = document.elementFromPoint(c.x, c.y);
          const at = { bubbles: true, cancelable: true, clientX: c.x, clientY: c.y, detail: by === "pointer" ? 1 : 0 };
          if (by === "pointer") el.dispatchEvent(new PointerEvent("pointerdown", at));
          el.dispatchEvent(new MouseEvent("click", at));
        }
        window.removeEventListener("early", count);
        done({ labels: now.map((c) => c.label), held, late: performance.now() - began });
      }));
    });
    watch.observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true });
    setTimeout(() => done({ labels: [], held: 0, late: 0 }), 2000); // nothing changes
  });
}

const roles = { s1: ["listening", "queue"], s2: ["lead"], s5: ["wellbeing"] };
const targets = Object.entries(scenes).filter(([name, s]) => s.hello?.room && !s.close && !s.no && !s.cut && name !== "trainee");

/** Shows one scene after another and presses what comes, at once. @returns {Promise<number>} how much was pressed */
async function pressAtOnce(s, seat, from, by) {
  let presses = 0;
  for (const [name, scene] of targets.filter(([n, x]) => (x.seat || "s1") === seat && n !== from)) {
    let found = { labels: [], held: 0, late: Infinity };
    for (let tries = 0; tries < 3 && found.late > SETTLE - 100; tries++) { // two frames take longer where nothing is idle
      await s.show(scenes[from]);
      await s.page.evaluate(() => document.querySelector(".room-dock")?.scrollIntoView({ block: "end" })); // where people answer
      await pause(SETTLE + 120);
      s.said.length = 0;
      await s.page.evaluate(lieInWait, [await s.page.evaluate(() => window.fresh([])), by]);
      await s.show(scene);
      found = await s.page.evaluate(() => window.pressed);
    }
    const { labels, held, late } = found;
    assert.ok(late < SETTLE - 100, `${from} → ${name}: two frames took ${Math.round(late)} ms, three times`);
    assert.equal(held, labels.length, `${from} → ${name} by ${by}: not all of these were held back: ${labels.join(", ")}`);
    assert.deepEqual(s.said, [], `${from} → ${name} by ${by} (${labels.join(", ")})`);
    assert.equal(await s.page.locator("dialog[open]").count(), 0, `${from} → ${name}: a dialog opened`);
    presses += labels.length;
  }
  return presses;
}

// Waiting is most of it, so all sizes go at once.
test("no control acts before it can be meant", { concurrency: 4, timeout: 240_000 }, async (all) => {
  const { browser, url } = await house(all);
  await Promise.all([{ width: 1366, height: 768 }, { width: 360, height: 740 }, { width: 320, height: 640 }, { width: 740, height: 360 }].map((viewport) =>
    all.test(`what appears does not act for ${SETTLE} ms, by pointer and by key, at ${viewport.width} x ${viewport.height}`, async (t) => {
      let presses = 0;
      for (const [seat, [from]] of Object.entries(roles)) for (const by of ["pointer", "key"]) {
        const context = await browser.newContext({ viewport, reducedMotion: "reduce" });
        await context.addInitScript(`window.fresh = ${fresh}`);
        const s = await stage(context, url, seat);
        await s.show(scenes[from]);
        if (viewport.width < 960 && seat !== "s1") await press(s.page.getByRole("button", { name: /^Tools/ }));
        presses += await pressAtOnce(s, seat, from, by);
        assert.deepEqual(s.errors, []);
        await context.close();
      }
      t.diagnostic(`${presses} presses, all held back`);
      assert.ok(presses >= 30, `only ${presses} presses: the test has lost its subject`);
    })));
});

// The ways that use has shown, with the taps of one finger on one place.
const offered = { t: "set", to: "me", seq: 60, prev: 41, set: { offer: { turn: 9 }, can: {} }, on: [{ kind: "offer" }] };
const moved = (name, next, seq) => ({ t: "set", to: "room", seq, prev: seq - 1, set: { phase: { name, next, planned: "" } }, on: [{ kind: "phase", value: name }] });

for (const wait of [100, 300, 700]) test(`two taps, ${wait} ms apart`, { timeout: 60_000 }, async (t) => {
  const { browser, url } = await house(t);
  const twice = async (s, target, times = 2) => {
    await target.waitFor();
    await pause(SETTLE + 300);
    const box = await target.boundingBox();
    for (let i = 0; i < times; i++) {
      await s.page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
      if (i + 1 < times) await pause(wait - 30);
    }
    await pause(150);
  };
  for (const viewport of [{ width: 1366, height: 768 }, { width: 360, height: 740 }]) {
    const context = await browser.newContext({ viewport, reducedMotion: "reduce" });
    const p = await stage(context, url);
    p.answer = (m) => [{ t: "ack", ref: m.id }, ...(m.do === "hand" ? [offered] : [])];
    await p.show(scenes.queue);
    await twice(p, p.page.getByRole("button", { name: "Raise my hand" }));
    assert.deepEqual(p.verbs(), ["hand"], "U01: the second tap must not answer the offer");
    assert.ok(await p.page.getByRole("heading", { name: "It can be your turn, if you like" }).isVisible());

    const l = await stage(context, url, "s2");
    let seq = 41;
    const order = ["opening", "check-in", "main", "closing", "after-care"];
    l.answer = (m) => [{ t: "ack", ref: m.id }, ...(m.do === "phase" ? [moved(m.to, order[order.indexOf(m.to) + 1], ++seq)] : [])];
    await l.show({ ...scenes.lead, hello: { ...scenes.lead.hello, room: { ...scenes.lead.hello.room, phase: { name: "opening", next: "check-in", planned: "" } } }, frames: [] });
    if (viewport.width < 960) await press(l.page.getByRole("button", { name: /^Tools/ }));
    const move = l.page.getByRole("button", { name: "Move on", exact: true });
    await move.scrollIntoViewIfNeeded();
    await twice(l, move, 3);
    assert.ok(l.verbs().length === 1 || (wait === 700 && l.verbs().length <= 2), `U07: ${l.verbs()} at ${wait} ms`);
    assert.ok(l.said.every((m) => m.to !== "closed"), "moving on never ends");

    await context.close();
  }
});

test("what a page that becomes shorter moves under a finger does not act", { timeout: 60_000 }, async (t) => {
  const { browser, url } = await house(t);
  const context = await browser.newContext({ viewport: { width: 740, height: 360 }, reducedMotion: "reduce" });
  await context.addInitScript(`window.fresh = ${fresh}; window.lieInWait = ${lieInWait}`);
  const s = await stage(context, url);
  await s.show(scenes.queue);
  const tall = () => {
    const el = Object.assign(document.createElement("p"), { id: "tall" });
    el.style.height = "4000px";
    document.body.append(el);
  };
  const down = () => scrollTo(0, document.body.scrollHeight);
  const up = () => scrollTo(0, 0);
  const pressAfter = async (before, change) => {
    for (const [i, step] of before.entries()) {
      await s.page.evaluate(`(${step})()`);
      await pause(i ? 300 : SETTLE + 120); // less than until a clock on the page goes on
    }
    await s.page.evaluate(() => window.lieInWait([window.fresh([]), "pointer"]));
    s.said.length = 0;
    await s.page.evaluate(change);
    return s.page.evaluate(() => window.pressed);
  };
  const short = () => document.getElementById("tall").remove();
  const ways = { "in one step": [`() => { (${tall})(); (${down})(); }`], "scrolled later": [up, tall, down], "scrolled twice": [up, tall, () => scrollTo(0, 900), down] };
  for (const [way, before] of Object.entries(ways)) {
    const { labels, held } = await pressAfter(before, short);
    assert.ok(labels.length > 0, `${way}: nothing came under the finger: the test has lost its subject`);
    assert.equal(held, labels.length, `${way}: not all of these were held back: ${labels.join(", ")}`);
    assert.deepEqual(s.said, [], way);
  }
  const own = await pressAfter([tall, down], () => { document.querySelector(".room-dock").scrollIntoView({ block: "end" }); document.body.dataset.any = "1"; });
  assert.ok(own.labels.length > 0 && own.held === 0, `whoever scrolls can press at once: ${own.held} of ${own.labels.length} were held back`);
});

test("ending asks first, says what is erased, and is never one tap", { timeout: 60_000 }, async (t) => {
  const { browser, url } = await house(t);
  const s = await stage(await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" }), url, "s2");
  const closing = { ...scenes.lead, hello: { ...scenes.lead.hello, room: { ...scenes.lead.hello.room, phase: { name: "after-care" } } } };
  await s.show(closing);
  const box = async (name) => { const b = await s.page.getByRole("button", { name }).boundingBox(); return [b.x + b.width / 2, b.y + b.height / 2]; };
  await press(s.page.getByRole("button", { name: "End the session…" }));
  await s.page.mouse.click(...(await box("End the session now")));
  assert.deepEqual(s.said, []);
  await s.page.getByText("are erased at once").waitFor();
  await press(s.page.getByRole("button", { name: "End the session now" }));
  assert.ok(await s.heard("end"));
});

test("what always reacts: leaving quickly and helplines, at once", { timeout: 60_000 }, async (t) => {
  const { browser, url } = await house(t);
  const s = await stage(await browser.newContext({ viewport: { width: 360, height: 740 } }), url);
  await s.page.route("https://www.wikipedia.org/", (r) => r.fulfill({ body: "elsewhere" }));
  await s.show(scenes.listening);
  await s.page.reload();
  await s.page.getByRole("button", { name: "Helplines and rights" }).first().click();
  await s.page.getByRole("heading", { name: "Helplines and rights" }).waitFor();
  await s.page.getByRole("dialog").getByRole("button", { name: "Leave quickly" }).click();
  await s.page.waitForURL("https://www.wikipedia.org/");
});
