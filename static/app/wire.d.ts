/** Shapes on the wire, made by cmd/hearthgen out of package room. Do not edit. Times are Unix milliseconds. */

/** names a seat, a person's place in the session. It survives reconnects and tabs. The hub makes it; the room only compares it. */
export type SeatID = string;
/** what sort of words these are. */
export type WordsKind = "share" | "reply" | "process" | "line" | "nudge";
/** how turns are taken. The zero Format means that no format runs: the facilitators hold the room and may post process lines. */
export type Format = string;
/** what a seat may do. It never follows from who came first. */
export type Role = string;
/** a part of a session. Phases only move forward. */
export type Phase = "lobby" | "opening" | "check-in" | "main" | "closing" | "after-care" | "closed";
/** what is happening in an open turn. It is Live, never journalled. */
export type Stage = "offered" | "speaking" | "moment" | "replies";
/** the feedback a speaker asks for (T8). */
export type Invite = "hear" | "me-too" | "questions" | "ideas";
/** how the door stands. */
export type DoorState = "open" | "knock" | "locked";
/** where a seat is. */
export type Status = "door" | "waiting" | "admitted" | "here" | "out" | "left" | "removed";
/** an access need, seen by facilitators only. It is Live: the person's own browser gives it again after a restart. */
export type Need = "more-time" | "screen-reader" | "plain-words" | "interpreter" | "supporter" | "breaks";
/** what a person said to the charter at the door. */
export type Answer = "agree" | "concern";
/** why a level 3 or 5 act was made. It is a closed list, because a reason in free words would put words on the disk (M8). */
export type Reason = "over-others" | "hurtful" | "privacy" | "harassment" | "threat" | "raid" | "not-well" | "other";

/** one line for the announcer; state is never read from it. */
export interface Happening {
  kind: string; // Kind is one of: entered, left, stepped-out, back, reconnecting, reconnected, renamed, floor, floor-free, moment, replies, format, format-ended, phase, door, remind, paused, carry-on, held, lead-changed, removed, words-hidden, waiting (care), break-asked (care), over-time (care), rounds-asked (care), greeted, offer, cue, notice (me).
  seat?: SeatID;
  was?: SeatID; // lead-changed: who led before
  name?: string; // left, removed: the seat is gone from the view
  principle?: string; // remind
  value?: string; // phase, format, door, cue: the new value
}

/** are said once, kept Rules.Tail in memory, and never written down. */
export interface Words {
  id: string;
  kind: WordsKind;
  seat: SeatID; // who said it
  with?: SeatID; // line: the seat whose line it is
  text: string;
  at: number;
}

/** the least and the most that something may be set to. */
export interface Span {
  least: number;
  most: number;
}

/** what may be known of a format before it runs. Every browser is sent those of all formats, so that no list of them stands anywhere else. */
export interface FormatTraits {
  name: Format;
  host?: boolean; // wellbeing may begin and end it too, not only the lead
  still?: boolean; // nobody speaks and nobody comes in while it runs
  free?: boolean; // nobody holds the floor: words of everybody are welcome
  hands?: boolean; // a turn is asked for with a hand
  minutes?: Span; // how long it may be asked to last; nil: as long as it takes
  pace?: Span; // seconds from one message of a person to the next; nil: no pace
}

/** are what a role may ever do and see: room, hub, wire and client ask them, and nothing is decided by the name of a role (S14). The zero value may do nothing: that is every role which the table does not know. */
export interface Powers {
  name: Role;
  member?: boolean; // the group is for them: takes one of the plan's seats, has a personal link
  speaks?: boolean; // may be offered turns and say words to the room
  tools?: boolean; // may hold a facilitator's tools, and see the record afterwards
  floor?: boolean; // Tools: holds those of the floor where it can, else those of the door
}

/** where the session is. Minutes is the plan, not a clock. */
export interface PhaseView {
  name: Phase;
  minutes?: number;
  planned?: Format; // the format planned for this phase
  next?: Phase; // the next planned phase
}

/** the format under way. Ends is for Silence only. */
export interface FormatView {
  name: Format;
  ends?: number;
  pace?: number; // open floor: seconds per message
}

