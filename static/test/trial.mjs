// Tries texts in the fields of a page, inside the page: the server's part is played there too, so that one text costs no
// way to another process. Everything here runs in the page and reaches nothing outside its own function.

/** Before all else: the page's server. It says what a scene says, notes what it is told, and answers as the trial wishes. */
export function serveInside({ scene, asks, says }) {
  const own = window.inside = { said: [], opened: 0, answer: (m) => ({ t: "ack", ref: m.id }) };
  const waiting = [];
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => waiting.shift()();
  const soon = (f) => { waiting.push(f); port2.postMessage(0); };
  if (scene) {
    window.WebSocket = class {
      constructor() { soon(() => { own.opened++; this.onopen({}); }); }

      say(...frames) { for (const f of frames) soon(() => this.onmessage({ data: JSON.stringify(f) })); }

      send(text) {
        const said = JSON.parse(text);
        if (said.do === "hello") this.say(scene.hello, ...(scene.frames || []));
        else if (said.do === "ping") this.say({ t: "pong", now: Date.now() });
        else {
          own.said.push(said);
          this.say(own.answer(said));
        }
      }

      close() { /* nobody is there to be told */ }
    };
  }
  const real = window.fetch;
  window.fetch = async (url, init) => {
    if (`${init?.method || "GET"} ${new URL(url, location.href).pathname}` !== asks) return real(url, init);
    own.said.push(JSON.parse(init.body));
    return new Response(JSON.stringify({ code: "text", say: says }), { status: 422 });
  };
}

/** Before all else: what a person does and sees, as `hands`. */
export function giveHands() {
  const drawn = () => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); });
  const all = (at) => [...document.querySelectorAll(at)];
  const input = (field, text) => {
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  // As somebody does who has waited until everything settled: what has just moved is pressed again (app/guard.js).
  const press = async (target) => {
    for (let i = 0; i < 200; i++) {
      if (target.getAttribute("aria-disabled") === "true") return false;
      let early = false;
      target.addEventListener("early", () => { early = true; }, { once: true });
      const click = new MouseEvent("click", { bubbles: true, cancelable: true });
      Object.defineProperty(click, "timeStamp", { value: performance.now() + 60_000 });
      target.dispatchEvent(click);
      if (!early) return true;
      await new Promise((done) => { setTimeout(done, 5); });
    }
    throw new Error("it never settles");
  };
  window.hands = {
    drawn, press,
    /** Looks again, for some milliseconds, until it is so. */
    until: async (ms, so) => {
      for (const end = performance.now() + ms; !(await so()) && performance.now() < end;) await drawn();
    },
    /** Writes as a paste does, and gives what the field took: a line has no second line. */
    write: async (at, codes) => {
      const field = document.querySelector(at);
      let text = "";
      for (let i = 0; i < codes.length; i += 4096) text += String.fromCharCode(...codes.slice(i, i + 4096));
      field.value = text;
      const taken = field.value;
      input(field, text);
      await drawn();
      return taken;
    },
    empty: (at) => { for (const field of all(at)) if (field.value) input(field, ""); },
    button: (at, button) => document.querySelector(button || "#none") || document.querySelector(at).closest("form").querySelector("button[type=submit], button.btn-primary"),
    /** What is told near a field; what was refused may stand beside the form (app/room/answer.js). */
    told: (at) => {
      const near = document.querySelector(at)?.closest("form, dialog, .gate-one") || document.querySelector("main");
      const places = new Set([...near.querySelectorAll("[role=status], [role=alert], .error"), ...all(".refused")]);
      return [...places].map((e) => e.textContent.trim()).filter(Boolean).join(" | ");
    },
    kept: () => all("textarea, input:not([type]), input[type=text]").map((e) => e.value).filter(Boolean),
    /** Lets text be compared: half a sign is none, and where a text is cut, or ends, a space may be lost. */
    bare: (s) => s.replace(/[\uD800-\uDBFF][\uDC00-\uDFFF]|[\uD800-\uDFFF]/g, (c) => (c.length === 2 ? c : "")).replace(/\s+/gu, ""),
    show: (s) => JSON.stringify(s.length > 80 ? `${s.slice(0, 80)}… (${s.length})` : s),
    /** Opens the form of a quiet word, with the first line of the charter; the form of the text before may still be on its way out. */
    nudge: async () => {
      for (let i = 0; i < 200 && !(document.querySelector("#act-line")?.selectedIndex === 1 && document.querySelector("#act-text").checkVisibility()); i++) {
        if (!document.querySelector("#act-text")?.checkVisibility()) await press(document.querySelector("[data-nudge]"));
        await drawn();
        const line = document.querySelector("#act-line");
        if (line) {
          line.selectedIndex = 1;
          for (const what of ["input", "change"]) line.dispatchEvent(new Event(what, { bubbles: true }));
        }
        await drawn();
      }
    },
  };
}

