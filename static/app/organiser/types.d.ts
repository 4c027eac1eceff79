/** Shapes of the organiser's requests (docs/protocol.md §5). Times are RFC 3339. */
import type { Kid } from "../dom.js";

/** One of a session's kinds. */
export type LinkKind = string;

export interface Group { id: string; name: string; template: string; policy: string; region: string; contact: string; created: string }
export interface Line { principle: string; title: string; text: string }
export interface Draft { lines: Line[]; digest: string }
export interface Version { number: number; text: { lines: Line[] }; digest: string; adopted: string; changed?: string[] }
export interface Phase { phase: string; minutes: number; format?: string }
export interface Session {
  id: string; group: string; title: string; start: string; state: "scheduled" | "live" | "over"; closed?: string;
  plan: { seats: number; phases: Phase[] }; rules: { timers_off?: boolean };
}
export interface Link {
  id: string; kind: LinkKind; session: string; seat?: string; expires?: string; max_uses?: number; uses?: number; revoked: boolean;
  url?: string; label?: string;
}
/** Removals and urgent acts of a session that must be looked at again. */
export interface Review { session: string; title: string; closed: string; due: string; acts: { act: string; principle?: string; reason: string; urgent: boolean }[] }
export interface House {
  groups: Group[]; regions: string[]; phases: Phase[]; formats: string[]; devices: Device[];
  templates: { template: string; title: string; about: string }[];
  policies: { policy: string; title: string; about: string }[];
  due: import("../types").Helpline[]; // helplines that should be checked again
}
/** A browser that can organise; its days are YYYY-MM-DD, in UTC. */
export interface Device { id: string; made?: string; used?: string; here?: boolean }
export interface GroupPage { group: Group; draft: Draft; versions: Version[]; sessions: Session[]; floor: string[]; reviews: Review[] }
export interface Now { live: boolean; phase?: string; held: boolean; inside: number; waiting: number }
export interface SessionPage { session: Session; links: Link[]; kinds: LinkKind[]; now: Now; group: Group }

/** What a page is shown with: what was fetched for it, and a sentence about what was just done. */
export type Shown<D> = D & { flash?: string };

/** Where to go; `again` fetches this page's data once more, `stranger` says that this device is not the organiser's. */
export interface Going { to?: string; flash?: string; again?: boolean; stranger?: boolean }

/** A question before an act that cannot be taken back. */
export interface Question {
  title: string; body: Kid | (() => Kid); yes: string; look?: string;
  act: () => Promise<void>;
  /** Called when the act is done and the dialog is gone: a place to put the focus. */
  after?: () => void;
}
