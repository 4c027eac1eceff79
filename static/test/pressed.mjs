// What each button, fold and tick of the client does, by its label: the command it sends (with what it says), or what is then to be seen.
const sent = (verb, more = {}) => ({ verb, more });
const shows = (text) => ({ shows: text });
const opens = (heading) => ({ heading });
const nothing = { local: true }; // works in the page alone, and is looked at by the function beside it
const fill = (label, text) => async (p) => p.getByRole("textbox", { name: label }).first().fill(text);
const choose = (...pairs) => async (p) => { for (const [label, option] of pairs) await p.getByRole("combobox", { name: label, exact: true }).first().selectOption({ label: option }); };
const line = ["Which line of the charter does it rest on?", "Safety and trust"];
const why = ["Why", "Harassment"];

/** @type {[string, any, ((p: import("playwright-core").Page) => Promise<any>)?][]} label, what it does, what is done before */
export const acts = [
  ["Helplines and rights", opens("Helplines and rights")], ["Settings", opens("Settings")], ["Leave quickly", { url: "https://www.wikipedia.org/" }],
  ["Close", { closes: true }], ["Go back", { closes: true }],
  // the door
  ["Join", { url: "/s/s1" }], ["I agree", sent("knock", { answer: "agree", name: "Sam", digest: "c0ffee" }), fill("The name others will see", "Sam")],
  ["I have a concern", sent("knock", { answer: "concern", listening: true }), fill("The name others will see", "Sam")],
  ["Leave", sent("leave")], ["Leave for today", sent("leave")], ["Ways to call me back to this page", opens("Settings")], ["Come back", sent("come-back")],
  // the room
  ["Just listening", sent("prefs", { listening: true })], ["Step out", sent("step-out")], ["Private line", opens("Private line to wellbeing")], ["Private line, something new", opens("Private line to wellbeing")],
  ["Read and answer", opens("Private line to wellbeing")], ["You may question this", opens("Private line to wellbeing")], ["More", opens("My choices")],
  ["Take back these words", sent("take-back")], ["Put this away", { gone: "From the charter" }], ["I have read this", { gone: "A quiet word from a facilitator" }], ["All right", { gone: "It is somebody else's turn just now." }],
  ["Take the turn", sent("take")], ["Come back to me", sent("later")], ["Pass", sent("pass")], ["A moment of silence", sent("moment")], ["I would like a turn after all", sent("undo-pass")],
  ["Raise my hand", sent("hand", { up: true })], ["Lower my hand", sent("hand", { up: false })], ["Rounds, please", sent("rounds-please")],
  ["Share", sent("share", { text: "Words" }), fill("Your words", "Words")], ["Reply", sent("share", { text: "Me too" }), fill("Your reply", "Me too")], ["I’m done", sent("yield")], ["Still going", sent("still")],
  ["Share and finish", sent("share", { text: "I was just about to say" })], ["Finish without sharing", sent("yield")], ["Close the replies", sent("close-replies")],
  ["Just to be heard", sent("invite", { kind: "hear" })], ["“Me too” experiences", sent("invite", { kind: "me-too" })], ["Questions", sent("invite", { kind: "questions" })], ["Ideas", sent("invite", { kind: "ideas" })],
  ["Try now", nothing], ["Send", sent("line", { text: "Hello" }), fill("Your message", "Hello")],
  ["Ask for a break", sent("ask-break")], ["Change my name", sent("rename", { name: "Samira" }), fill("My name here", "Samira")],
  // the tools
  ["Room", { gone: "The door is open." }], ["Tools, somebody waits", nothing], ["Lock the door", sent("door", { locked: true })], ["Unlock the door", sent("door", { locked: false })],
  ["Greet and let in: Robin", sent("greet", { seat: "w1" })], ["Greet: Robin", sent("greet", { seat: "w1" })], ["Let in: Alex", sent("admit", { seat: "w2" })], ["Back to the lobby: Remy", sent("to-lobby", { seat: "w3" })],
  ["Move on", sent("phase", { to: "main" })], ["Begin", sent("begin", {})], ["Begin a silence", sent("begin", { format: "silence", minutes: 1 })], ["End this format", sent("end-format")],
  ["More time", sent("more-time")], ["Finish your thought", sent("finish-thought")], ["We will come back to you", sent("we-will-come-back")], ["Carry on", sent("carry-on")],
  ["Set the pace", sent("pace", { seconds: 40 }), async (p) => p.getByRole("spinbutton", { name: "Seconds between messages of one person" }).fill("40")],
  ["Post the line", sent("process", { text: "Welcome." }), fill("Process line", "Welcome.")], ["Show this line", sent("remind", { principle: "safety" })], ["Swap roles", sent("swap")], ["I know about Bo", sent("seen", { seat: "s7" })],
  ["A quiet word…", opens(/A quiet word to/)], ["Pause the room…", opens("Pause the room")], ["Quiet time…", opens(/Quiet time for/)], ["End the quiet time", sent("unquiet", { seat: "s6" })], ["Back to the lobby", sent("to-lobby", {})],
  ["Offer another go", sent("we-will-come-back", {})], ["Remove for today…", opens(/Remove .* for today/)], ["Urgent: lock and remove…", opens(/^Lock the door, remove/)], ["Lock the door and hide the last words…", opens("Lock the door and hide the last words")],
  ["Send the quiet word", sent("nudge", { seat: "s3", principle: "safety" }), choose(line)], ["Pause the room now", sent("pause", { seat: "s3", principle: "safety" }), choose(line)],
  ["Begin the quiet time", sent("quiet", { seat: "s3", minutes: 5, reason: "harassment" }), choose(line, why)], ["Ask the other facilitator to confirm", sent("remove", { seat: "s3", reason: "harassment", urgent: undefined }), choose(line, why)],
  ["Remove now", sent("remove", { seat: "s3", urgent: true }), choose(line, why)], ["Lock and hide now", sent("urgent-door", { reason: "harassment" }), choose(why)],
  ["Confirm the removal of Maximiliana", sent("confirm-remove", { seat: "s8" })], ["Do not remove Maximiliana", sent("drop-remove", { seat: "s8" })],
  ["End the session…", opens("End the session for everybody?")], ["End the session now", sent("end")],
  // goodbye, record, check
  ["Forget this session on this device", shows("Done. Nothing of you or your group is kept on this device any more.")], ["Load the page again", nothing], ["See the record of this session", { url: "/s/s2/record" }],
  ["Print on one page", nothing], ["Save as JSON", nothing], ["Check again", shows("Reaching hearth:")],
  // folds
  ["Your rights here", shows("You may pass, only listen")], ["The group’s charter", shows("Safety and trust")], ["While you wait", shows("Put both feet on the floor.")], ["Before I share my own story", shows("Did they ask?")],
  [/^After I have shared/, nothing], [/^(Words of welcome, private line|Private line): /, nothing], [/^(Sam|Priya|Tomasz|Wren|ليلى|Bo|Maximiliana|Kit|Noor|Jo|Edith|Ana)/, nothing],
  // links of helplines
  [/^(Call|Text) /, nothing], ["Chat: 988 Lifeline", nothing],
];
