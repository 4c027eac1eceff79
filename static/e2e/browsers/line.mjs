// The way to the house: every byte goes through it, and it can be cut for whoever does not come with Chromium.
import { connect, createServer } from "node:net";

export async function cutLine() {
  let port = 0;
  let cut = false;
  const theirs = new Set();
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.once("data", (head) => {
      const tested = !head.includes("Chrome/");
      if (tested && cut) return socket.destroy();
      if (tested) theirs.add(socket);
      const far = connect(port, "127.0.0.1", () => { far.write(head); socket.pipe(far); far.pipe(socket); });
      const shut = () => { theirs.delete(socket); far.destroy(); socket.destroy(); };
      far.on("error", shut);
      far.on("close", shut);
      return socket.on("close", shut);
    });
  });
  await new Promise((done) => { server.listen(0, "127.0.0.1", done); });
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** @param {string} url of the house */
    leadsTo: (url) => { port = Number(new URL(url).port); },
    cut: () => { cut = true; for (const s of theirs) s.destroy(); },
    mend: () => { cut = false; },
    close: () => server.close(),
  };
}
