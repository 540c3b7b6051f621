import type { ConversationRecord } from '#server/conversation/index.ts';
import { foldEvent } from '#server/conversation/store-fold.ts';
import type { Asked, ClientRecord, Histories } from '../history.ts';
import type { Facts, LoggedEvent } from './facts.ts';

export interface Limits {
  /** How long an absent owner keeps live conversations, with what it takes to notice. ms */
  ownerGraceMs: number;
  /** A due timer may wait so long for its worker. ms */
  lateMs: number;
  /** Leases of the dead may still stand for so long after they ended. ms */
  leftoverMs: number;
  /** The commit follows the clock of its events by at most so much; only without commit times. ms */
  commitMs: number;
}

export const LIMITS: Limits = {
  ownerGraceMs: 60_000,
  lateMs: 5_000,
  leftoverMs: 10_000,
  commitMs: 6_000,
};

/** One event of a log with the row before and after it. */
export interface Step {
  event: LoggedEvent;
  before: ConversationRecord | null;
  after: ConversationRecord;
}

/** What one client did and saw, and who it was. */
export interface Person {
  client: string;
  role: 'visitor' | 'member';
  /** Visitor or member id; null: it never had a session. */
  personId: string | null;
  records: readonly ClientRecord[];
}

/** All that a rule may look at. */
export interface World {
  histories: Histories;
  facts: Facts;
  limits: Limits;
  persons: readonly Person[];
  /** Events by the key of the action that wrote them; derived ones are not among them. */
  byKey: ReadonlyMap<string, readonly LoggedEvent[]>;
  /** First attempt of each key. */
  asked: ReadonlyMap<string, Asked>;
  /** Each log played again. */
  replays: ReadonlyMap<string, readonly Step[]>;
}

/** A key that a client or worker made: those derived from it for further entries hold a space. */
export const isOwnKey = (clientId: string): boolean => !clientId.includes(' ');

function replay(log: readonly LoggedEvent[]): Step[] {
  const steps: Step[] = [];
  let before: ConversationRecord | null = null;
  try {
    for (const event of log) {
      const after: ConversationRecord = foldEvent(before, event);
      steps.push({ event, before, after });
      before = after;
    }
  } catch {
    // What cannot be folded to its end is told by the rule that compares rows with folds.
  }
  return steps;
}

function personOf(client: string, records: readonly ClientRecord[]): Person {
  let role: Person['role'] = 'visitor';
  let personId: string | null = null;
  for (const record of records) {
    if (record.kind !== 'began') continue;
    role = record.role;
    personId = record.personId ?? personId;
  }
  return { client, role, personId, records };
}

function firstAsked(histories: Histories): Map<string, Asked> {
  const asked = new Map<string, Asked>();
  for (const { records } of histories.clients) {
    for (const record of records) {
      if (record.kind === 'asked' && record.key !== null && !asked.has(record.key)) {
        asked.set(record.key, record);
      }
    }
  }
  return asked;
}

export function createWorld(histories: Histories, facts: Facts, limits: Partial<Limits>): World {
  const byKey = new Map<string, LoggedEvent[]>();
  const replays = new Map<string, Step[]>();
  for (const [id, log] of facts.logs) {
    replays.set(id, replay(log));
    for (const event of log) {
      if (!isOwnKey(event.clientId)) continue;
      const known = byKey.get(event.clientId);
      if (known) known.push(event);
      else byKey.set(event.clientId, [event]);
    }
  }
  return {
    histories,
    facts,
    limits: { ...LIMITS, ...limits },
    persons: histories.clients.map(({ client, records }) => personOf(client, records)),
    byKey,
    asked: firstAsked(histories),
    replays,
  };
}
