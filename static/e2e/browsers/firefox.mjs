// Debian's own Firefox over WebDriver BiDi.
import puppeteer from "puppeteer-core";

/** One window of its own. @param {{width: number, height: number}} size */
export async function openFirefox(size) {
  const browser = await puppeteer.launch({ browser: "firefox", executablePath: process.env.FIREFOX || "/usr/bin/firefox-esr", headless: true });
  const page = await browser.newPage();
  const asked = [];
  page.on("dialog", (d) => { asked.push(d.type()); d.accept(); });
  await page.setViewport(size);
  return {
    name: await browser.version(), asked,
    open: (url) => page.goto(url),
    reload: () => page.reload(),
    run: (fn, ...args) => page.evaluate(fn, ...args),
    click: (x, y) => page.mouse.click(x, y),
    type: (text) => page.keyboard.type(text),
    resize: (to) => page.setViewport(to),
    shot: (path) => page.screenshot({ path }),
    close: () => browser.close(),
  };
}
