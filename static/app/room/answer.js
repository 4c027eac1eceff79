/** What the server said to an act, beside the place of the act: that it was refused, or that it is not saved yet. */
import { h } from "../dom.js";
import { button } from "../parts.js";
import { say } from "../words/index.js";
import { placeOf } from "../state.js";

/**
 * What was refused is said beside what was tried; the words stay where they are.
 * @param {import("../types").Client} c @param {import("../dom.js").Drawn<any>} el @param {"dock" | "care"} place
 */
export function answer(c, el, place) {
  const r = c.refused;
  // The composer says by itself how its words fare.
  const waits = c.sent.some((s) => s.unsaved && s.verb !== "share" && placeOf(s.verb) === place);
  return h("div", { key: "refused", role: "status", class: "refused" },
    waits ? h("p", { class: "said small" }, say("unsaved")) : null,
    r && placeOf(r.verb) === place ? h("div", { class: "said said-warn room-note" }, h("p", { class: "small" }, r.say),
      button(say("refused.close"), () => el.tell({ refused: null }), { look: "btn-small btn-plain" })) : null);
}
