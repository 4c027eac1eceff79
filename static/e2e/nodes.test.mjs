// One session whose people sit on two nodes behind a proxy. A node is killed in the middle of a go-round; the meeting
// ends as planned. NODES=1 plays the same on one node, which then starts again.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { press } from "../test/press.mjs";
import { startFront } from "./front.mjs";
import { freePort, launch, printedLink, startHearth, until } from "./house.mjs";
import { makeSession } from "./organiser.mjs";
import { Lead, Person, round, Wellbeing } from "./people.mjs";
import { startPostgres, startRedis } from "./stores.mjs";

const NODES = Number(process.env.NODES || 2);
const BACK_WITHIN = 5000; // ms from a node's end until its people are on another (a wait of at most 0.5 s, and a hello)

/** Nodes that share a PostgreSQL and a Redis, and the proxy in front of them. */
async function startHouse() {
  const dir = mkdtempSync(join(tmpdir(), "hearth-e2e-key-"));
  const key = join(dir, "key");
  writeFileSync(key, randomBytes(32).toString("hex"), { mode: 0o600 });
  const [postgres, redis] = await Promise.all([startPostgres(), NODES > 1 ? startRedis() : null]);
  const front = await startFront(await freePort());
  const nodes = [];
  for (let n = 0; n < NODES; n++) {
    const flags = ["--database-url", postgres.url, "--key-file", key, ...(redis ? ["--redis-url", redis.url, "--node-name", `node${n}`] : [])];
    nodes.push(await startHearth(flags, front.url));
    front.add(nodes[n].own);
  }
  const end = async () => {
    front.close();
    await Promise.all(nodes.map((n) => n.kill("SIGKILL").then(() => n.end())));
    await Promise.all([postgres.end(), redis?.end()]);
    rmSync(dir, { recursive: true });
  };
  return { nodes, postgres, redis, front, end };
}

