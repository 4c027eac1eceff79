// A page whose server is the test: it shows scenes, one after the other, and writes down what it is told.
/**
 * @param {import("playwright-core").BrowserContext} context @param {string} url of the fake server @param {string} [seat]
 */
export async function stage(context, url, seat = "s1") {
  const page = await context.newPage();
  const s = { page, said: [], ws: null, opened: 0, errors: [], answer: (m) => ({ t: "ack", ref: m.id }), refuse: false, mute: false };
  page.on("pageerror", (e) => s.errors.push(e.message));
  const greeted = [];
  await page.routeWebSocket(/\/api\/live\//, (ws) => {
    s.opened++;
    if (s.refuse) { ws.close({ code: 1006 }); return; }
    s.ws = ws;
    ws.onMessage((m) => {
      if (s.mute) return;
      const said = JSON.parse(String(m));
      if (said.do === "hello") { greeted.splice(0).forEach((done) => done()); if (s.scene) s.send(s.scene.hello, ...(s.scene.frames || [])); return; }
      if (said.do === "ping") { s.send({ t: "pong", now: Date.now() }); return; }
      s.said.push(said);
      const frames = s.answer(said);
      if (frames) s.send(...[frames].flat());
    });
  });
  s.send = (...frames) => frames.forEach((f) => s.ws.send(JSON.stringify(f)));
  /** Opens the page with a scene, or shows another on the socket that is open. */
  s.show = async (scene, path = `/s/${seat}`) => {
    const first = !s.scene;
    s.scene = scene;
    if (first) {
      await page.goto(url + path);
      await page.waitForSelector("main h1");
      await page.waitForSelector("hearth-connecting", { state: "detached", timeout: 8000 });
    } else s.send(scene.hello, ...(scene.frames || []));
  };
  s.verbs = () => s.said.map((m) => m.do);
  s.heard = async (verb) => {
    for (let i = 0; i < 100 && !s.verbs().includes(verb); i++) await pause(30);
    return s.said.find((m) => m.do === verb);
  };
  return s;
}

export const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

/** In the page, before all else: draws at once, so that much is drawn between two frames of the browser. */
export function hurry() {
  const waiting = [];
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => waiting.shift()?.(performance.now());
  window.requestAnimationFrame = (f) => { waiting.push(f); port2.postMessage(0); return 1; };
}
