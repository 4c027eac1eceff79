// The organiser's pages: what the server answers, what each page says and must not say, and every button with what it does.
import { charter, helplines, tables } from "./fixtures.mjs";
import { press } from "./press.mjs";

const DAY = 86_400_000; // ms
const inDays = (n) => new Date(Date.now() + n * DAY).toISOString();
const no = (status, code) => [status, { code, say: "The server says why." }];

// What the server knows.
const group = { id: "g1", name: "Tuesday group", template: "mixed", policy: "ask-first", region: "GB", contact: "tuesday@example.org", created: inDays(-60) };
const { lines } = charter;
const draft = { lines, digest: "d1" };
const changed = { lines: lines.map((l) => (l.principle === "honesty" ? { ...l, text: "We say what is true for us today." } : l)), digest: "d2" };
const first = { number: 1, text: { lines }, digest: "d1", adopted: inDays(-50) };
const second = { number: 2, text: { lines: changed.lines }, digest: "d2", adopted: inDays(-20), changed: ["honesty"] };
const phases = ["opening", "check-in", "main", "closing", "after-care"].map((phase, i) => ({ phase, minutes: [8, 20, 47, 12, 15][i], format: phase === "check-in" ? "go-round" : "" }));
const session = { id: "s9", group: "g1", title: "Tuesday group", start: inDays(2), state: "scheduled", plan: { seats: 6, phases }, rules: {} };
const over = { ...session, id: "s7", title: "Last Tuesday", start: inDays(-5), state: "over", closed: inDays(-5) };
const review = { session: "s7", title: "Last Tuesday", closed: inDays(-1), due: inDays(2), acts: [{ act: "removed", principle: "safety", reason: "threat", urgent: true }, { act: "urgent", reason: "raid", urgent: true }] };
const floor = ["You can pass, just listen, take a break or leave at any time."];
const page = { group, draft: changed, versions: [first], sessions: [over, session], floor, reviews: [review] };
const link = (kind, more = {}) => ({ id: `s9.${kind}`, kind, session: "s9", seat: kind, revoked: false, ...more });
const given = (l) => ({ ...l, token: "t", url: `https://groups.example.org/j#${"A".repeat(42)}${l.id.length % 10}` });
const links = [link("lead"), link("wellbeing", { label: "Wren" }), link("trainee"), link("personal", { id: "s9.p1", seat: "p1", revoked: true }), link("personal", { id: "s9.p2", seat: "p2" }), link("open", { seat: undefined, uses: 1, max_uses: 12 })];
const kinds = ["lead", "wellbeing", "trainee", "personal", "open"];
const quiet = { live: false, held: false, inside: 0, waiting: 0 };
const house = {
  groups: [group], regions: ["GB", "US"], phases, formats: tables.formats.map((f) => f.name), due: [helplines[0], helplines[2]],
  devices: [{ id: "d1", made: "2026-11-01", used: "2026-11-28", here: true }, { id: "d2", made: "2026-10-01", used: "2026-11-20" }],
  templates: [{ template: "mixed", title: "Mixed", about: "For everybody." }, { template: "carers", title: "Carers", about: "For people who care for somebody." }],
  policies: [{ policy: "ask-first", title: "Ask first", about: "Nobody outside is told without a yes." }, { policy: "duty-to-act", title: "Duty to act", about: "Facilitators must act." }],
};
const list = { helplines: [{ ...helplines[0], checked: "2026-03-01", by: "Kit", source: "samaritans.org" }, { ...helplines[2], checked: undefined, source: "988lifeline.org" }], digest: "l1" };
const sheet = {
  v: 1, series: "Tuesday group", number: 5, of: 8, date: "2026-11-17", planned: 102, real: 92, mode: "text", phases: phases.map((p) => ({ phase: p.phase, planned: p.minutes, real: p.minutes })),
  formats: ["go-round"], seats: 6, people: { participants: 5, lead: 1, wellbeing: 1, trainees: 0 }, levels: { 1: 0, 2: 0, 3: 0, 4: 0, 5: 1, U: 0 }, held: 0, ended: "ended", charter: 1,
};
const api = {
  "GET house": house, "GET house/helplines": list, "GET groups/g1": page, "GET sessions/s9": { session, links, kinds, now: quiet }, "GET sessions/s7": { session: over, links: [], kinds, now: quiet }, "GET sessions/s7/record": sheet,
  "POST organiser/rotate": given({ id: "o1", kind: "organiser" }), "POST groups/g1/sessions": { session, links: links.map(given) }, "POST qr": { rows: ["000", "010", "000"] },
  "POST links/s9.p2/rotate": given(link("personal", { id: "s9.p9", seat: "p2" })), "POST links/s9.p2/revoke": link("personal", { id: "s9.p2", seat: "p2", revoked: true }), "POST sessions/s7/reviewed": {}, "POST groups/g1/delete": {},
  "PUT links/s9.lead/label": link("lead", { label: "Lena" }), "POST sessions/s9/links": given(link("personal", { id: "s9.p3", seat: "p3" })), "PUT groups/g1/draft": changed, "POST house/helplines": list,
};
const begun = { ...api, "GET sessions/s9": { session: { ...session, state: "live" }, links, kinds, now: { live: true, phase: "main", held: true, inside: 5, waiting: 1 } } };
const bare = { ...api, "GET groups/g1": { ...page, versions: [], sessions: [], reviews: [], draft } };

