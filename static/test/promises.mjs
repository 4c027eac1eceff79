// What every screen promises, by scene and role: texts and buttons that must be there, and which must not.
// The charter's own lines, names and times come from the fixtures.
export const always = ["Helplines and rights", "Settings", "Leave quickly"];
const member = ["Just listening", "Step out", "Private line", "More"];
const none = { text: [], buttons: [], not: [] };
const goodbye = ["If today was a lot", "People to talk to", "116 123", "Forget this session on this device", "You will not be able to use your link again without help."];
const grounding = ["A moment to steady yourself", "Put both feet on the floor.", "Breathe out slowly"];
const rights = ["Your rights here", "You may pass, only listen, step out or leave at any time. You never have to say why.", "hearth does not record, copy or keep what you say.", "You may take any name.",
  "you are told what it is, which line of the charter it rests on, how long it lasts and how to question it", "You may question anything a facilitator does.", "The help page and the button to leave are always there"];
const policy = ["If somebody’s life is in danger", "This group asks first. Nobody outside is contacted without your yes, except where the law demands it.", "We cannot promise that everything stays private."];
const is = ["What this is", "People write with each other, as equals", "What this is not", "It is not therapy, and not an emergency service. It is not a place for diagnoses, or for advice about medicines."];
const charter = ["Safety and trust", "nobody records it", "Choice", "you never have to explain why"];
const needs = ["More time in my turns", "I use a screen reader", "Plain words, please", "Somebody interprets for me", "A person who supports me is beside me", "Breaks now and then", "Only the facilitators see this."];
const emergency = ["In danger now?", "112 in Europe, 999 in the UK, 911 in the US and Canada, 111 in New Zealand, 000 in Australia", "hearth does not call anybody for you."];
const lines = ["Samaritans", "Call 116 123", "Text 85258", "Last checked on", "Languages: English, Welsh", "Day and night"];
const room = ["Check-in", "Go-round", "Priya is sharing", "Up next", "I slept badly again", "The kettle is on in the corner of your screen."];
const careParts = ["Needs a look", "The door", "Somebody asks for a break. The group does not know who.", "has a concern", "just listening", "More time in my turns", "by the open link", "says: this is my seat", "knocks", "connection lost", "greeted",
  "The floor", "Remind everybody", "It names nobody.", "People", "Before I share my own story", "Am I telling them what to do?", "In an emergency in the room"];
const careButtons = ["Lock the door", "Greet and let in: Robin", "Greet: Robin", "Let in: Alex", "Show this line", "Post the line", "Lock the door and hide the last words…", "Swap roles"];
const act = ["sees", "The group sees", "What is kept"];
const tools = ["Move on", "Begin", "Lock the door", "Remove for today…", "A quiet word…", "Quiet time…", "Pause the room…"];

