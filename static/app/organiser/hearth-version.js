/** One version of a charter, to read: what it says, and what it changed. */
import { h } from "../dom.js";
import { say } from "../words/index.js";
import { charterList } from "../shell/hearth-help.js";
import { changes } from "./differ.js";
import { changed } from "./hearth-group.js";
import { Page } from "./page.js";
import { moment } from "./when.js";

/** @typedef {import("./types").Version} Version */
/** @typedef {{version: Version, before?: Version, newest: number, floor: string[]}} Data */

/** @extends {Page<Data>} */
class HearthOVersion extends Page {
  /** @override @param {Data} s */
  view({ version: v, before, newest, floor }) {
    return h("article", { class: "stack-wide" },
      h("header", { class: "stack-tight" },
        h("h1", {}, say("org.version.title", { n: v.number })),
        h("p", { class: "soft" }, say("org.version.adopted", { when: moment(v.adopted) })),
        h("p", {}, h("span", { class: `tag${v.number === newest ? " tag-moss" : ""}` }, say(v.number === newest ? "org.version.now_in_force" : "org.version.replaced")))),
      before ? h("section", { class: "stack", "aria-labelledby": "changed-title" },
        h("h2", { id: "changed-title" }, say("org.version.what", { n: before.number })),
        h("p", { class: "soft" }, changed(v)),
        changes(before.text.lines, v.text.lines)) : null,
      h("section", { class: "stack", "aria-labelledby": "text-title" },
        h("h2", { id: "text-title" }, say("org.version.text")),
        charterList({ number: v.number, digest: v.digest, lines: v.text.lines }, "h3")),
      floorCard(floor));
  }
}

/** What holds in every group. @param {string[]} floor */
export function floorCard(floor) {
  return h("section", { key: "floor", class: "card card-calm o-floor", "aria-labelledby": "floor-title" },
    h("h2", { id: "floor-title" }, say("org.floor.title")),
    h("p", { class: "small" }, say("org.floor.text")),
    h("ul", { class: "stack-tight small" }, floor.map((line) => h("li", {}, line))));
}

customElements.define("hearth-o-version", HearthOVersion);