// What a button does.
const sent = (request, more = {}, shows = undefined) => ({ verb: request, more, shows });
const leads = (url) => ({ url });
const opens = (heading) => ({ heading });
const shows = (text) => ({ shows: text });
const closes = { closes: true };
const works = { local: true };
const cancel = ["Cancel", closes];
const button = (p, name) => p.getByRole("button", { name, exact: true }).first();
const pressed = (...names) => async (p) => { for (const name of names) await press(button(p, name)); };
// Until what comes a moment later is there.
const until = (name, ...before) => async (p) => { await pressed(...before)(p); await button(p, name).waitFor(); };
const fill = (label, text) => async (p) => p.getByRole("textbox", { name: label }).first().fill(text);
const planned = { path: "/o/groups/g1/plan", api, late: async (p) => { await press(button(p, "Plan it and make the links")); await button(p, "Show a code: Lead").waitFor(); } };
const made = async (p) => {
  await p.getByRole("textbox", { name: "Name of the group" }).fill("Thursday group");
  for (const name of [/^Carers/, /^Duty to act/]) await press(p.getByRole("radio", { name }));
  await p.getByRole("textbox", { name: /^Contact/ }).fill("hello@example.org");
};
const helpline = async (p) => {
  await p.getByRole("combobox", { name: "Country" }).selectOption("DE");
  await p.getByRole("textbox", { name: "Name of the helpline" }).fill("TelefonSeelsorge");
};
const own = ["Your organiser link", "If the link is lost, or somebody else may have seen it, make a new one.", "Devices that can organise", "One that has not been used for 30 days cannot organise any more.", "This one. Since"];
const lineCard = ["People can look at these at any time.", "was checked in the last 180 days."];
const ownActs = [["Look after the helplines", leads("/o/helplines")], ["Make a new organiser link", opens("Make a new organiser link?")]];
const linkRows = ["Leads the session. Works on the device where it was opened last.", "Looks after people and the door.", "A silent seat that everybody can see.", "For one person. Works on the device where it is opened first.", "Leads to the lobby. Used 1 of 12 times.", "Yours to know: Wren"];
const linkActs = [[/^Note whose it is: /, opens(/^Whose link is this: /)], ["Change the note: Wellbeing", opens("Whose link is this: Wellbeing?")], [/^New link: /, opens(/^Make a new link: /)], [/^Revoke: /, opens(/^Revoke this link: /)],
  ["Add it", sent("POST sessions/s9/links", { kind: "personal" }, "The new link is in the list. Please copy it now.")]];
const aboutHints = ["Keep it neutral.", "Everyone reads your choice before they come in.", "Helplines of this region are shown first.", "Whom people can write to when they disagree with something or need an answer", "Ask first", "Duty to act", "Nobody outside is told without a yes.", "Facilitators must act."];
const planHints = ["Keep it neutral.", "where you are (", "Minutes are a plan, not a limit.", "Nobody is cut off.", "from 2 to 12. Facilitators come on top.", "Your plan", "5 parts, 102 minutes"];

