// Every screen of a participant and of a facilitator: its address, what the socket says, and what is pressed to come there.
import { helplines, scenes } from "./fixtures.mjs";
import { press } from "./press.mjs";

const record = {
  v: 1, series: "Tuesday group", number: 5, of: 8, date: "2026-11-17", planned: 90, real: 92, mode: "text",
  phases: [["lobby", 15, 12], ["opening", 8, 9], ["check-in", 20, 22], ["main", 47, 46], ["closing", 12, 12], ["after-care", 15, 8]].map(([phase, planned, real]) => ({ phase, planned, real })),
  formats: ["go-round", "queue", "open", "silence"], seats: 12, people: { participants: 8, lead: 1, wellbeing: 1, trainees: 1 },
  levels: { 1: 1, 2: 0, 3: 1, 4: 0, 5: 0, U: 0 }, held: 0, ended: "ended", charter: 2,
};
/** What the fake server answers by path. */
export const api = { "/api/helplines": helplines, "/api/open": { kind: "seat", seat: "s1", session: "x" }, "/api/forget": {}, "/api/record/s2": record };

/** Plays a scene to the page's socket. */
async function play(page, scene) {
  let cut = false; // and it stays cut: the client's next tries find nobody, so that the screen looked at is this one
  await page.routeWebSocket(/\/api\/live\//, (ws) => {
    if (cut) { ws.close({ code: 1006 }); return; }
    ws.onMessage((m) => {
      const said = JSON.parse(String(m));
      if (said.do === "ping") ws.send(JSON.stringify({ t: "pong", now: Date.now() }));
      else if (said.do !== "hello") (page.said = page.said || []).push(said);
      if (!scene.no && said.id) ws.send(JSON.stringify({ t: "ack", ref: said.id }));
      if (scene.no && said.id) ws.send(JSON.stringify({ t: "no", ref: said.id, code: scene.no, say: "It is somebody else's turn just now. Your words are kept here." }));
      if (said.do !== "hello") return;
      if (scene.hello) ws.send(JSON.stringify(scene.hello));
      for (const f of scene.frames || []) ws.send(JSON.stringify(f));
      if (scene.close) setTimeout(() => ws.close({ code: scene.close }), 60);
    });
    if (scene.cut) page.cutNow = () => { cut = true; ws.close({ code: 4000 }); };
  });
  // Who is asked whether it is the sockets alone that do not come through.
  if (scene.cut) await page.route("**/healthz", (route) => (cut ? route.abort() : route.fallback()));
}

/** Answers the page's requests as `what` says, by method and path, and notes them; a list is a status and its body. What is not there goes to the fake server. */
const answer = (page, what) => page.route("**/api/**", (route) => {
  const request = route.request();
  const asked = `${request.method()} ${new URL(request.url()).pathname.slice("/api/".length)}`;
  page.asked?.push(asked);
  if (request.method() !== "GET") page.said?.push({ do: asked, ...request.postDataJSON() });
  if (!(asked in what)) return route.fallback();
  const [status, json] = Array.isArray(what[asked]) ? what[asked] : [200, what[asked]];
  return route.fulfill({ status, json });
});

export const screens = {
  landing: { path: "/" }, join: { path: `/j#${"A".repeat(43)}` }, "join-damaged": { path: "/j#dG9rZW4" }, "join-none": { path: "/j" }, nowhere: { path: "/x/y" },
  rights: { path: "/rights" }, record: { path: "/s/s2/record" },
  help: { path: "/s/s1", scene: scenes.listening, act: (p) => press(p.getByRole("button", { name: "Helplines and rights" }).first()) },
  settings: { path: "/s/s1", scene: scenes.listening, act: (p) => press(p.getByRole("button", { name: "Settings" })) },
  more: { path: "/s/s1", scene: scenes.notices, act: (p) => press(p.getByRole("button", { name: "More" })) },
  nudge: { path: "/s/s2", scene: { ...scenes.lead, tools: true }, late: async (p) => { await press(p.locator("summary", { hasText: "Priya" })); await press(p.getByRole("button", { name: "A quiet word…" }).first()); } },
  person: { path: "/s/s2", scene: { ...scenes.lead, tools: true }, late: (p) => press(p.locator("summary", { hasText: "Priya" })) },
  remove: { path: "/s/s2", scene: { ...scenes.lead, tools: true }, late: async (p) => { await press(p.locator("summary", { hasText: "Priya" })); await press(p.getByRole("button", { name: "Remove for today…" }).first()); } },
  line: { path: "/s/s1", scene: scenes.listening, act: (p) => press(p.getByRole("button", { name: "Private line" })) },
};

/** What goes by the names of screens; only one of it when SCREEN names that. @param {Record<string, any>} all @returns {[string, any][]} */
export function chosen(all) {
  const only = process.env.SCREEN;
  return Object.entries(all).filter(([name]) => !only || name === only);
}

const onPriya = (button) => async (p) => { await press(p.locator("summary", { hasText: "Priya" })); await press(p.getByRole("button", { name: button }).first()); };
Object.assign(screens, {
  check: { path: "/check", act: (p) => p.getByText("When you have changed something, check again.").waitFor() },
  quiet: { path: "/s/s2", scene: { ...scenes.lead, tools: true }, late: onPriya("Quiet time…") },
  pause: { path: "/s/s2", scene: { ...scenes.lead, tools: true }, late: onPriya("Pause the room…") },
  urgent: { path: "/s/s2", scene: { ...scenes.lead, tools: true }, late: (p) => press(p.getByRole("button", { name: "Lock the door and hide the last words…" })) },
  end: { path: "/s/s2", scene: scenes["lead-closing"], late: (p) => press(p.getByRole("button", { name: "End the session…" })) },
});
for (const [name, scene] of Object.entries(scenes)) if (name !== "line-nobody") screens[name] = { path: `/s/${scene.seat || "s1"}`, scene };

/**
 * Opens a screen on a fresh page, as it is looked at.
 * @param {import("playwright-core").Page} page @param {string} url of the fake server
 */
export async function openScreen(page, url, what) {
  const scene = what.scene;
  if (scene) await play(page, scene);
  if (what.api) await answer(page, what.api);
  await page.goto(url + what.path);
  await page.waitForSelector("h1");
  if (scene?.hello) await page.waitForSelector("hearth-connecting", { state: "detached", timeout: 5000 });
  if (scene?.close) await page.waitForSelector("hearth-goodbye");
  if (scene?.tools) await page.waitForSelector(".care", { state: "attached" });
  if (scene?.draft) await page.getByLabel("Your words").fill(scene.draft);
  if (scene?.cut) await page.cutNow();
  if (what.act) await what.act(page);
  if (scene?.tools && page.viewportSize().width < 960) await press(page.getByRole("button", { name: /^Tools/ }));
  if (scene?.press) await press(page.getByRole("button", { name: scene.press, exact: true }).first());
  if (what.late) await what.late(page);
  await page.waitForTimeout(scene?.cut || scene?.close ? 250 : 120);
}

screens["line-nobody"] = { path: "/s/s1", scene: scenes["line-nobody"], act: screens.line.act };
