/** The organiser's pages; fetched only on a device that goes there. */
import { sheet } from "../dom.js";
import texts from "../words/organiser.js";
import shared from "../words/room.js";
import { learn } from "../words/index.js";
import "./hearth-organiser.js";

learn(texts);
learn(shared); // names of parts and formats

/** Draws the organiser's pages into an element. @param {HTMLElement} main */
export function start(main) {
  sheet(new URL("./organiser.css", import.meta.url).href);
  main.replaceChildren(document.createElement("hearth-organiser"));
}