/** @type {Record<string, {path: string, api: object, late?: (p: import("playwright-core").Page) => Promise<any>, text: string[], not?: string[], acts: [string | RegExp, any, ((p: import("playwright-core").Page) => Promise<any>)?][]}>} */
export const organising = {
  "first page, empty": { path: "/o", api: { ...api, "GET house": { ...house, groups: [], due: [] } }, text: ["Welcome. Nothing is here yet, and that is fine.", "Three steps to a first session", "Read its twelve lines, change what does not fit, and adopt it.", "Nobody needs an account.", ...lineCard, ...own],
    not: ["Some were not checked"], acts: [["Make your first group", leads("/o/new")], ["Take it off the list", opens("Take this device off the list?")], ...ownActs] },
  "first page": { path: "/o", api, text: ["Your groups", "Each group has its own charter and its own sessions.", "Tuesday group", "Some were not checked in the last 90 days. Please check them.", "Another one. Since", ...lineCard, ...own], not: ["Three steps"],
    acts: [["Make a group", leads("/o/new")], ["Take it off the list", opens("Take this device off the list?")], ...ownActs] },
  "new organiser link?": { path: "/o", api, late: pressed("Make a new organiser link"), text: ["Your old link stops working at once. Every other device that could organise can no longer do so. This one still can.", "The new link is shown once."],
    acts: [["Make the new link", sent("POST organiser/rotate", {}, /^This is your new link/)], cancel] },
  "new organiser link": { path: "/o", api, late: until("Copy link: your organiser link", "Make a new organiser link", "Make the new link"), text: ["It is shown only now, so please copy it and keep it safe.", "Anyone who has it can do everything that you can do here."], not: ["Another one. Since"],
    acts: [["Make a group", leads("/o/new")], [/^(Copy link|Copied): your organiser link$/, shows(/^(Copied: your organiser link|It is selected for you)/)], ...ownActs] },
  "device off?": { path: "/o", api, late: pressed("Take it off the list"), text: ["It can no longer organise. If somebody there has your organiser link, they can open it again, so make a new link too."], acts: [["Take it off", sent("POST organiser/devices/d2/void")], cancel] },
  "make a group": { path: "/o/new", api, text: ["You can change all of this later, but for the words to start from.", "you can rewrite every line", "For everybody.", "For people who care for somebody.", ...aboutHints], acts: [["Make the group", sent("POST groups", { name: "Thursday group", template: "carers", policy: "duty-to-act", contact: "hello@example.org" }), made], ["Cancel", leads("/o")]] },
  "about the group": { path: "/o/groups/g1/about", api, text: ["People see the contact and the plan for danger before they come in.", ...aboutHints], not: ["Words to start from"], acts: [["Save", sent("PUT groups/g1", { name: "Tuesday group", contact: "tuesday@example.org" })], ["Cancel", leads("/o/groups/g1")]] },

  "group, new": { path: "/o/groups/g1", api: bare, text: ["Next: adopt a charter", "Read it, change what does not fit, and adopt it. Then you can plan a session.", "Sessions can be planned once the group has a charter.", "Not adopted yet."], not: ["To be looked at again", "Plan a session", "Versions"],
    acts: [["Read the charter", leads("/o/groups/g1/charter")], ["Edit the charter", leads("/o/groups/g1/charter")], ["Change", leads("/o/groups/g1/about")], ["Delete this group", works], ["Delete this group…", opens("Delete “Tuesday group” for good?")]] },
  group: { path: "/o/groups/g1", api, text: ["To be looked at again", "to be looked at again within three days.", "No names are kept here.", "Somebody was removed for the day. Why: a threat. One facilitator acted alone.", "The door was locked and the last words were hidden. Why: came to disrupt.", "for 90 days at most.",
    "Planned", "Version 1 is in force since", "The draft has other words than the version in force.", "The first version", "Ask first", "United Kingdom", "tuesday@example.org", "Deletes the group with its sessions, links, charters and records. Sessions to come are cancelled. It cannot be undone."],
    acts: [["Plan a session", leads("/o/groups/g1/plan")], [/^It was looked at: Last Tuesday, /, opens("Was this looked at again?")], ["1 past session", works], ["Edit the charter", leads("/o/groups/g1/charter")], ["Change", leads("/o/groups/g1/about")],
      ["Delete this group", works], ["Delete this group…", opens("Delete “Tuesday group” for good?")]] },
  "looked at?": { path: "/o/groups/g1", api, late: (p) => press(p.getByRole("button", { name: /^It was looked at/ })), text: ["The reason is erased then. Only the record stays, without reasons and without names."], acts: [["Yes, it was", sent("POST sessions/s7/reviewed", {}, "Thank you. What was kept of it is erased.")], cancel] },
  "delete the group?": { path: "/o/groups/g1", api, late: async (p) => { await press(p.getByText("Delete this group", { exact: true })); await press(button(p, "Delete this group…")); },
    text: ["Everything of this group is erased: sessions, links, charters and records. Nobody can bring it back.", "Backups of this house cannot bring it back either, once the next backup is made.", "To be sure, write the name of the group"],
    acts: [["Delete it for good", sent("POST groups/g1/delete", { name: "Tuesday group" }, "The group is deleted."), fill("To be sure, write the name of the group", "Tuesday group")], cancel] },

  "charter, first": { path: "/o/groups/g1/charter", api: bare, text: ["Twelve lines that the group can stand behind.", "All your changes are saved.", "What always holds", "No group can change them.", floor[0], ...lines.map((l) => l.title)], not: ["Words in version"],
    acts: [["Save draft", sent("PUT groups/g1/draft", { digest: "d1" }, "The draft is saved.")], ["Adopt as version 1", opens("Adopt version 1?")]] },
  charter: { path: "/o/groups/g1/charter", api, text: ["The version in force stays as it is until you adopt a new one.", lines[1].text], acts: [["Save draft", sent("PUT groups/g1/draft", { digest: "d2" })], ["Adopt as version 2", opens("Adopt version 2?")], ["Words in version 1", works]] },
  "charter, as in force": { path: "/o/groups/g1/charter", api: { ...api, "GET groups/g1": { ...page, draft } }, text: ["These are the words of version 1, which is in force."], not: ["Adopt"], acts: [["Save draft", sent("PUT groups/g1/draft")]] },
  "charter, unsaved": { path: "/o/groups/g1/charter", api, late: fill("Choice", "You choose."), text: ["You have changes that are not saved yet."], acts: [["Save draft", sent("PUT groups/g1/draft")], ["Adopt as version 2", sent("PUT groups/g1/draft")], ["Words in version 1", works]] },
  "charter, two drafts": { path: "/o/groups/g1/charter", api: { ...api, "PUT groups/g1/draft": no(409, "draft-changed") }, late: until("Show me the other draft", "Save draft"), text: ["Somebody saved this draft after you opened it. Your words are still here. Which ones should stay?"],
    acts: [["Save draft", sent("PUT groups/g1/draft")], ["Save my words over it", sent("PUT groups/g1/draft", { digest: "d2" })], ["Show me the other draft", shows("This is the other draft now.")], ["Adopt as version 2", opens("Adopt version 2?")], ["Words in version 1", works]] },
  "adopt, first": { path: "/o/groups/g1/charter", api: bare, late: pressed("Adopt as version 1"), text: ["These words will never change after this.", "Everybody is asked for their answer before they come in.", "If you find better words one day, they become version 2."], not: ["What changes"], acts: [["Adopt version 1", sent("POST groups/g1/adopt", { digest: "d1" })], cancel] },
  adopt: { path: "/o/groups/g1/charter", api, late: pressed("Adopt as version 2"), text: ["These words will never change after this.", "Everybody is asked again before they come in, because an answer counts only for the words it was given to.", "What changes", "Honesty", "“I don’t know” and “I’d rather not say” are honest answers too."], not: ["Loyalty"], acts: [["Adopt version 2", sent("POST groups/g1/adopt", { digest: "d2" })], cancel] },
  version: { path: "/o/groups/g1/versions/2", api: { ...api, "GET groups/g1": { ...page, versions: [second, first] } }, text: ["Version 2", "It never changes.", "In force", "What changed since version 1", "Changed: Honesty", "“I don’t know” and “I’d rather not say” are honest answers too.", "The whole text", "What always holds"], acts: [] },
  "version, replaced": { path: "/o/groups/g1/versions/1", api: { ...api, "GET groups/g1": { ...page, versions: [second, first] } }, text: ["Replaced by a newer version"], not: ["In force"], acts: [] },

  plan: { path: "/o/groups/g1/plan", api, text: ["The usual plan is filled in. Change only what you need.", "One for each person you know will be invited. You can add more later.", "It always leads to the lobby, where a facilitator decides.", "9 links, shown once on the next page", ...planHints],
    acts: [["Plan it and make the links", sent("POST groups/g1/sessions", { title: "Tuesday group", seats: 6, participants: 6, open_link: false })]] },
  "plan, no charter": { path: "/o/groups/g1/plan", api: bare, text: ["This group has no charter yet. Please adopt one first, so that people know what they are agreeing to."], not: ["Seats and links"], acts: [["Read the charter", leads("/o/groups/g1/charter")]] },
  "change the plan": { path: "/o/sessions/s9/plan", api, text: ["The links stay good. Whoever is at the door or in the lobby sees the new plan at once. Everybody else sees it when they open their link, so please tell them.", "All links stay good", ...planHints], not: ["Personal links"],
    acts: [["Save the plan", sent("PUT sessions/s9", { title: "Tuesday group", seats: 6 })]] },

  session: { path: "/o/sessions/s9", api, late: until("Add it"), text: ["Planned", "Nobody has come yet.", "A link is shown once, when it is made. If one is lost, make a new one for that place.", "Revoked. This link opens nothing.", "Soft timers on", "Whoever is at the door or in the lobby is told that it was cancelled.", ...linkRows], not: ["Please copy these links now.", "https://"],
    acts: [["Change the plan", leads("/o/sessions/s9/plan")], ["Calendar file", { href: "/api/sessions/s9/calendar" }], ["The plan", works], ["Cancel this session…", opens("Cancel this session?")], ...linkActs] },
  "session, links": { ...planned, text: ["The session is planned.", "Please copy these links now. They are shown only this once. When you close or reload this page, nobody can see them again; you can only make new ones.", "It names “Tuesday group” and the time, and not what the group is about."],
    acts: [["Change the plan", leads("/o/sessions/s9/plan")], ["Calendar file", { href: "/api/sessions/s9/calendar" }], ["The plan", works], ["Cancel this session…", opens("Cancel this session?")], ["I have copied them: hide the links", { gone: "Please copy these links now." }],
      ["All of them as a list, for you to keep", works], ["A note to send with it", works], [/^(Copy list|Copy all|Copied): all links as a list$/, shows(/^(Copied: all links as a list|It is selected for you)/)], [/^Copy note: note for /, shows(/^(Copied: note for|It is selected)/)],
      [/^Copy link: /, shows(/^(Copied: |It is selected)/)], [/^Mail: /, { href: "mailto:?subject=Tuesday%20group&body=Hello!" }], [/^Show a code: /, sent("POST qr", {}, "A phone’s camera opens the link from this code.")], ...linkActs] },
  "session, begun": { path: "/o/sessions/s9", api: begun, late: until("Add it"), text: ["Open now", "Main part", "5 people", "1 person", "The room is held: no facilitator is there, or the server was started again. People see a calm page with helplines.", "The lead can close the session from inside. This is for when that does not work."], not: ["Change the plan"],
    acts: [["Calendar file", { href: "/api/sessions/s9/calendar" }], ["The plan", works], ["End this session…", opens("End this session now?")], ...linkActs] },
  "cancel?": { path: "/o/sessions/s9", api, late: pressed("Cancel this session…"), text: ["The links stop working. Whoever is at the door or in the lobby is told that it was cancelled. Please tell everybody else.", "It cannot be opened again. The record, which holds no names and no words, stays."], acts: [["Cancel the session", sent("POST sessions/s9/end")], cancel] },
  "end?": { path: "/o/sessions/s9", api: begun, late: pressed("End this session…"), text: ["Everybody in the room sees the goodbye page at once. The links stop working.", "It cannot be opened again. The record, which holds no names and no words, stays."], acts: [["End the session", sent("POST sessions/s9/end")], cancel] },
  "note on a link": { path: "/o/sessions/s9", api, late: pressed("Note whose it is: Lead"), text: ["Only organisers see it. It is erased when the session is over."], acts: [["Keep the note", sent("PUT links/s9.lead/label", { label: "Lena" }, "Noted: Lead."), fill("Your own note", "Lena")], cancel] },
  "new link?": { path: "/o/sessions/s9", api, late: pressed("New link: Seat 2"), text: ["The old link stops working at once. Whoever is in with it already can stay. Please send the new one to the person it is for."], acts: [["Make a new link", sent("POST links/s9.p2/rotate", {}, "New link made: Seat 2. The old one opens nothing. Please copy the new one now.")], cancel] },
  "new open link?": { path: "/o/sessions/s9", api, late: pressed("New link: Open link"), text: ["The old link stops working at once. People who came in with it can stay."], acts: [["Make a new link", sent("POST links/s9.open/rotate")], cancel] },
  "revoke?": { path: "/o/sessions/s9", api, late: pressed("Revoke: Seat 2"), text: ["The link stops working, and whoever came in with it is out of the session at once. You can add a new link later."], acts: [["Revoke the link", sent("POST links/s9.p2/revoke", {}, "Revoked: Seat 2.")], cancel] },
  "revoke the open link?": { path: "/o/sessions/s9", api, late: pressed("Revoke: Open link"), text: ["The link stops working. People who came in with it can stay."], acts: [["Revoke the link", sent("POST links/s9.open/revoke")], cancel] },
  "session, over": { path: "/o/sessions/s7", api, text: ["This session is over", "The links open nothing any more. What stays is a record of counts and times, without names and without anything that was said.", "The room is closed. Nothing that was said is kept."], not: ["Add a link", "Cancel this session"],
    acts: [["Open the record", leads("/o/sessions/s7/record")], ["The plan", works]] },
  "record, organiser's": { path: "/o/sessions/s7/record", api, text: ["Counts and times only. It holds no names, no words, and nothing about one person.", "Tuesday group", "5, removed for the day"], acts: [["Print on one page", works], ["Save as JSON", works]] },

  helplines: { path: "/o/helplines", api, text: ["Everybody can read this list", "Please call each number for the places your people live in before the first session.", "Checked on", "by Kit.", "Checked more than 90 days ago. Please check it again.", "Nobody has checked this yet."], not: ["There are no helplines."],
    acts: [["Add a helpline", shows("Where this is from")], [/^I checked it today: /, opens(/^You checked /)], [/^Change: /, shows("Where this is from")], [/^Remove: /, opens(/^Remove .*\?$/)]] },
  "helplines, none": { path: "/o/helplines", api: { ...api, "GET house/helplines": { helplines: [], digest: "l0" } }, text: ["There are no helplines. Please add one."], acts: [["Add a helpline", shows("Where this is from")]] },
  "add a helpline": { path: "/o/helplines", api: { ...api, "GET house/helplines": { helplines: [], digest: "l0" } }, late: pressed("Add a helpline"), text: ["When the name, the country, a number or an address changes, the row counts as not checked.", "Best is the helpline’s own page. People see it."],
    acts: [["Add a helpline", works], ["Save", sent("POST house/helplines", { digest: "l0" }, /^Saved\./), helpline], ["Cancel", { gone: "Where this is from" }]] },
  "helpline checked?": { path: "/o/helplines", api, late: (p) => press(p.getByRole("button", { name: /^I checked it today/ }).first()), text: ["Somebody called or wrote to it today, somebody answered, and everything on the row is right.", "Everybody can read it."], acts: [["Mark as checked", sent("POST house/helplines", { at: 0, checked_by: "Kit" }, "Marked as checked today."), fill("Name of whoever checked it", "Kit")], cancel] },
  "remove a helpline?": { path: "/o/helplines", api, late: (p) => press(p.getByRole("button", { name: /^Remove: / }).first()), text: ["People no longer see it. You can add it again."], acts: [["Remove it", sent("POST house/helplines", { at: 0, remove: true }, "Removed.")], cancel] },

  stranger: { path: "/o", api: { "GET house": no(403, "organiser-only") }, text: ["This page is for the organiser", "please open your organiser link on this device", "The person who looks after this server can make a new one."], not: ["Your groups"], acts: [] },
  missing: { path: "/o/groups/nothing", api: { "GET groups/nothing": no(404, "not-found") }, text: ["There is nothing here", "There is nothing at this address, or it is not yours to see."], acts: [["Go to your groups", leads("/o")]] },
  refused: { path: "/o", api: { "GET house": no(503, "unavailable") }, text: ["This page did not open", "Nothing was changed, and what you typed is still here."], acts: [["Try again", { asks: "GET house" }], ["Go to your groups", leads("/o")]] },
};