test(`one session over ${NODES} nodes`, { timeout: 300_000 }, async (t) => {
  const house = await startHouse();
  const browser = await launch();
  t.after(async () => { await browser.close(); await house.end(); });
  /** @type {Record<string, any>} */
  const people = {};
  let links, broken = false;
  const step = (name, play) => t.test(name, { skip: broken && "an earlier step failed" }, async () => {
    broken = true;
    await play();
    broken = false;
  });
  const come = async (Kind, name, link) => {
    const p = people[name] = new Kind(name, await browser.newContext({ viewport: { width: 1280, height: 900 } }));
    await p.join(link);
    p.seat = new URL(p.page.url()).pathname.split("/").pop();
    return p;
  };
  const NAMES = ["Lena", "Wim", "Ana", "Bea", "Cal", "Dan", "Eve"];
  const inside = () => NAMES.map((n) => people[n]);
  const nodeOf = (p) => house.front.nodesOf(p.seat)[0];
  const alone = (p) => inside().filter((o) => o !== p);
  const everybody = (look) => Promise.all(inside().map(look));
  const log = (p) => p.page.getByRole("log", { name: "Words of this session" }).getByRole("article").allInnerTexts();
  const whole = async (p) => !(await p.page.getByRole("region", { name: "Connection" }).isVisible()) && !/reconnecting/.test(await p.circle().innerText());

  await step("the organiser, whose requests go to each node in turn, makes a session", async () => {
    const organiser = await come(Person, "Organiser", printedLink(house.nodes[0], "organiser"));
    links = await makeSession(organiser, { participants: 5 });
    people.session = new URL(organiser.page.url()).pathname.split("/").pop();
  });

  await step("people come in, each next one on the next node", async () => {
    const join_ = [[Lead, links.lead], [Wellbeing, links.wellbeing], ...links.personal.map((l) => [Person, l])];
    for (const [i, [Kind, link]] of join_.entries()) {
      const p = await come(Kind, NAMES[i], link);
      await p.sees("heading", "Welcome to the door");
      await p.answer();
    }
    for (const p of inside().slice(2)) {
      await people.Wim.letIn(p.name);
      await p.isIn();
    }
    for (const p of inside()) assert.deepEqual(house.front.roomsOf(p.seat), [people.session], `${p.name}'s first socket says its room`);
    const used = new Set(inside().map(nodeOf));
    assert.equal(used.size, NODES, "people sit on every node");
    // Everybody sees everybody, wherever they sit.
    await everybody((p) => until(`${p.name} to see all`, async () => {
      const circle = await p.circle().innerText();
      return NAMES.every((n) => circle.includes(n));
    }));
  });

  await step("a page that is loaded again comes back, and says which room it is in", async () => {
    await people.Ana.page.reload();
    await people.Ana.isIn();
    assert.deepEqual(house.front.roomsOf(people.Ana.seat), [people.session]);
    await until("others to see Ana here", () => whole(people.Bea));
  });

  await step("words said on one node are read on the other, in one order", async () => {
    await people.Lena.moveTo("Opening");
    await people.Lena.process("Welcome, everybody.");
    await people.Lena.begin("Open floor");
    for (const p of inside().slice(2)) {
      await p.share(`${p.name} says hello.`);
      await everybody((o) => o.hears(`${p.name} says hello.`));
    }
    const read = await everybody(log);
    const said = read.map((all) => all.map((w) => /\w+ says hello\.|Welcome, everybody\./.exec(w)?.[0]));
    for (const [i, all] of said.entries()) if (NAMES[i] !== "Ana") assert.deepEqual(all, said[0], `${NAMES[i]} reads what ${NAMES[0]} reads`);
  });

  await step("a hand raised on one node is seen on the other", async () => {
    await people.Lena.moveTo("Main part");
    await people.Lena.begin("Raise a hand");
    await people.Bea.press("Raise my hand");
    await until("Bea to be offered", () => people.Bea.isOffered());
    await people.Bea.press("Take the turn");
    for (const p of [people.Cal, people.Dan]) {
      await p.press("Raise my hand");
      await everybody((o) => o.saysText(new RegExp(`Up next: .*${p.name}`)));
    }
    await people.Bea.share("Bea has one thing to say.");
    await everybody((p) => p.hears("Bea has one thing to say."));
    await people.Bea.press("I’m done");
    await round(inside(), { Cal: (p) => p.turn("Cal, second."), Dan: (p) => p.turn("Dan, third.") }, async () => people.Eve.heard("Dan, third."));
  });

  await step("the database is gone: nothing is lost, the page says so, and all goes on by itself", async () => {
    await house.postgres.kill("SIGQUIT");
    await people.Eve.press("Raise my hand");
    await people.Eve.saysText("Not saved yet. Trying again.");
    await people.Eve.clean("not saved yet");
    assert.equal(await people.Ana.page.getByText("Not saved yet.").count(), 0, "that is Eve's alone");
    await house.postgres.start();
    await until("Eve to be offered", () => people.Eve.isOffered(), 30_000);
    await people.Eve.turn("Eve, in the end.");
    await everybody((p) => p.hears("Eve, in the end."));
    assert.equal(await people.Eve.page.getByText("Not saved yet.").count(), 0);
    await until("the turn to end", async () => !(await people.Eve.button("I’m done").isVisible()));
  });

  if (NODES > 1) await step("nodes cannot reach each other: the room is told, and told when it is over", async () => {
    house.redis.signal("SIGSTOP");
    await everybody((p) => p.sees("heading", "Some of us are a little out of reach", { timeout: 30_000 }));
    await people.Ana.clean("apart");
    await people.Lena.process("Said while we are apart.");
    const [near, far] = [true, false].map((same) => inside().filter((p) => (nodeOf(p) === nodeOf(people.Lena)) === same));
    await Promise.all(near.map((p) => p.hears("Said while we are apart.")));
    house.redis.signal("SIGCONT");
    await Promise.all(far.map((p) => p.hears("Said while we are apart.")));
    await everybody((p) => until(`${p.name} to see the room whole`, async () => (await p.page.getByRole("heading", { name: "Some of us are a little out of reach" }).count()) === 0, 30_000));
  });

  await step("a node is killed in the middle of a go-round", async () => {
    await people.Lena.press("End this format");
    await people.Lena.begin("Go-round");
    await everybody((p) => p.saysText("Each seat is offered one turn"));
    const share = (p) => p.turn(`${p.name} takes part.`);
    const asked = await round(inside(), {
      Lena: (p) => p.press("Pass"), Wim: share, Ana: share, Bea: share, Dan: share, Eve: (p) => p.press("Pass"),
      Cal: async (p) => {
        await p.press("Take the turn");
        await p.share("Cal begins,");
        await everybody((o) => o.hears("Cal begins,"));
        await p.write(/^Your words/, "and Cal goes on.");
        await crash(p);
        assert.equal(await p.composer().inputValue(), "and Cal goes on.", "the draft is there");
        // One node that starts again holds the room, and offers the turn that it broke off once more.
        if (NODES === 1) await p.press("Take the turn");
        await p.share("and Cal goes on.");
        await everybody((o) => o.hears("and Cal goes on."));
        await p.press("I’m done");
      },
    }, async () => (await people.Ana.page.getByText("The heart of the session.").count()) > 0);
    assert.deepEqual(asked, Object.fromEntries(NAMES.map((n) => [n, 1])), "everybody was asked, and once");
  });

  /** Kills the node on which somebody is speaking, and waits until all are back. */
  async function crash(speaker) {
    const node = nodeOf(speaker);
    const hit = inside().filter((p) => nodeOf(p) === node);
    const kept = await log(speaker);
    const at = Date.now();
    await house.nodes[node].kill("SIGKILL");
    if (NODES === 1) await house.nodes[node].again();
    await until("everybody to be on a node that lives", () => hit.every((p) => house.front.nodesOf(p.seat).some((n) => NODES === 1 || n !== node)), 20_000);
    const sockets = Date.now() - at;
    await everybody((p) => until(`${p.name} to see everybody connected`, () => whole(p), 20_000));
    const screens = Date.now() - at;
    t.diagnostic(`${hit.length} of ${NAMES.length} people sat on the killed node; all had a new socket after ${sockets} ms, all screens were calm after ${screens} ms`);
    if (NODES === 1) {
      await people.Wim.sees("heading", "We are holding the room");
      await people.Wim.press("Carry on");
      return;
    }
    assert.ok(sockets <= BACK_WITHIN, `it took ${sockets} ms`);
    assert.deepEqual(await log(speaker), kept, "nothing that was said is gone from the speaker's screen");
    for (const p of inside()) assert.equal(await p.page.getByRole("heading", { name: "We are holding the room" }).count(), 0, `the room is held for ${p.name}`);
    for (const p of alone(speaker)) assert.equal(await p.composer().count(), 0, `${p.name} can write in ${speaker.name}'s turn`);
  }

  if (NODES > 1) await step("the killed node is started again, and the other is stopped as for a new version", async () => {
    const was = nodeOf(people.Ana);
    const next = (was + 1) % NODES;
    await house.nodes[next].again();
    await until("the node to be ready", () => fetch(`${house.nodes[next].own}/readyz`).then((r) => r.ok, () => false));
    const kept = await everybody(log);
    const gone = house.nodes[was].kill("SIGTERM");
    await until("everybody to be on the node that stays", () => inside().every((p) => house.front.nodesOf(p.seat).includes(next)), 40_000);
    await everybody((p) => until(`${p.name} to see everybody connected`, () => whole(p), 20_000));
    await gone;
    assert.equal(house.nodes[was].child.exitCode, 0, "it stops as it should");
    assert.deepEqual(await everybody(log), kept, "nothing that was said is gone from any screen");
    for (const p of inside()) assert.equal(await p.page.getByRole("heading", { name: "We are holding the room" }).count(), 0, `the room is held for ${p.name}`);
  });

  await step("closing, goodbye and the record, as planned", async () => {
    await people.Lena.moveTo("Closing");
    await people.Lena.begin("Go-round");
    await everybody((p) => p.saysText("Each seat is offered one turn"));
    const pass = (p) => p.press("Pass");
    await round(inside(), { Lena: pass, Wim: pass, Ana: pass, Bea: (p) => p.turn("Bea takes a walk today."), Cal: pass, Dan: pass, Eve: pass },
      async () => (await people.Ana.page.getByText("One last word from everyone").count()) > 0);
    await everybody((p) => p.hears("Bea takes a walk today."));
    await people.Lena.press("End the session…");
    await people.Lena.saysText("All words and private lines are erased at once");
    await people.Lena.press("End the session now");
    await everybody((p) => p.sees("heading", "The session is over"));
    await press(people.Lena.page.getByRole("link", { name: "See the record of this session" }));
    await people.Lena.sees("heading", /record/i);
    await people.Lena.saysText("Go-round");
    const record = await people.Lena.page.locator("main").innerText();
    for (const name of NAMES) assert.ok(!record.includes(name), `the record names ${name}`);
    for (const p of inside()) assert.deepEqual(p.errors, [], `errors on ${p.name}'s page`);
  });
});
