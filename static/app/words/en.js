/** The English catalogue that every page needs. Areas for the room, facilitators and organisers come with their pages. */
import announce from "./announce.js";
import door from "./door.js";
import refusals from "./refusals.js";
import shell from "./shell.js";

export default { ...shell, ...door, ...announce, ...refusals };
