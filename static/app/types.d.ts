/** Shapes on the wire, as package room's view.go, cast.go and command.go give them. Times are Unix milliseconds. */

/** One of those of hello. */
export type Role = string;
export type PhaseName = "lobby" | "opening" | "check-in" | "main" | "closing" | "after-care" | "closed";
/** "" is none; the others are those of hello. */
export type FormatName = string;
export type Status = "door" | "waiting" | "admitted" | "here" | "out" | "left" | "removed";
export type Stage = "offered" | "speaking" | "moment" | "replies";
export type Invite = "hear" | "me-too" | "questions" | "ideas";
export type DoorState = "open" | "knock" | "locked";

export interface Session { id: string; title: string; start: number; minutes: number; contact?: string; policy?: string; region?: string }
export interface CharterLine { principle: string; title: string; text: string }
export interface Charter { number: number; digest: string; lines: CharterLine[] }

export interface Span { least: number; most: number }
/** What hello says of a format, whether it runs or not. */
export interface Format {
  name: FormatName; host?: boolean; still?: boolean; free?: boolean; hands?: boolean;
  minutes?: Span; pace?: Span; // what may be asked for; absent: nothing
}

/** What a role may do (docs/protocol.md): member: the group is for them. tools: a facilitator's; floor: those of the floor. */
export interface Powers { name: Role; member?: boolean; speaks?: boolean; tools?: boolean; floor?: boolean }

export interface Seat { seat: string; name: string; role: Role; state: "here" | "out" | "reconnecting" }
export interface Floor { seat: string; stage: Stage; invite?: Invite; replies?: number }
export interface Room {
  phase: { name: PhaseName; minutes?: number; planned?: FormatName; next?: PhaseName };
  format: { name: FormatName; ends?: number; pace?: number };
  seats: Seat[];
  floor: Floor | null;
  next: string[] | null;
  door: DoorState;
  held: { why: "no-facilitator" | "restart"; closes?: number } | null;
  paused: { ends: number } | null;
}

export interface Notice { id: string; kind: string; level: number; principle?: string; reason?: string; until?: number; urgent?: boolean }
export interface Can {
  share?: boolean; reply?: boolean; hand?: boolean; hand_up?: boolean; undo_pass?: boolean; kept?: boolean; kept?: boolean;
  invite?: boolean; process?: boolean; rounds?: boolean; from?: number;
}
export interface Me {
  you: { seat: string; name?: string; role: Role; status: Status; listening: boolean; needs?: string[] | null; answer?: string; why?: string };
  door: { state: DoorState; greeted: boolean; ready: boolean; closed: boolean };
  offer: { turn: number; until?: number; again?: boolean } | null;
  turn: { turn: number; stage: Stage; soft?: number; cue: "" | "minute" | "time" | "finish"; invite: Invite } | null;
  can: Can;
  quiet: { until: number; principle: string; reason: string } | null;
  notices: Notice[] | null;
  swap_asked?: boolean;
  line?: { open: boolean; seat?: string };
}

export interface Waiting {
  seat: string; name: string; role: Role; listening: boolean; needs?: string[] | null; greeted: boolean; concern: boolean;
  open: boolean; claims?: string; knocks: boolean; admitted: boolean; lost: boolean;
}
export interface Person { seat: string; listening: boolean; needs?: string[] | null; quiet_until?: number; concern: boolean; out_since?: number }
export interface Care {
  lead?: string; wellbeing?: string; alone: boolean;
  waiting: Waiting[] | null;
  clock: { seat: string; soft?: number; over: boolean } | null;
  people: Person[] | null;
  removal: { seat: string; by: string; principle: string; reason: string } | null;
  swap?: string; break: boolean; rounds: boolean; phase_ends?: number; ready: boolean;
  wrote?: { seat: string; name: string; gone: boolean }[] | null;
}

export interface Said { id: string; kind: "share" | "reply" | "process" | "line" | "nudge"; seat: string; with?: string; text: string; at: number }
export interface Happening { kind: string; seat?: string; was?: string; name?: string; principle?: string; value?: string }

