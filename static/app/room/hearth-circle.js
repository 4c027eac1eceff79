/** The circle: seats around a fire, who holds the floor, who is up next. */
import { Drawn, h } from "../dom.js";
import { ears, icon } from "../parts.js";
import { initial } from "../graphemes.js";
import { list } from "../intl.js";
import { knows, name, rich, say } from "../words/index.js";
import { formatNow, nameOf, powersOf } from "../known.js";
import { flame } from "./flame.js";
import { around, turned } from "./ring.js";

/** @typedef {import("../types").Client} Client */
/** @typedef {import("../types").Seat} Seat */
/** @typedef {import("../types").Room} Room */

/** @extends {Drawn<Client>} */
class HearthCircle extends Drawn {
  /** @override @param {Client} c */
  view(c) {
    const room = /** @type {Room} */ (c.known.room);
    const seats = turned(room.seats, c.seat);
    const wide = around(seats.length, 1.12);
    const flat = around(seats.length, 1.7);
    const tall = around(seats.length, 0.7);
    return h("div", { class: `circle ${quiet(c, room) ? "circle-quiet" : ""} ${seats.length > 8 ? "circle-many" : ""}` },
      h("div", { class: "circle-ground", "aria-hidden": "true" }),
      h("div", { class: "circle-heart" }, h("div", { class: "circle-fire", "aria-hidden": "true" }, flame()), centre(c, room)),
      h("ul", { class: "circle-seats plain-list", "aria-label": say("circle.label") },
        seats.map((s, i) => seat(c, room, s, { "--x": pos(wide[i].x), "--y": pos(wide[i].y), "--fx": pos(flat[i].x), "--fy": pos(flat[i].y), "--tx": pos(tall[i].x), "--ty": pos(tall[i].y) }))));
  }
}

/** A role is seen without colour and without words, too. @param {import("../types").Powers} may @returns {"flame" | "help" | "ear" | ""} */
const badge = (may) => (may.floor ? "flame" : may.tools ? "help" : may.speaks ? "" : "ear");

/** @param {number} n */
const pos = (n) => n.toFixed(4);

/** @param {Client} c @param {Room} room */
const quiet = (c, room) => !!room.held || !!room.paused || !!formatNow(c.known).still;

/** @param {Client} c @param {Room} room @param {Seat} s @param {Record<string, string>} style */
function seat(c, room, s, style) {
  const may = powersOf(c.known, s.role);
  const mark = badge(may);
  const holds = room.floor?.seat === s.seat ? room.floor.stage : "";
  const next = (room.next || []).indexOf(s.seat);
  const mine = s.seat === c.seat;
  const note = holds ? say(`circle.${holds}`) : s.state !== "here" ? say(`circle.${s.state}`) : !may.member ? say(`role.${s.role}`) : next === 0 ? say("circle.next") : "";
  const also = [
    mine && say("circle.you"),
    (holds || s.state !== "here") && !may.member && say(`role.${s.role}`),
    next === 0 && note !== say("circle.next") && say("circle.next"),
  ].filter(Boolean).join(", ");
  return h("li", { key: s.seat, style, class: `seat seat-${s.state} seat-${s.role} ${holds ? "seat-holds" : ""} ${mine ? "seat-mine" : ""} ${next === 0 ? "seat-next" : ""}` },
    h("span", { class: "seat-disc", "aria-hidden": "true" },
      s.state === "reconnecting" ? icon("lost") : s.state === "out" ? icon("out") : h("bdi", { translate: "no" }, initial(s.name)),
      mark ? h("span", { class: "seat-badge" }, icon(mark)) : null),
    h("span", { class: "seat-name", dir: "auto", translate: "no" }, s.name),
    h("span", { class: "seat-note" }, note ? [ears(", "), note] : null),
    also ? ears(`, ${also}`) : null);
}

/** @param {Client} c @param {Room} room */
function centre(c, room) {
  const next = (room.next || []).map((s) => nameOf(c.known, s)).filter(Boolean);
  const shown = next.length > 3 ? [...next.slice(0, 3), say("floor.more")] : next;
  return h("div", { class: "circle-words" },
    h("p", { class: "circle-floor" }, floorText(c, room)),
    shown.length ? h("p", { class: "circle-next" }, rich("floor.next", { names: names(shown) })) : null);
}

/** Names joined as the language joins them, each kept apart in its own direction. @param {string[]} all */
function names(all) {
  const marks = all.map((_, i) => `\u0000${i}\u0000`);
  return list(marks).split("\u0000").map((part, i) => (i % 2 ? name(all[Number(part)]) : part));
}

/** @param {Client} c @param {Room} room */
function floorText(c, room) {
  if (room.paused) return say("floor.paused");
  const f = room.floor;
  if (f) {
    const stage = f.stage === "moment" || f.stage === "replies" ? f.stage : "speaking";
    if (f.seat === c.seat) return say(stage === "speaking" ? "floor.you" : `floor.you_${stage}`);
    return rich(`floor.${stage}`, { name: name(nameOf(c.known, f.seat)) });
  }
  if (room.held) return say("floor.held");
  if (room.phase.name === "lobby") return say("floor.lobby");
  const format = room.format.name;
  if (!format) return say("floor.hosts");
  return say([room.next?.length ? "" : `format.${format}.empty`, `format.${format}.floor`].find(knows) || "floor.between");
}

customElements.define("hearth-circle", HearthCircle);