/** Tries texts in one field of a session, and gives what is wrong. Each says after how many parts the server refuses; null: never. */
export async function trySession([f, texts, says, most]) {
  const { hands, inside } = window;
  const { bare, show } = hands;
  const unsigned = (t) => (f.signed && t.endsWith(bare(f.signed)) ? t.slice(0, -bare(f.signed).length) : t);
  const quiet = async () => {
    for (let still = 0, was = -1; still < 2; still++) {
      await hands.drawn();
      if (inside.said.length !== was) still = 0;
      was = inside.said.length;
    }
  };
  const one = async ({ codes, meant, refuse }) => {
    // What was refused of the text before may have come back into another field (of a quiet word, the line to that person).
    hands.empty(`textarea:not(${f.at})`);
    if (f.each) await hands[f.each]();
    inside.said.length = 0;
    const out = [];
    let refused = false;
    inside.answer = (m) => {
      const carries = m.do === f.verb || m.do === f.follows;
      if (carries && (refused ||= refuse !== null && out.length >= refuse)) return { t: "no", ref: m.id, code: "text", say: says };
      if (carries) out.push(m[f.key || "text"] || "");
      return { t: "ack", ref: m.id };
    };
    const typed = await hands.write(f.at, codes);
    const ahead = hands.told(f.at);
    // A long text goes out in parts: the rest stays in the field, and the person presses again. A page of empty lines
    // has hundreds of parts: then it is seen that the rest is still there.
    let presses = 0;
    for (; presses < most && !refused; presses++) {
      const before = out.length;
      if (!(await hands.press(hands.button(f.at, f.button)))) break;
      await quiet();
      if (out.length === before || f.key || f.button || f.follows || !document.querySelector(f.at)?.value) break;
    }
    if (f.each && !document.querySelector(f.at)?.checkVisibility()) await hands[f.each](); // what came back is in the form again
    const look = () => {
      const wrong = [];
      const [whole, gone, told, kept] = [bare(typed), unsigned(out.map(bare).join("")), hands.told(f.at), hands.kept()];
      const sent = gone === whole;
      if (!sent && !kept.map(bare).some((k) => unsigned(gone + k) === whole)) wrong.push(`${show(gone)} of ${show(typed)} went out, and ${kept.map(show)} is kept`);
      if (!sent && whole && !`${ahead}${told}`) wrong.push(`nobody is told why ${show(typed)} did not go out`);
      if (!sent && meant && whole && !refused && !f.key && presses < most) wrong.push(`${show(typed)} did not go out: ${told}`);
      if (refused && !document.body.innerText.includes(says)) wrong.push(`the server’s reason is not shown for ${show(typed)}: ${told}`);
      if (inside.opened !== 1) wrong.push(`the connection was opened ${inside.opened} times after ${show(typed)}`);
      return wrong;
    };
    let wrong = [];
    await hands.until(1000, () => { wrong = look(); return !wrong.length; });
    return { wrong, refused };
  };
  const found = { wrong: [], refused: 0 };
  for (const text of texts) {
    const { wrong, refused } = await one(text);
    found.wrong.push(...wrong);
    if (refused) found.refused++;
    if (found.wrong.length >= 5) break;
  }
  return found;
}

/** Tries texts in one field of a form of the organiser, whose request is always refused, and gives what is wrong and how many were asked for. */
export async function tryForm([f, texts, says]) {
  const { hands, inside } = window;
  const { bare, show } = hands;
  const found = { wrong: [], sent: 0 };
  /** Follows a path into what was sent: a key, or what the one of a list has. */
  const at = (body, path) => path.reduce((v, step) => (typeof step === "string" ? v[step] : v.find((x) => Object.entries(step).every(([k, is]) => x[k] === is))), body) || "";
  for (const { codes } of texts) {
    inside.said.length = 0;
    const typed = await hands.write(f.at, codes);
    // The answer to the text before may still be on its way.
    await hands.until(5000, () => hands.press(hands.button(f.at, f.button)));
    // Either it is asked for and refused, or something is said of it; a text that shows nothing may be neither.
    const told = () => hands.told(f.at);
    await hands.until(typed.trim() ? 5000 : 300, async () => {
      await hands.drawn();
      return inside.said.length ? told().includes(says) : told();
    });
    const [asked] = inside.said;
    const value = document.querySelector(f.at)?.value;
    if (asked) found.sent++;
    if (asked && bare(at(asked, f.text)) !== bare(typed)) found.wrong.push(`${show(at(asked, f.text))} was sent of ${show(typed)}`);
    if (asked && !told().includes(says)) found.wrong.push(`the server’s reason is not shown for ${show(typed)}: ${told()}`);
    if (!asked && typed.trim() && !told()) found.wrong.push(`${show(typed)} was not sent, and nobody is told`);
    if ((value || "") !== typed) found.wrong.push(`${show(typed)} is not in the field any more: ${show(value || "")}`);
    if (found.wrong.length >= 5) break;
  }
  return found;
}
