/** Everything behind the door: lobby and room, with their texts. It comes while somebody reads the door, or when they are through. */
import room from "../words/room.js";
import { learn } from "../words/index.js";
import "../door/hearth-lobby.js";
import "./hearth-room.js";
import "./hearth-circle.js";
import "./hearth-words.js";
import "./hearth-composer.js";
import "./hearth-turn.js";
import "./hearth-notices.js";
import "./hearth-line.js";
import "./hearth-more.js";

learn(room);
