// A real PostgreSQL and a real Redis for a test, each with a folder of its own on a free port of 127.0.0.1.
import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, existsSync, mkdtempSync, openSync, closeSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, until } from "./house.mjs";

/** PostgreSQL does not run as root: then it runs as postgres, or as nobody. */
function asServer() {
  if (process.getuid() !== 0) return {};
  for (const name of ["postgres", "nobody"]) {
    const found = readFileSync("/etc/passwd", "utf8").split("\n").map((l) => l.split(":")).find((f) => f[0] === name);
    if (found) return { uid: Number(found[2]), gid: Number(found[3]) };
  }
  throw new Error("PostgreSQL does not run as root, and there is no user postgres or nobody to run it as");
}

/** The folder of the newest PostgreSQL of this machine; Debian keeps it out of PATH. */
function postgresBin() {
  const root = "/usr/lib/postgresql";
  const all = (existsSync(root) ? readdirSync(root) : []).sort((a, b) => Number(b) - Number(a)).map((v) => join(root, v, "bin"));
  const bin = all.find((b) => existsSync(join(b, "postgres")));
  if (!bin) throw new Error("there is no PostgreSQL on this machine; install the package postgresql");
  return bin;
}

/** Whether something listens there. */
const answers = (port) => new Promise((done) => {
  const s = connect(port, "127.0.0.1", () => { s.destroy(); done(true); });
  s.on("error", () => done(false));
});

/** One server process in a folder of its own: ends with the test, however that ends. */
function keep(program, args, { dir, port, who = {} }) {
  const server = { child: null, log: join(dir, "log") };
  const stop = () => server.child?.kill("SIGKILL");
  process.on("exit", stop);
  server.start = async () => {
    const log = openSync(server.log, "a");
    server.child = spawn(program, args, { cwd: dir, stdio: ["ignore", log, log], ...who });
    closeSync(log);
    await until(`${program} to answer`, async () => {
      if (server.child.exitCode !== null) throw new Error(`${program} went down: ${readFileSync(server.log, "utf8").slice(-2000)}`);
      return answers(port);
    });
  };
  /** SIGQUIT ends PostgreSQL at once; SIGSTOP and SIGCONT hold a server still for a while. */
  server.signal = (signal) => server.child.kill(signal);
  server.kill = (signal = "SIGKILL") => new Promise((done) => {
    if (!server.child || server.child.exitCode !== null || server.child.signalCode) return done();
    server.child.once("exit", done);
    server.child.kill("SIGCONT");
    server.child.kill(signal);
  });
  server.end = async () => {
    await server.kill(program.endsWith("postgres") ? "SIGQUIT" : "SIGKILL");
    process.off("exit", stop);
    rmSync(dir, { recursive: true, force: true });
  };
  return server;
}

/** A new PostgreSQL; url is of its one database. */
export async function startPostgres() {
  const bin = postgresBin();
  const who = asServer();
  const dir = mkdtempSync(join(tmpdir(), "hearth-e2e-pg-"));
  if (who.uid) chownSync(dir, who.uid, who.gid);
  const data = join(dir, "data");
  execFileSync(join(bin, "initdb"), ["-D", data, "-U", "hearth", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"], { cwd: dir, stdio: "pipe", ...who });
  const port = await freePort();
  const server = keep(join(bin, "postgres"), ["-D", data, "-p", String(port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=60", "-c", "shared_buffers=16MB"], { dir, port, who });
  await server.start();
  return Object.assign(server, { url: `postgres://hearth@127.0.0.1:${port}/postgres?sslmode=disable` });
}

/** A new Redis with a password, that writes nothing. */
export async function startRedis() {
  const dir = mkdtempSync(join(tmpdir(), "hearth-e2e-redis-"));
  const port = await freePort();
  const password = randomBytes(16).toString("hex");
  const server = keep("redis-server", ["--bind", "127.0.0.1", "--port", String(port), "--requirepass", password, "--save", "", "--appendonly", "no", "--dir", dir], { dir, port });
  await server.start();
  return Object.assign(server, { url: `redis://:${password}@127.0.0.1:${port}/0` });
}
