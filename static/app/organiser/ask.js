/** The organiser's requests: JSON over HTTP, and what it means when one does not work. */
import { wellFormed } from "../keep.js";
import { knows, say } from "../words/index.js";

/** How long an answer is waited for, in milliseconds. */
const PATIENCE = 20_000;

/** The server said no, or could not be reached. `code` is stable; `say` is for people. */
export class Refused extends Error {
  /** @param {string} code @param {string} [said] the server's own sentence @param {string} [principle] the charter line it is about */
  constructor(code, said = "", principle = "") {
    super(code);
    this.code = code;
    this.said = said;
    this.principle = principle;
  }
  /** The catalogue's sentence for the code, else the server's, which is plain English already. */
  get say() {
    const key = `org.no.${this.code}`;
    return knows(key) ? say(key) : this.said || say("org.no.broken");
  }
}

/** Half a sign would cost the whole text. @param {string} _key @param {unknown} value */
const whole = (_key, value) => (typeof value === "string" ? wellFormed(value) : value);

/**
 * Sends one request and gives the answer. Throws Refused.
 * @param {"GET" | "POST" | "PUT"} method @param {string} path below /api/ @param {object} [body]
 * @returns {Promise<any>}
 */
export async function ask(method, path, body) {
  let answer;
  try {
    answer = await fetch(`/api/${path}`, {
      method, cache: "no-store", signal: AbortSignal.timeout(PATIENCE),
      headers: body ? { "Content-Type": "application/json" } : {}, body: body && JSON.stringify(body, whole),
    });
  } catch { throw new Refused("offline"); }
  const got = await answer.json().catch(() => null);
  if (!got) throw new Refused("broken");
  if (!answer.ok) throw new Refused(got.code || "broken", got.say, got.principle);
  return got;
}
