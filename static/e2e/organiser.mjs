// What the organiser does in a browser.
export async function makeSession(organiser, { participants }) {
  const ask = (method, path, body) => organiser.page.evaluate(async ([m, p, b]) => {
    const r = await fetch(p, { method: m, headers: { "Content-Type": "application/json" }, body: b ? JSON.stringify(b) : undefined });
    const answer = await r.json();
    if (!r.ok) throw new Error(`${p}: ${answer.code}`);
    return answer;
  }, [method, path, body]);
  const group = await ask("POST", "/api/groups", { name: "Tuesday group", template: "mixed", policy: "ask-first", region: "GB", contact: "hello@example.org" });
  const { draft } = await ask("GET", `/api/groups/${group.id}`);
  await ask("POST", `/api/groups/${group.id}/adopt`, { digest: draft.digest });
  const { links } = await ask("POST", `/api/groups/${group.id}/sessions`, { title: "Tuesday group", start: new Date().toISOString(), seats: 12, participants, open_link: true });
  const of = (kind) => links.filter((l) => l.kind === kind).map((l) => l.url);
  return { lead: of("lead")[0], wellbeing: of("wellbeing")[0], trainee: of("trainee")[0], personal: of("personal"), open: of("open")[0] };
}
