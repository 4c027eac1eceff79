/** The English catalogue that every participant needs. Areas for facilitators and organisers come with their pages. */
import announce from "./announce.js";
import door from "./door.js";
import refusals from "./refusals.js";
import room from "./room.js";
import shell from "./shell.js";

export default { ...shell, ...door, ...room, ...announce, ...refusals };
