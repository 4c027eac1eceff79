// What runs inside a page of any browser: finding things as a person does, by what they are and what they are called.

/**
 * The first thing of that kind and name that can be seen, brought into sight.
 * @param {{role: string, name: string, part?: boolean}} what part: the name is only a part of what it is called
 */
export function seek({ role, name, part }) {
  const kinds = {
    button: "button, a.btn, summary", textbox: "textarea, input:not([type=checkbox]):not([type=radio])",
    radio: "input[type=radio]", heading: "h1, h2, h3, h4", list: "ul, ol",
  };
  const plain = (text) => (text || "").replace(/\s+/g, " ").trim();
  const called = (e) => plain(e.getAttribute("aria-label") || e.labels?.[0]?.textContent || e.textContent);
  const scope = document.querySelector("dialog[open]") || document;
  const found = [...scope.querySelectorAll(kinds[role])].find((e) => e.getClientRects().length && (part ? called(e).includes(name) : called(e) === name));
  if (!found) return null;
  const middle = () => {
    const box = found.getBoundingClientRect();
    return { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2), width: box.width, height: box.height };
  };
  const hit = ({ x, y }) => {
    const top = document.elementFromPoint(x, y);
    return !!top && (found === top || found.contains(top) || !!found.labels?.[0]?.contains(top));
  };
  if (!hit(middle())) found.scrollIntoView({ block: "center" });
  const at = middle();
  return { ...at, hit: hit(at), value: found.value ?? "", off: found.getAttribute("aria-disabled") === "true", focused: found === document.activeElement };
}

/** Everything that can be read now, in one line. */
export const read = () => (document.querySelector("dialog[open]") || document.body).innerText.replace(/\s+/g, " ");

/** Listens for a press that came too early, and for what breaks. */
export function listen() {
  window.wasEarly = false;
  if (window.faults) return;
  window.faults = [];
  window.addEventListener("early", () => { window.wasEarly = true; });
  window.addEventListener("error", (e) => window.faults.push(e.message));
  window.addEventListener("unhandledrejection", (e) => window.faults.push(String(e.reason)));
  document.addEventListener("securitypolicyviolation", (e) => window.faults.push(`policy: ${e.violatedDirective}`));
}

/** What is wrong with the page as a whole: faults that were thrown, a page that is wider than the window, a sentence that is cut. */
export function faults() {
  const wide = document.documentElement.scrollWidth - window.innerWidth;
  const cut = [...document.querySelectorAll(".circle-floor")].filter((e) => e.scrollWidth > e.clientWidth + 1);
  return [...(window.faults || []), ...(wide > 0 ? [`${wide}px too wide`] : []), ...cut.map((e) => `cut: ${e.textContent}`)];
}