/** one seat in the circle. Listening is not in it: a listener looks like anybody else (T4). */
export interface SeatView {
  seat: SeatID;
  name: string;
  role: Role;
  state: string; // State is "here", "out" or "reconnecting" (shown after Rules.ShowLost).
}

/** a turn that has been taken. An offer is not here (T5), and no number that would tell of offers in between (S06). */
export interface FloorView {
  seat: SeatID;
  stage: Stage; // speaking, moment or replies
  invite?: Invite;
  replies?: number; // replies still welcome, in stage replies
}

/** says that no facilitator is here, or that the server came back. */
export interface HeldView {
  why: string; // "no-facilitator" or "restart" (words are gone)
  closes?: number; // the gentle close, while nobody who facilitates is here
}

/** a level 2 pause; the group sees only that there is one. */
export interface PausedView {
  ends: number;
}

/** what everybody inside sees. */
export interface RoomView {
  phase: PhaseView;
  format: FormatView;
  seats: SeatView[]; // circle order; Here and Out seats, those kept in their grace too
  floor: FloorView | null; // null: nobody holds it
  next: SeatID[]; // names up next, never with reasons (T7)
  door: DoorState; // open, knock or locked
  held: HeldView | null;
  paused: PausedView | null;
}

/** who this seat is. */
export interface YouView {
  seat: SeatID;
  name?: string;
  role: Role;
  status: Status;
  listening: boolean;
  needs?: Need[];
  answer?: Answer;
  why?: string; // Left: "left", "lost", "moved", "revoked", "closed", "cancelled"; AtDoor: "charter-changed", "sent-back"
}

/** what a waiting person may know; nobody's name, no count (A6, A7). */
export interface MeDoor {
  state: DoorState;
  greeted: boolean;
  ready: boolean; // a facilitator is in
  closed: boolean;
}

/** a turn offered to me; no answer until Until is "later". */
export interface OfferView {
  turn: number; // counts my own offers
  until?: number; // absent after a restart: take your time
  again?: boolean; // the second, last offer of this round
}

/** my open turn. The times are soft (T10) and only I and the lead see them. */
export interface TurnView {
  turn: number;
  stage: Stage;
  soft?: number; // the soft time; absent when timers are off
  cue: string; // "", "minute", "time", "finish" (the lead asked to finish the thought)
  invite: Invite;
}

/** what the composer and the buttons of this seat allow now. */
export interface CanView {
  share: boolean; // post words now
  reply: boolean; // the words would be a reply
  hand: boolean; // raise a hand
  hand_up: boolean; // my hand is up
  undo_pass: boolean; // T3
  kept: boolean; // two offers went by without an answer: undo-pass asks for the turn again
  invite: boolean; // T8, in my turn in main
  process: boolean; // facilitator, at a turn boundary
  rounds: boolean; // open floor: ask for rounds
  from?: number; // open floor: my next message is welcome from
}

/** quiet time in force: what, which line, how long (M3, M7). */
export interface QuietView {
  until: number;
  principle: string;
  reason: Reason;
}

/** tells a person about an act that concerned them. It stays until the session ends (M4: a person sees their own record). A nudge's text comes as words with the notice's id and is not here. */
export interface Notice {
  id: string;
  kind: string; // "nudge", "pause", "quiet", "unquiet", "removed", "sent-back", "urgent"
  level: number;
  principle?: string;
  reason?: Reason;
  until?: number;
  urgent?: boolean;
}

/** who answers a private line now. Open: somebody who answers is connected. Seat is who that is, or would be, once I am inside; in the lobby nobody is named (A7). */
export interface LineView {
  open: boolean;
  seat?: SeatID;
}

/** one seat's own. */
export interface MeView {
  you: YouView;
  door: MeDoor;
  offer: OfferView | null; // the private offer (T5)
  turn: TurnView | null; // my open turn
  can: CanView;
  quiet: QuietView | null; // level 3, in force
  notices: Notice[]; // acts that concern me: what, which line, how long, what next (M3)
  swap_asked: boolean;
  line: LineView; // who answers my private line
}

