/** What the parent and a generator process tell each other. */

/** A visitor with a conversation; `agent` is an index into the order's agents. */
export interface TalkOrder {
  port: number;
  namespace: string;
  auth: object;
  headers: Record<string, string>;
  localAddress?: string;
  conversationId: string;
  agent: number;
  /** Newest seq and public seq before the first message. */
  head: number;
  publicHead: number;
}

export interface AgentOrder {
  port: number;
  namespace: string;
  auth: object;
  headers: Record<string, string>;
}

export interface RunOrder {
  /** Messages a second of this process. */
  rate: number;
  warmupMs: number;
  measureMs: number;
}

/** More than can be carried, then little; rates are attempts a second of this process. */
export interface PressOrder {
  rate: number;
  calmRate: number;
  /** Pressed but not counted yet, counted, and after. */
  warmupMs: number;
  pressMs: number;
  calmMs: number;
  /** What an attempt takes at most when nothing is wrong. */
  normalMs: number;
}

export type Order =
  | { type: 'connect'; talks: TalkOrder[]; agents: AgentOrder[]; number: number; seed: number }
  | { type: 'run'; run: RunOrder }
  | { type: 'press'; press: PressOrder }
  | { type: 'ledger' };

/** One run as one generator saw it. Histograms are compressed base64 of µs. */
export interface RunReport {
  /** Sent in the measured window, and of those answered well, and shown to the agent. */
  sent: number;
  acked: number;
  delivered: number;
  /** Acks and deliveries that arrived within the window, whenever they were sent. */
  ackedInWindow: number;
  deliveredInWindow: number;
  /** Of the whole run, warm-up included: by error code, and never answered. */
  refused: Record<string, number>;
  unanswered: number;
  undelivered: number;
  ack: string;
  delivery: string;
  /** How much later than intended messages left this process. */
  lateness: string;
  /** CPU of this process within the window. ms */
  cpuMs: number;
  inboxHints: number;
}

/** Attempts of the counted window, by their intended time; a refused message may make several. */
export interface PressReport {
  attempts: number;
  acked: number;
  refused: Record<string, number>;
  /** From an attempt's intended time to its ack. */
  ack: string;
  lateness: string;
  /** From the end of the pressure until nobody is refused and attempts take what is normal. ms */
  recoveryMs: number;
  /** Of all attempts: never answered; and messages given up with when it ended. */
  unanswered: number;
  leftOver: number;
  /** CPU of this process within the counted window. ms */
  cpuMs: number;
}

/** Everything sent so far, for the check against the database. Index = number of the message. */
export interface Ledger {
  number: number;
  /** Index into the order's talks. */
  talk: Int32Array;
  /** Acknowledged public seq; 0: not acknowledged; -1: refused. */
  seq: Int32Array;
  problems: string[];
}

export type Answer =
  | { type: 'connected'; ms: number }
  | { type: 'measuring' }
  | { type: 'measured' }
  | { type: 'ran'; report: RunReport }
  | { type: 'pressing' }
  | { type: 'calming' }
  | { type: 'pressed'; report: PressReport }
  | { type: 'ledger'; ledger: Ledger }
  | { type: 'failed'; why: string };
