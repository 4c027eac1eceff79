/** The fire in the middle: an ember bed, a glow and a flame, drawn with shapes and coloured by the sheet. */
import { h } from "../dom.js";

export function flame() {
  return h("svg", { class: "flame", viewBox: "0 0 120 120", "aria-hidden": "true", focusable: "false" },
    h("ellipse", { class: "flame-bed", cx: 60, cy: 98, rx: 42, ry: 9 }),
    h("path", { class: "flame-log", d: "M28 100 L88 88" }),
    h("path", { class: "flame-log", d: "M92 101 L33 87" }),
    h("path", { class: "flame-outer", d: "M63 12c4 22-27 34-27 61 0 14 11 24 24 24s25-10 25-25c0-22-16-37-22-60Z" }),
    h("path", { class: "flame-inner", d: "M61 46c2 13-13 19-13 33 0 9 6 16 13 16s14-6 14-15c0-13-10-20-14-34Z" }));
}
