/**
 * A small drawing aid: describe what should be there, and only what differs is
 * changed, so that focus, selection and a reader's place stay where they are.
 * Text becomes text nodes and nothing else; no string is ever read as markup.
 */

import { order } from "./order.js";
import { h } from "./shape.js";

export { h };

/** @typedef {import("./shape.js").Shape} Shape */
/** @typedef {import("./shape.js").Kid} Kid */

const SVG = "http://www.w3.org/2000/svg";
const SVG_TAGS = new Set(["svg", "path", "circle", "ellipse", "g", "line", "rect"]);
const AS_PROPERTY = new Set(["value", "checked", "disabled", "selected", "indeterminate"]);

/** What was drawn last time. @type {WeakMap<Node, Shape>} */
const drawn = new WeakMap();
/** @type {WeakMap<Node, Ears>} */
const ears = new WeakMap();

/** One listener object for each element, so that a new function costs no new listener. */
class Ears {
  /** @type {Record<string, Function>} */
  on = {};
  /** @param {Event} e */
  handleEvent(e) {
    const fn = this.on[e.type];
    if (fn) fn.call(e.currentTarget, e);
  }
}

/**
 * Makes the children of root what kids say.
 * @param {Element} root
 * @param {...Kid} kids
 */
export function draw(root, ...kids) {
  /** @type {(Shape | string)[]} */
  const want = [];
  flatten(kids, want);
  const spare = spares(root);
  /** @type {Node[]} */
  const nodes = want.map((w) => {
    if (typeof w === "string") return text(spare, w);
    const node = take(spare, w) || create(w);
    paint(/** @type {Element} */ (node), w);
    return node;
  });
  for (const list of spare.values()) for (const node of list) root.removeChild(node);
  order(root, nodes);
}

/** @param {Kid[]} kids @param {(Shape | string)[]} out */
function flatten(kids, out) {
  for (const k of kids) {
    if (Array.isArray(k)) flatten(k, out);
    else if (k === null || k === undefined || k === false || k === "") continue;
    else out.push(typeof k === "number" ? String(k) : k);
  }
}

/**
 * Which element may become which. A button never becomes one of another type: it would submit its form with the very
 * click that changed it.
 * @param {Shape} s
 */
const identity = ({ tag, props }) => `${tag} ${props.type ?? ""} ${props.key ?? ""}`;

/** @param {Element} root @returns {Map<string, Node[]>} */
function spares(root) {
  const out = new Map();
  for (const node of Array.from(root.childNodes)) {
    const s = drawn.get(node);
    const id = s ? identity(s) : node.nodeType === 3 ? "#text" : "#other";
    const list = out.get(id);
    if (list) list.push(node);
    else out.set(id, [node]);
  }
  return out;
}

/** @param {Map<string, Node[]>} spare @param {string} value */
function text(spare, value) {
  const node = spare.get("#text")?.shift();
  if (!node) return document.createTextNode(value);
  if (node.nodeValue !== value) node.nodeValue = value;
  return node;
}

/** @param {Map<string, Node[]>} spare @param {Shape} w */
function take(spare, w) {
  return spare.get(identity(w))?.shift();
}

/** @param {Shape} w */
function create(w) {
  const node = SVG_TAGS.has(w.tag) ? document.createElementNS(SVG, w.tag) : document.createElement(w.tag);
  if (w.props.made) queueMicrotask(() => w.props.made(node));
  return node;
}

/** @param {Element} node @param {Shape} w */
function paint(node, w) {
  const before = drawn.get(node)?.props || {};
  drawn.set(node, w);
  for (const name in before) if (!(name in w.props)) prop(node, name, undefined, before[name]);
  // A custom element draws its own children, from the state it is given.
  if (!w.tag.includes("-") && !w.props.foreign) draw(node, ...w.kids);
  for (const name in w.props) prop(node, name, w.props[name], before[name]);
}

/** @param {any} node @param {string} name @param {any} value @param {any} was */
function prop(node, name, value, was) {
  if (name === "key" || name === "made" || name === "foreign") return;
  if (name.startsWith("on")) listen(node, name.slice(2), value);
  else if (name === "state") node.state = value;
  else if (AS_PROPERTY.has(name)) property(node, name, value ?? "");
  else if (name === "style") style(node, value || {}, was || {});
  else if (value === was) return;
  else if (value === undefined || value === null || value === false) node.removeAttribute(name);
  else node.setAttribute(name, value === true ? "" : String(value));
}

/** @param {any} node @param {string} name @param {any} value */
function property(node, name, value) {
  const next = name === "value" ? String(value) : value;
  if (node[name] !== next) node[name] = next;
}

/** @param {Element} node @param {string} type @param {Function | undefined} fn */
function listen(node, type, fn) {
  let ear = ears.get(node);
  if (!ear) ears.set(node, (ear = new Ears()));
  if (!(type in ear.on)) node.addEventListener(type, ear);
  if (fn) ear.on[type] = fn;
  else delete ear.on[type];
}

/** @param {HTMLElement} node @param {Record<string, string>} value @param {Record<string, string>} was */
function style(node, value, was) {
  for (const k in was) if (!(k in value)) node.style.removeProperty(k);
  for (const k in value) if (value[k] !== was[k]) node.style.setProperty(k, value[k]);
}

/**
 * An element that draws itself from the state it is given. Light DOM.
 * @template S
 */
export class Drawn extends HTMLElement {
  /** @type {S | undefined} */
  #state = undefined;
  get state() { return /** @type {S} */ (this.#state); }
  set state(s) {
    const before = this.#state;
    this.#state = s;
    if (this.isConnected) this.redraw(before);
  }
  connectedCallback() {
    // State may have been given before this element's module had come.
    if (Object.prototype.hasOwnProperty.call(this, "state")) {
      const early = /** @type {S} */ (this.state);
      delete (/** @type {any} */ (this)).state;
      this.#state = early;
    }
    this.redraw(undefined);
  }
  /** @param {S | undefined} before */
  redraw(before) {
    if (this.#state === undefined) return;
    draw(this, this.view(this.#state));
    this.onDrawn(this.#state, before);
  }
  /** @param {S} _state @returns {Kid} */
  view(_state) { return null; }
  /** Called after each drawing. @param {S} _state @param {S | undefined} _before */
  onDrawn(_state, _before) {}
  /** Sends a command up. @param {import("./types").Ask} command */
  command(command) { this.dispatchEvent(new CustomEvent("command", { bubbles: true, detail: command })); }
  /** Tells the page about itself: drafts, settings, dialogs. @param {Record<string, any>} detail */
  tell(detail) { this.dispatchEvent(new CustomEvent("tell", { bubbles: true, detail })); }
}

/** Adds a stylesheet once, for parts that come lazily. @param {string} url */
export function sheet(url) {
  if ([...document.styleSheets].some((s) => s.href === url) || document.head.querySelector(`link[href="${url}"]`)) return;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = url;
  document.head.append(link);
}