/** @type {Record<string, {text?: string[], buttons?: string[], not?: string[], bar?: boolean}>} */
export const promises = {
  landing: { text: ["A quiet place to write in turns", "write to each other: there is no camera and no microphone. They take turns, and nobody has to write.", "You choose the name that others see.", "You never have to say why.", "two people look after the group.", "What people say is not kept.", "you need a personal link", "hearth is not an emergency service.", ...lines] },
  join: { text: ["You have an invitation", "Nothing happens until you press the button.", "Your seat will belong to this device.", "Joining sets one cookie"], buttons: ["Join"] },
  "join-none": { text: ["This address has no invitation in it."], not: ["Join"] },
  "join-damaged": { text: ["This link is damaged.", "Please open it again from the message itself, or copy all of it."], not: ["Join"] },
  nowhere: { text: ["There is no page here"] },
  rights: { text: [...emergency, ...lines, ...rights, ...grounding] },
  check: { text: ["Check the connection", "It sends nothing about you.", "Reaching hearth:", "The live connection:", "Something between you and hearth stops WebSockets.", "Cookies:"], buttons: ["Check again"] },
  help: { text: [...emergency, ...lines, ...grounding, ...is, ...rights, ...policy, ...charter, "tuesday@example.org"], buttons: ["Close", "Leave quickly"] },
  settings: { text: ["Kept in this window only", "As my device", "Light", "Dark", "Tell me softly when my planned time comes to its end", "Nobody is ever cut off.", "Pressing Esc three times leaves quickly", "Another title and icon on this tab", "A soft sound", "A short buzz", "Nothing shows a name or words.", "Keep the screen on", "What a screen reader is told", "What people say"], buttons: ["Close", "Leave quickly"] },
  more: { text: ["Just listen", "Only the facilitators see this; to everybody else you look like anybody.", "Only the facilitators see that somebody asked.", "My name here", ...needs, "Notices to me in this session", "A quiet word from a facilitator", "Independence", "Quiet time", "You do not have to say why. Your words leave this screen."], buttons: ["Ask for a break", "Change my name", "Leave for today", "Close", "Leave quickly"] },
  line: { text: ["Private line to wellbeing", "Only you and the facilitators see this. It is gone when the session ends.", "Nothing has been written here yet."], buttons: ["Send", "Close", "Leave quickly"] },
  "line-nobody": { text: ["No facilitator is connected just now, so nobody can read this yet.", "your words may be gone by then"], buttons: ["Send", "Helplines and rights"] },
  nudge: { text: ["A quiet word to Priya", "Begin with the lowest step that works.", "Which line of the charter does it rest on?", "Your words to Priya (if you like)", "Priya sees", ...act, "nothing", "Until the session ends: that there was a quiet word, and the charter line."], buttons: ["Send the quiet word", "Go back"] },
  quiet: { text: ["Quiet time for Priya", "For how many minutes (1 to 15)", "Why", "Priya sees", ...act, "until when, and how to question it", "Until the session ends: that there was a quiet time, the charter line and the reason."], buttons: ["Begin the quiet time", "Go back"] },
  pause: { text: ["Pause the room", ...act, "“A short pause”; the floor then goes back to whoever held it"], buttons: ["Pause the room now", "Go back"] },
  remove: { text: ["Remove Priya for today", "Priya sees", ...act, "“Priya has left us for today.”", "It is urgent, and I cannot wait for the other facilitator"], buttons: ["Ask the other facilitator to confirm", "Go back"], not: ["Remove now"] },
  urgent: { text: ["Lock the door and hide the last words", "the last two minutes of words go from every screen"], buttons: ["Lock and hide now", "Go back"] },
  end: { text: ["End the session for everybody?", "All words and private lines are erased at once, drafts as soon as each device hears of it. Nobody can come back in."], buttons: ["End the session now", "Go back"] },
  person: { text: ["Private line"], buttons: ["A quiet word…", "Pause the room…", "Quiet time…", "Back to the lobby", "Offer another go", "Remove for today…", "Urgent: lock and remove…"] },

  door: { text: ["Welcome to the door", "Start:", "About 90 minutes.", ...is, ...charter, "Some things always hold here, whatever a group decides", ...rights, ...policy, "The name others will see", "It need not be your own.", "Be open to a turn", "You can always pass.", "Just listen", "Only the facilitators see it; to everybody else you look like anybody.", ...needs,
    "“I agree” means that it is good enough for today.", "With a concern you can come in and listen today.", "Not for me today? You can leave now, and that is fine."], buttons: ["I agree", "I have a concern", "Leave"], not: ["Take the turn", "Share"] },
  "door-changed": { text: ["The group’s charter has changed since you answered. Please read it again.", ...charter], buttons: ["I agree", "I have a concern", "Leave"] },
  lobby: { text: ["You are in the lobby", "No facilitator is here yet. The room stays closed until one is.", "A facilitator greets you here before you come in. There is nothing you need to do.", "You are here as Sam.", "Nobody else in the lobby can see you", "A private line to the wellbeing facilitator", "Only facilitators can read it.", ...grounding], buttons: ["Send", "Leave", "Helplines and rights", "Ways to call me back to this page"], not: ["Priya", "Tomasz", "Let in"] },
  "lobby-greeted": { text: ["You have been greeted", "A facilitator has greeted you and can let you in now.", "Hello Sam, good to see you.", "You are set to just listening today."], buttons: ["Leave"], not: ["Priya"] },
  "lobby-concern": { text: ["You are set to just listening today."] },
  "lobby-locked": { text: ["The door is locked just now, so that the group is not disturbed."] },
  "lobby-knock": { text: ["The session has begun. We have knocked for you."] },
  "lobby-ready": { text: ["A facilitator is here. People are let in one at a time."] },
  "lobby-sent-back": { text: ["A facilitator asked you to wait in the lobby", "they can let you in again"], buttons: ["You may question this"] },
  "lobby-admitted": { text: ["You are on your way in", "You will come in at the next quiet moment between two turns."] },

  listening: { text: [...room, "out for a bit", "reconnecting", "trainee, silent"], buttons: [...member, "Take back these words"], not: ["Share", "Take the turn", ...tools] },
  offer: { text: ["It can be your turn, if you like", "Only you see this. Take your time.", "Between two turns"], buttons: ["Take the turn", "Come back to me", "Pass", "A moment of silence", ...member], not: ["seconds", "Share"] },
  "offer-again": { text: ["your turn is kept until you ask for it"], buttons: ["Take the turn", "Pass"] },
  "my-turn": { text: ["You have the floor", "Nobody else can write while you hold it.", "About a minute of your planned time is left. There is no rush.", "After I have shared, I would like", "Just to be heard", "“Me too” experiences", "Questions", "Ideas", "Your words"], buttons: ["Share", "I’m done", "Still going", ...member] },
  moment: { text: ["You hold a moment of silence", "Stop when you are ready."], buttons: ["I’m done"], not: ["Share"] },
  passed: { text: ["Thank you, moving on."], buttons: ["I would like a turn after all"] },
  kept: { text: ["Your turn is kept for you."], buttons: ["I would like a turn after all"] },
  queue: { text: ["Raise a hand when you would like a turn. First turns come before second turns.", "Between two turns"], buttons: ["Raise my hand"] },
  "hand-up": { text: ["Your hand is up. You can lower it at any time."], buttons: ["Lower my hand"] },
  open: { text: ["The floor is open", "Anybody may write, at a gentle pace.", "A gentle pace: your next message is welcome in a moment.", "If two people ask, the open floor ends, and the facilitators can begin turns."], buttons: ["Share", "Rounds, please"], not: ["I’m done"] },
  replies: { text: ["Priya hears replies", "Priya would like to hear “me too” experiences.", "Your reply"], buttons: ["Reply"] },
  "my-replies": { text: ["You hear replies", "You can close them at any time."], buttons: ["Close the replies", "I’m done"] },
  notices: { text: ["A quiet word from a facilitator", "Could we leave the advice for later?", "Only you and the facilitator who wrote it see this. The group is shown nothing.", "It rests on this line of the charter", "Independence", "Quiet time", "You can still read, ask for help, write on your private line and leave.", "Why:", "Words that may hurt or shame somebody.", "Safety and trust", "It ends by itself at", "Until the session ends: that there was a quiet time, the charter line and the reason."], buttons: ["You may question this", "I have read this", "Step out", "Private line"] },
  "quiet-now": { text: ["Quiet time", "It ends by itself at", "Why:", "Safety and trust"], buttons: ["You may question this", ...member], not: ["I have read this"] },
  "paused-me": { text: ["A facilitator paused the room", "The group only sees a short pause."] },
  "paused-mine": { text: ["You have the floor", "The room is paused. The floor is yours again when the pause ends.", "A short pause"], not: ["Nobody else can write while you hold it."] },
  held: { text: ["We are holding the room", "No facilitator is here just now. Whoever has the floor may finish. No new turns begin.", "the session will close gently by itself", "You can wait here, talk to a helpline, or leave. All of it is fine.", ...grounding], buttons: ["Helplines and rights", "Step out", "Private line"] },
  restart: { text: ["We had to start again. The circle, the turns and the places are back. The words are gone, because hearth never keeps them."] },
  paused: { text: ["A short pause", "The floor goes back to whoever held it."] },
  silence: { text: ["Nobody speaks for a while. There is nothing to do."] },
  reminded: { text: ["From the charter", "We stand by one another."], buttons: ["Put this away"] },
  written: { text: ["The wellbeing facilitator wrote to you."], buttons: ["Read and answer", "Private line, something new"] },
  lost: { text: ["We lost the connection. What you have written is kept here. Trying again.", "You are not connected just now. Your words are kept here."], buttons: ["Try now"] },
  apart: { text: ["Some of us are a little out of reach", "You need not do anything."] },
  refused: { text: ["It is somebody else's turn just now. Your words are kept here."], buttons: ["All right", "Share and finish", "Finish without sharing"] },
  drafted: { text: ["Your words"], buttons: ["Share", "Share and finish", "Finish without sharing"], not: ["I’m done"] },
  unsaved: { text: ["Not saved yet. Trying again. Your words are kept here."] },
  out: { text: ["You have stepped out", "Take the time you need. Your seat is kept for half an hour.", "What is said meanwhile is not shown to you later.", ...grounding, "A private line to the wellbeing facilitator"], buttons: ["Come back", "Leave for today", "Send"] , not: ["I slept badly again", "Priya"] },
  "out-quiet": { text: ["Quiet time", "It ends by itself at", "Safety and trust"], buttons: ["You may question this", "Come back"] },
  trainee: { text: room, buttons: ["Step out", "More"], not: ["Just listening", "Take the turn", ...tools] },

  lead: { text: [...careParts, "You lead: the floor is yours to look after", "The planned time of Priya is over. There is no hurry.", "Part of the session", "Now: Check-in", "How turns are taken", "Now: Go-round", "“More time” adds two minutes.", "quiet time until", "out since", "Somebody interprets for me", "Roles"],
    buttons: [...careButtons, "Move on", "Begin", "End this format", "More time", "Finish your thought", "We will come back to you"], not: ["Closed", "End the session now", "End the session…", "Just listening"] },
  "lead-closing": { text: ["Closing"], buttons: ["End the session…", "Move on"] },
  wellbeing: { text: ["You look after people and the door", "You are the only facilitator here now.", "Somebody asks for rounds in place of the open floor.", "Ana asks to swap roles with you.", "Removal of Maximiliana waits for two", "Ana asks you to confirm. Line: Safety and trust. Why: Harassment."],
    buttons: ["Confirm the removal of Maximiliana", "Do not remove Maximiliana", "Swap roles", "Begin a silence", ...careButtons.filter((b) => b !== "Swap roles")], not: ["Move on", "Finish your thought"] },
  "wellbeing-held": { text: ["Ends the pause or the hold."], buttons: ["Carry on"] },
  "lead-wrote": { text: ["wrote on the private line while no facilitator was connected. What they wrote may be gone. Please ask them."], buttons: ["I know about Bo"] },
  "lead-open": { text: ["Seconds between messages of one person"], buttons: ["Set the pace"] },
  "lead-locked": { text: ["The door is locked."], buttons: ["Unlock the door"] },

  left: { text: ["You have left", "Thank you for being here, in whatever way you were. You are welcome again.", ...goodbye, "tuesday@example.org"], buttons: ["Forget this session on this device"], not: ["Priya"] },
  removed: { text: ["You have been asked to leave for today", "This is about today only.", "it is not a judgement of you", "Why:", "It was felt as harassment.", "Safety and trust", "What happens next", "One facilitator did this alone, because it could not wait.", "to look at it again within three days", "The reason and the charter line are kept, without a name,", "You may tell your side. Write to:", "tuesday@example.org", ...goodbye], not: ["Priya"] },
  closed: { text: ["The session is over", "hearth has kept nothing of what was said here.", "See the record of this session", ...goodbye], not: ["Priya"] },
  moved: { text: ["Your seat has moved", "Your link was opened on another device", ...goodbye] },
  revoked: { text: ["This link has been closed", "please ask them for a new one", "People to talk to"] },
  replaced: { text: ["The session is open in other tabs"], buttons: ["Load the page again"] },
  device: { text: ["This device does not hold the seat"], buttons: ["Load the page again"] },
  record: { text: ["Record of a session", "It holds no names, no words, and nothing about one person.", "Tuesday group"], buttons: ["Print on one page", "Save as JSON"], not: ["Priya", "Sam"] },
};
for (const one of Object.values(promises)) one.buttons = [...new Set([...(one.buttons || none.buttons), ...always])];