/** one person in the lobby, as wellbeing sees them. */
export interface WaitingView {
  seat: SeatID;
  name: string;
  role: Role;
  listening: boolean;
  needs?: Need[];
  greeted: boolean;
  concern: boolean;
  open: boolean; // by the open link
  claims?: SeatID; // "seat already in use"
  knocks: boolean; // came after the open door
  admitted: boolean; // enters at the next turn boundary
  lost: boolean; // connection lost
}

/** the running turn's soft clock for facilitators. */
export interface ClockView {
  seat: SeatID;
  soft?: number;
  over: boolean; // soft time and grace have passed: more time, finish the thought, we will come back
}

/** what facilitators may know of a person inside beyond the circle. */
export interface PersonView {
  seat: SeatID;
  listening: boolean;
  needs?: Need[];
  quiet_until?: number;
  concern: boolean;
  out_since?: number;
}

/** a removal that waits for the other facilitator. */
export interface RemovalView {
  seat: SeatID;
  by: SeatID;
  principle: string;
  reason: Reason;
}

/** somebody who wrote on their private line while nobody who answers was connected. What they wrote is not in it, and may be gone (T13). It stays until a facilitator answers or says that it was seen. */
export interface WroteView {
  seat: SeatID;
  name: string;
  gone: boolean; // has left: no answer reaches them here
}

/** for the facilitators. */
export interface CareView {
  lead: SeatID;
  wellbeing: SeatID;
  alone: boolean; // one facilitator here now
  waiting: WaitingView[];
  clock: ClockView | null; // of the taken turn; the lead's note (T10)
  people: PersonView[]; // inside: needs, quiet, kept seats
  removal: RemovalView | null;
  swap: SeatID; // who has tapped swap
  break: boolean; // somebody asked for a break, unseen
  rounds: boolean; // somebody asked for rounds
  phase_ends: number; // planned end of the phase, facilitators only
  ready: boolean; // 2 members and a facilitator are in: enough to start
  wrote: WroteView[]; // who wrote on their line while nobody was connected
}

/** What a browser may ask for; the connection adds the id. */
export type Asked =
  | { do: "knock"; name: string; listening?: boolean; needs?: Need[]; answer: Answer; digest: string }
  | { do: "greet"; seat: SeatID }
  | { do: "admit"; seat: SeatID }
  | { do: "to-lobby"; seat: SeatID }
  | { do: "door"; locked: boolean }
  | { do: "rename"; name: string }
  | { do: "prefs"; listening: boolean; needs?: Need[] }
  | { do: "step-out" }
  | { do: "come-back" }
  | { do: "leave" }
  | { do: "ask-break" }
  | { do: "line"; to?: SeatID; text: string }
  | { do: "take" }
  | { do: "later" }
  | { do: "pass" }
  | { do: "moment" }
  | { do: "undo-pass" }
  | { do: "yield" }
  | { do: "still" }
  | { do: "share"; text: string }
  | { do: "take-back"; words: string }
  | { do: "take-back-all" }
  | { do: "invite"; kind: Invite }
  | { do: "close-replies" }
  | { do: "hand"; up: boolean }
  | { do: "rounds-please" }
  | { do: "phase"; to: Phase }
  | { do: "begin"; format: Format; minutes?: number }
  | { do: "end-format" }
  | { do: "more-time" }
  | { do: "finish-thought" }
  | { do: "we-will-come-back"; seat?: SeatID }
  | { do: "process"; text: string }
  | { do: "pace"; seconds: number }
  | { do: "end" }
  | { do: "swap" }
  | { do: "carry-on" }
  | { do: "remind"; principle: string }
  | { do: "nudge"; seat: SeatID; principle: string; text?: string }
  | { do: "pause"; seat?: SeatID; principle: string }
  | { do: "quiet"; seat: SeatID; minutes?: number; principle: string; reason: Reason }
  | { do: "seen"; seat: SeatID }
  | { do: "unquiet"; seat: SeatID }
  | { do: "remove"; seat: SeatID; principle: string; reason: Reason; urgent?: boolean }
  | { do: "confirm-remove"; seat: SeatID }
  | { do: "drop-remove"; seat: SeatID }
  | { do: "urgent-door"; seat?: SeatID; reason: Reason };
