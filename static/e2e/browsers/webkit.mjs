// Debian's WebKitGTK by the W3C WebDriver protocol, on a display of its own that nobody sees.
import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { freePort, until } from "../house.mjs";

/** A display without a screen. */
function display() {
  const x = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", "1600x1000x24", "-nolisten", "tcp"], { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  return new Promise((done, fail) => {
    x.once("error", fail);
    x.once("exit", () => fail(new Error("Xvfb went down")));
    x.stdio[3].once("data", (number) => done({ name: `:${String(number).trim()}`, close: () => x.kill() }));
  });
}

/** @param {string} url of the driver */
const asker = (url) => async (method, path, body) => {
  const answer = await fetch(url + path, { method, headers: { "Content-Type": "application/json" }, body: body && JSON.stringify(body) });
  const { value } = await answer.json();
  if (!answer.ok) throw new Error(`${method} ${path}: ${value.error}: ${value.message}`);
  return value;
};

/** One window of its own. @param {{width: number, height: number}} size */
export async function openWebKit(size) {
  const port = await freePort();
  const screen = await display();
  const driver = spawn("WebKitWebDriver", [`--port=${port}`], { env: { ...process.env, DISPLAY: screen.name, GDK_BACKEND: "x11", WEBKIT_DISABLE_DMABUF_RENDERER: "1" }, stdio: "ignore" });
  const ask = asker(`http://127.0.0.1:${port}`);
  const down = () => { driver.kill(); screen.close(); };
  try {
    await until("the driver to come up", () => ask("GET", "/status").then((s) => s.ready, () => false));
    const { sessionId, capabilities } = await ask("POST", "/session", { capabilities: { alwaysMatch: {} } });
    const at = `/session/${sessionId}`;
    const run = (fn, ...args) => ask("POST", `${at}/execute/sync`, { script: `return (${fn}).apply(null, arguments)`, args });
    /** The window has a frame and a bar: what counts is the size of the page. */
    const resize = async (to) => {
      const outer = await ask("POST", `${at}/window/rect`, to);
      const [width, height] = await run(() => [window.innerWidth, window.innerHeight]);
      await ask("POST", `${at}/window/rect`, { width: outer.width + to.width - width, height: outer.height + to.height - height });
    };
    await resize(size);
    const pointer = (actions) => ask("POST", `${at}/actions`, { actions: [{ type: "pointer", id: "mouse", parameters: { pointerType: "mouse" }, actions }] });
    return {
      name: `${capabilities.browserName} ${capabilities.browserVersion}`,
      open: (url) => ask("POST", `${at}/url`, { url }),
      reload: () => ask("POST", `${at}/refresh`, {}),
      run, resize,
      click: (x, y) => pointer([{ type: "pointerMove", x, y, duration: 0 }, { type: "pointerDown", button: 0 }, { type: "pointerUp", button: 0 }]),
      type: async (text) => ask("POST", `${at}/element/${Object.values(await ask("GET", `${at}/element/active`))[0]}/value`, { text }),
      shot: async (path) => writeFile(path, Buffer.from(await ask("GET", `${at}/screenshot`), "base64")),
      close: async () => { await ask("DELETE", at).catch(() => {}); down(); },
    };
  } catch (e) {
    down();
    throw e;
  }
}
