// A small server for looking at the client without hearth: the same files, the
// same policy in the headers, and a socket that plays a fixture. A test tool.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const types = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".json": "application/json" };

export const policy = (host) => `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' ws://${host}; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types hearth-worker`;

/** @param {Record<string, unknown>} api answers by path */
export async function serve(api = {}) {
  const server = createServer(async (req, res) => {
    const path = new URL(req.url, "http://x").pathname;
    if (path in api) {
      const answer = api[path];
      res.writeHead(answer === null ? 404 : 200, { "Content-Type": "application/json" });
      return res.end(JSON.stringify(answer ?? { code: "link", say: "…" }));
    }
    const file = path.startsWith("/app/") ? normalize(path) : path.startsWith("/api/") ? null : "/index.html";
    if (!file) { res.writeHead(404); return res.end(); }
    try {
      let body = await readFile(join(root, file));
      if (file === "/index.html") body = Buffer.from(body.toString().replaceAll("{{base}}", ""));
      res.writeHead(200, { "Content-Type": types[extname(file)] || "application/octet-stream", "Content-Security-Policy": policy(req.headers.host), "Cache-Control": path.startsWith("/app/") ? "max-age=600" : "no-store" });
      return res.end(body);
    } catch {
      res.writeHead(404);
      return res.end();
    }
  });
  await new Promise((ok) => server.listen(0, "127.0.0.1", ok));
  const url = `http://127.0.0.1:${server.address().port}`;
  return { url, close: () => server.close() };
}
