/** Which page an address shows, what is fetched for it, and the way back from it. */
import { say } from "../words/index.js";
import { ask, Refused } from "./ask.js";
import { day } from "./when.js";

/** @typedef {{tag: string, title: string, crumbs: [string, string][], wide?: boolean, data: any}} Place */
/** A place before its texts are there. @typedef {Omit<Place, "tag" | "title"> & {title: () => string}} Found */

/** @type {[string, string]} */
const HOME = ["/o", "org.crumb.groups"];

/** @param {string} id @returns {Promise<import("./types").GroupPage>} */
const group = (id) => ask("GET", `groups/${id}`);
/** @param {string} id @returns {Promise<import("./types").SessionPage>} */
async function session(id) {
  const page = await ask("GET", `sessions/${id}`);
  return { ...page, group: (await group(page.session.group)).group };
}
/** @param {import("./types").Group} g @returns {[string, string]} */
const toGroup = (g) => [`/o/groups/${g.id}`, g.name];
/** @param {import("./types").Session} s @returns {[string, string]} */
const toSession = (s) => [`/o/sessions/${s.id}`, say("org.crumb.session", { day: day(s.start) })];

/** Address, element, and what is fetched for it. @type {[RegExp, string, (found: string[]) => Promise<Found>][]} */
const ROUTES = [
  [/^\/o\/?$/, "hearth-o-groups", async () => ({ title: () => say("org.groups.title"), crumbs: [], wide: true, data: await ask("GET", "house") })],
  [/^\/o\/new$/, "hearth-o-about", async () => ({ title: () => say("org.new.title"), crumbs: [HOME], data: { house: await ask("GET", "house"), group: null } })],
  [/^\/o\/helplines$/, "hearth-o-helplines", async () => {
    const [list, house] = await Promise.all([ask("GET", "house/helplines"), ask("GET", "house")]);
    return { title: () => say("org.lines.title"), crumbs: [HOME], wide: true, data: { list, due: house.due } };
  }],
  [/^\/o\/groups\/([\w-]+)$/, "hearth-o-group", async ([id]) => {
    const data = await group(id);
    return { title: () => say("org.page.group"), crumbs: [HOME], wide: true, data };
  }],
  [/^\/o\/groups\/([\w-]+)\/about$/, "hearth-o-about", async ([id]) => {
    const [house, page] = await Promise.all([ask("GET", "house"), group(id)]);
    return { title: () => say("org.about.title"), crumbs: [HOME, toGroup(page.group)], data: { house, group: page.group } };
  }],
  [/^\/o\/groups\/([\w-]+)\/charter$/, "hearth-o-charter", async ([id]) => {
    const data = await group(id);
    return { title: () => say("org.charter.title"), crumbs: [HOME, toGroup(data.group)], wide: true, data };
  }],
  [/^\/o\/groups\/([\w-]+)\/versions\/(\d+)$/, "hearth-o-version", async ([id, number]) => {
    const page = await group(id);
    const at = page.versions.findIndex((v) => v.number === Number(number));
    if (at < 0) throw new Refused("not-found");
    return {
      title: () => say("org.version.title", { n: number }), crumbs: [HOME, toGroup(page.group)],
      data: { version: page.versions[at], before: page.versions[at + 1], newest: page.versions[0].number, floor: page.floor },
    };
  }],
  [/^\/o\/groups\/([\w-]+)\/plan$/, "hearth-o-plan", async ([id]) => {
    const [house, page] = await Promise.all([ask("GET", "house"), group(id)]);
    return { title: () => say("org.plan.title"), crumbs: [HOME, toGroup(page.group)], wide: true, data: { ...page, phases: house.phases, formats: house.formats } };
  }],
  [/^\/o\/sessions\/([\w-]+)$/, "hearth-o-session", async ([id]) => {
    const data = await session(id);
    return { title: () => say("org.page.session"), crumbs: [HOME, toGroup(data.group)], wide: true, data };
  }],
  [/^\/o\/sessions\/([\w-]+)\/plan$/, "hearth-o-plan", async ([id]) => {
    const [house, page] = await Promise.all([ask("GET", "house"), session(id)]);
    return {
      title: () => say("org.plan.change"), crumbs: [HOME, toGroup(page.group), toSession(page.session)], wide: true,
      data: { ...(await group(page.group.id)), phases: house.phases, formats: house.formats, session: page.session },
    };
  }],
  [/^\/o\/sessions\/([\w-]+)\/record$/, "hearth-o-record", async ([id]) => {
    const [page, record] = await Promise.all([session(id), ask("GET", `sessions/${id}/record`)]);
    return { title: () => say("record.title"), crumbs: [HOME, toGroup(page.group), toSession(page.session)], data: record };
  }],
];

/** The module that draws each page; fetched with the first of its kind. @type {Record<string, () => Promise<unknown>>} */
const MODULES = {
  "hearth-o-groups": () => import("./hearth-groups.js"),
  "hearth-o-about": () => import("./hearth-about.js"),
  "hearth-o-helplines": () => import("./hearth-helplines.js"),
  "hearth-o-group": () => import("./hearth-group.js"),
  "hearth-o-charter": () => import("./hearth-charter.js"),
  "hearth-o-version": () => import("./hearth-version.js"),
  "hearth-o-plan": () => import("./hearth-plan.js"),
  "hearth-o-session": () => import("./hearth-session.js"),
  "hearth-o-record": () => import("./hearth-record.js"),
};

/** Fetches what an address shows. Throws Refused. @param {string} path @returns {Promise<Place>} */
export async function find(path) {
  for (const [pattern, tag, load] of ROUTES) {
    const found = pattern.exec(path);
    if (!found) continue;
    const part = MODULES[tag]().catch(() => { throw new Refused("offline"); });
    const [place] = await Promise.all([load(found.slice(1)), part]);
    return { ...place, tag, title: place.title() };
  }
  throw new Refused("not-found");
}
