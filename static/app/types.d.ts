/** What the browser client works with. Shapes of views and commands come from wire.d.ts. */
import type { Asked, CareView, FormatTraits, Happening, MeView, Powers, RoomView, Words } from "./wire";

export type { Answer, CanView as Can, DoorState, Format as FormatName, FormatTraits as Format, Happening, Invite, MeView as Me, Need, Notice, PersonView as Person, Phase as PhaseName, Powers, Reason, Role, RoomView as Room, SeatView as Seat, FloorView as Floor, CareView as Care, Span, Stage, Status, WaitingView as Waiting, Words as Said } from "./wire";

export interface Session { id: string; title: string; start: number; minutes: number; contact?: string; policy?: string; region?: string }
export interface CharterLine { principle: string; title: string; text: string }
export interface Charter { number: number; digest: string; lines: CharterLine[] }

export interface Frame {
  t: "hello" | "resumed" | "set" | "words" | "ack" | "no" | "ping" | "pong" | "apart";
  v?: number; epoch?: string; seq?: number; prev?: number; now?: number; resume?: string;
  to?: string; set?: Record<string, any>; on?: Happening[] | boolean; unsay?: string[];
  id?: string; kind?: Words["kind"]; seat?: string; with?: string; text?: string; at?: number;
  session?: Session; charter?: Charter; formats?: FormatTraits[]; roles?: Powers[]; streams?: string[]; me?: MeView; room?: RoomView | null; care?: CareView | null;
  ref?: string; form?: number; code?: string; say?: string;
}

/** A command as an element sends it up; the connection adds the id. then: what is sent once it has been taken; stays here. */
export type Ask = Asked & { then?: Ask };
/** Any command, where it is handled as one of them. */
export interface Command { do: Asked["do"]; then?: Command; [field: string]: any }

/** What the server has told this browser. Only state.js makes a new one. */
export interface Known {
  epoch: string;
  session: Session | null; charter: Charter | null;
  formats: FormatTraits[]; roles: Powers[]; // all there are
  streams: string[]; // the names of the views: what each shows, null to whoever is not in its audience
  me: MeView | null; room: RoomView | null; care: CareView | null;
  words: Words[];
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
