import type { ErrorCode } from '#lib/protocol/errors.ts';

/**
 * What a run leaves behind for the checker: one history a client, one of the nemesis. Every record is
 * one JSON line; `at` counts milliseconds since the run began, by the runner's own steady clock (no
 * fault touches it).
 *
 * A client is one page: `client` names it (`visitor-3`, `agent-1`, `raw-2`), `life` counts its
 * reloads from 1. A new life remembers its stored outbox, nothing that it was shown.
 *
 * `seq` is what the client's own protocol speaks: public_seq for visitors, seq for members.
 */
interface Of {
  at: number;
  client: string;
  life: number;
}

/** A command went out: one record for each attempt; attempts with one key are the same action. */
export interface Asked extends Of {
  kind: 'asked';
  command: string;
  conversationId: string | null;
  /** null: the command has none (reads, typing, availability). */
  key: string | null;
  /** Of messages and notes. */
  text: string | null;
}

/** Answered ok: from here on the law holds (Law 2, I8). */
export interface Acked extends Of {
  kind: 'acked';
  command: string;
  /** Where it landed, which may be another conversation than asked (P2). */
  conversationId: string | null;
  key: string | null;
  seq: number | null;
}

/** Answered with an error. With a key and `retry` it may have been done all the same. */
export interface Refused extends Of {
  kind: 'refused';
  command: string;
  conversationId: string | null;
  key: string | null;
  code: ErrorCode;
  retry: boolean;
}

/** An event became visible to the person, in the order of showing. */
export interface Shown extends Of {
  kind: 'shown';
  conversationId: string;
  seq: number;
  /** `message`, `note`, `line`, `stage`, `transition` … as the wire names it. */
  event: string;
  key: string | null;
  text: string | null;
}

/** The client's log of one conversation at the end of the run, compared with the database while all stood still. */
export interface InStep extends Of {
  kind: 'in_step';
  conversationId: string;
  /** Last contiguous seq held. */
  head: number;
  /** What the database held then, in the client's counting. */
  expected: number;
  /** Written here and not in the log yet. */
  pending: number;
  /** A visitor's stage, a member's phase of the conversation as shown. */
  stage: string | null;
}

/**
 * The person saw something fail: a message that will not be tried again, an action answered with an
 * error, a connection refused for good. What the client repeats quietly is not shown.
 */
export interface ErrorShown extends Of {
  kind: 'error_shown';
  conversationId: string | null;
  key: string | null;
  code: ErrorCode;
  /** What the person did: `message.send`, `offer.accept`, `connection` … */
  of: string;
}

export interface Connected extends Of {
  kind: 'connected';
  transport: 'websocket' | 'https';
}

export interface Disconnected extends Of {
  kind: 'disconnected';
  code: ErrorCode | null;
}

/** A page opened: whose it is. Members know their id at once, visitors from their session on. */
export interface Began extends Of {
  kind: 'began';
  role: 'visitor' | 'member';
  personId: string | null;
  /** The desk process its line leads to. */
  node: string;
}

/** The page went away: by reload, or at the end of the run. */
export interface Ended extends Of {
  kind: 'ended';
}

export type ClientRecord =
  | Asked
  | Acked
  | Refused
  | Shown
  | InStep
  | ErrorShown
  | Connected
  | Disconnected
  | Began
  | Ended;

export const FAULTS = [
  'kill_desk',
  'kill_postgres',
  'stop_desk',
  'kill_redis',
  'cut',
  'delay',
  'duplicate',
  'half_open',
  'skew_clock',
  'hold_rows',
  'fill_pool',
  'upgrade',
] as const;
export type Fault = (typeof FAULTS)[number];

/** One fault: it lasted from `from` to `until` (ms since the run began); `at` is when it was over. */
export interface FaultRecord {
  kind: 'fault';
  at: number;
  fault: Fault;
  /** `desk-0`, `postgres`, `redis`, `line-2` … */
  target: string;
  from: number;
  until: number;
  /** What else is worth knowing: the skew in ms, the rows held. */
  about: Record<string, unknown>;
}

/** All faults are over at `at`; everybody was in step `tookMs` later (null: not within the limit). */
export interface HealedRecord {
  kind: 'healed';
  at: number;
  tookMs: number | null;
  /** Faults since the healing before. */
  after: Fault[];
}

export type NemesisRecord = FaultRecord | HealedRecord;

export interface History {
  client: string;
  records: ClientRecord[];
}

/** Everything of one run. */
export interface Histories {
  seed: number;
  clients: History[];
  nemesis: NemesisRecord[];
}

/** What a run broke. `evidence`: the records and rows that show it, as JSON values. */
export interface Violation {
  /** `I5`, `D1`, `offers end` … */
  rule: string;
  text: string;
  evidence: unknown[];
}