export interface Frame {
  t: "hello" | "resumed" | "set" | "words" | "ack" | "no" | "ping" | "pong" | "apart";
  v?: number; epoch?: string; seq?: number; prev?: number; now?: number; resume?: string;
  to?: string; set?: Record<string, any>; on?: Happening[] | boolean; unsay?: string[];
  id?: string; kind?: Said["kind"]; seat?: string; with?: string; text?: string; at?: number;
  session?: Session; charter?: Charter; formats?: Format[]; roles?: Powers[]; streams?: string[]; me?: Me; room?: Room | null; care?: Care | null;
  ref?: string; form?: number; code?: string; say?: string;
}

/** A command as an element sends it up; the connection adds the id. then: what is sent once it has been taken; stays here. */
export interface Command { do: string; [field: string]: any }

/** What the server has told this browser. Only state.js makes a new one. */
export interface Known {
  epoch: string;
  session: Session | null; charter: Charter | null;
  formats: Format[]; roles: Powers[]; // all there are
  streams: string[]; // the names of the views: what each shows, null to whoever is not in its audience
  me: Me | null; room: Room | null; care: Care | null;
  words: Said[];
  apart: boolean; // some of the room's people are on a node that cannot be reached just now
}

export interface Settings {
  theme: "auto" | "light" | "dark"; cue: boolean; leaveKey: boolean;
  call: { title: boolean; sound: boolean; buzz: boolean; notice: boolean }; awake: boolean;
  say: { turn: boolean; words: "full" | "count" | "off"; queue: boolean; room: boolean; comings: boolean; care: boolean };
}

/** What the connection is given: socket, clock and chance come from outside, and what happens goes there. */
export interface Outside {
  open(): any; // a socket (WebSocket-like)
  now(): number; // milliseconds, by a clock that only goes forward
  after(fn: () => void, ms: number): any;
  cancel(timer: any): void;
  random(): number; // 0 ≤ x < 1
  uuid(): string;
  onFrame(frame: Frame, same: boolean): void; // hello, resumed, set, words and apart
  onAnswer(id: string, answer: Frame, command: Command): void;
  onUnsaved(id: string): void; // a command could not be saved yet and is tried again
  onLink(link: Link): void;
  onTime(now: number): void; // the server's time
}

/** refused: sockets in a row that never opened; blocked: and yet the server's pages can be had; away: lost and not yet back; had: there has been one. */
export interface Link { away?: boolean; had?: boolean; status: "connecting" | "open" | "lost" | "over"; code?: number; wait?: number; refused?: number; blocked?: boolean }
/** A line in the room that says calmly what happened, for everybody. */
export interface Calm { id: string; text: string; at: number }
export interface Refused { code: string; say: string; verb: string; n: number }
export interface Helpline {
  region: string; name: string; number?: string; call?: string; text?: string; chat?: string; url?: string;
  hours?: string; languages?: string | string[]; for?: string; cost?: string; rescue?: string; checked?: string; by?: string; source?: string; how?: string;
}

/** Everything the screens are drawn from. */
export interface Client {
  known: Known;
  link: Link;
  sent: { id: string; verb: string; key: string; unsaved?: boolean; then?: Command }[]; // commands not yet answered; unsaved: tried again
  refused: Refused | null;
  draft: string;
  drafts: Record<string, string>;
  settings: Settings;
  helplines: Helpline[];
  seat: string;
  gone: { code: number } | null;
  remind: string;       // charter line the group was reminded of, until closed
  seen: string[];       // ids of notices and private messages that were read
  asked: boolean;       // I asked for a break
  mine: string[];       // ids of words of mine that can be taken back
  calm: Calm[];         // what happened in the room, to be seen by everybody
  ready: boolean;       // what is behind the door has been fetched
}

/** shell/cues.js, which is fetched by those who asked to be called. */
export interface Cues { call(f: Frame, c: Client): void; awake(on: boolean): void }
