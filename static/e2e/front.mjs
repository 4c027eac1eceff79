// The door of several nodes: a small reverse proxy. A seat's sockets go to one node as long as it is there, seats in
// turn, so that the members of one room sit on all nodes; a proxy in real use would keep a room together.
import { createServer, request } from "node:http";

const HEALTH_EVERY = 250;

/** @param {number} port where it listens */
export async function startFront(port) {
  /** @type {{url: URL, ready: boolean}[]} */
  const nodes = [];
  const seats = new Map(); // seat → index of its node
  const open = new Set();  // {seat, node, room, socket}
  let turn = 0;

  const order = (first) => {
    const all = nodes.map((_, i) => (first + i) % nodes.length);
    return [...all.filter((i) => nodes[i].ready), ...all.filter((i) => !nodes[i].ready)];
  };
  /** Asks one node after the other until one answers with something else than "not here". */
  const ask = (req, body, list, { answered, upgraded, nobody }) => {
    const [i, ...rest] = list;
    if (i === undefined) return nobody();
    const next = () => ask(req, body, rest, { answered, upgraded, nobody });
    const { hostname, port: nodePort } = nodes[i].url;
    const out = request({ hostname, port: nodePort, path: req.url, method: req.method, headers: req.headers });
    let over = false;
    out.on("error", () => { if (!over) { over = true; next(); } });
    out.on("response", (res) => {
      if (over) return;
      over = true;
      if (res.statusCode === 503 && rest.length) { res.resume(); next(); } else answered(res, i);
    });
    out.on("upgrade", (res, socket, head) => { over = true; upgraded(res, socket, head, i); });
    return out.end(body);
  };
  const head = (res) => `HTTP/1.1 ${res.statusCode} ${res.statusMessage}\r\n${res.rawHeaders.reduce((all, v, i) => all + (i % 2 ? `${v}\r\n` : `${v}: `), "")}\r\n`;

  const server = createServer((req, res) => {
    const parts = [];
    req.on("data", (b) => parts.push(b));
    req.on("error", () => {});
    req.on("end", () => ask(req, Buffer.concat(parts), order(turn++), {
      answered: (from) => { res.writeHead(from.statusCode, from.rawHeaders); from.pipe(res); from.on("error", () => res.destroy()); },
      nobody: () => { res.writeHead(503); res.end(); },
    }));
  });
  server.on("upgrade", (req, socket) => {
    const url = new URL(req.url, "http://front");
    const seat = url.pathname.split("/").pop();
    if (!seats.has(seat)) seats.set(seat, seats.size % Math.max(1, nodes.length));
    socket.on("error", () => socket.destroy());
    ask(req, undefined, order(seats.get(seat)), {
      answered: (res) => { socket.write(head(res)); res.pipe(socket); },
      nobody: () => socket.end("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"),
      upgraded: (res, far, rest, node) => {
        const one = { seat, node, room: url.searchParams.get("room"), socket };
        open.add(one);
        const shut = () => { open.delete(one); far.destroy(); socket.destroy(); };
        for (const s of [far, socket]) { s.on("error", shut); s.on("close", shut); }
        socket.write(head(res));
        if (rest.length) socket.write(rest);
        far.pipe(socket);
        socket.pipe(far);
      },
    });
  });
  const health = setInterval(() => {
    for (const node of nodes) {
      const out = request(new URL("/readyz", node.url), { timeout: 1000 }, (res) => { res.resume(); node.ready = res.statusCode === 200; });
      out.on("timeout", () => out.destroy());
      out.on("error", () => { node.ready = false; });
      out.end();
    }
  }, HEALTH_EVERY);
  await new Promise((done) => { server.listen(port, "127.0.0.1", done); });
  return {
    url: `http://127.0.0.1:${port}`,
    add: (url) => nodes.push({ url: new URL(url), ready: true }),
    /** On which node a seat's sockets are now, [] for none. */
    nodesOf: (seat) => [...open].filter((o) => o.seat === seat).map((o) => o.node),
    /** The hints that the sockets of a seat came with. */
    roomsOf: (seat) => [...open].filter((o) => o.seat === seat).map((o) => o.room),
    close: () => { clearInterval(health); for (const o of open) o.socket.destroy(); server.close(); server.closeAllConnections(); },
  };
}
