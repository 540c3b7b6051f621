import type {
  FlowEvent,
  Phase,
  Snapshot,
  Stage,
  SystemLine,
} from '#lib/domain/conversation/model.ts';
import type { ErrorCode } from '#lib/protocol/errors.ts';
import type { PageView } from '#lib/protocol/primitives.ts';
import type { Ctx } from './context.ts';

/**
 * A conversation's row: the snapshot the flow sees plus what plain messages move.
 * Times are ms since the epoch by PostgreSQL's clock.
 * `lastVisitorSeq` and `lastAgentSeq` are seqs (members' numbering), so that a member's unread mark
 * is `lastVisitorSeq > readSeq`; `visitorReadSeq` and `agentReadSeq` are public seqs, since the
 * visitor speaks and is shown only those.
 */
export interface ConversationRecord extends Snapshot {
  visitorId: string;
  flowVersionId: string;
  previousId: string | null;
  lastSeq: number;
  lastPublicSeq: number;
  lastVisitorSeq: number;
  lastAgentSeq: number;
  /** First 160 characters of the newest message. */
  preview: string;
  previewBy: '' | 'visitor' | 'member' | 'system';
  visitorReadSeq: number;
  agentReadSeq: number;
  rating: number | null;
}

export const EVENT_KINDS = [
  'conversation.opened',
  'message.sent',
  'line.said',
  'note.added',
  'conversation.transitioned',
  'contact.left',
  'contact.identified',
  'rating.given',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** `data` of each kind. Readers of rows from newer or older servers parse what they need. */
export interface EventData {
  'conversation.opened': {
    channelId: string;
    page: PageView | null;
    previousId: string | null;
    locale: string;
    /** Never outward: with these the row can be folded from its events alone (I5). */
    visitorId: string;
    flowVersionId: string;
    patch: Snapshot;
  };
  'message.sent': { text: string };
  'line.said': { line: SystemLine };
  'note.added': { text: string };
  'conversation.transitioned': {
    from: string;
    to: string;
    trigger: string;
    /** Every changed field of the snapshot. */
    patch: Partial<Snapshot>;
    /** Where it stands after, so that a reader needs no fold. */
    after: {
      phase: Phase;
      stage: Stage;
      ownerId: string | null;
      targetMemberId: string | null;
      queueId: string | null;
    };
    /** What the command added: `note` of a transfer, `explanation` of an offer. */
    about?: Record<string, unknown>;
  };
  'contact.left': { name: string | null; email: string | null };
  /** The visitor is the site's person from here on; the conversation moved to that contact. */
  'contact.identified': { contactId: string; name: string | null; email: string | null };
  'rating.given': { score: number; comment: string | null };
}

/** An entry of the log as it is stored. */
export interface StoredEvent {
  conversationId: string;
  seq: number;
  /** Gapless among what the visitor may see; null: members only. */
  publicSeq: number | null;
  source: string;
  /** The caller's key for an item's first entry; the others derive from it with a space inside. */
  clientId: string;
  /** An EventKind, or one of a newer server. */
  kind: string;
  v: number;
  actorKind: 'visitor' | 'member' | 'system';
  actorId: string | null;
  data: Readonly<Record<string, unknown>>;
  /** ms since the epoch */
  at: number;
}

/** Kinds that callers may append; opening, transitions and lines follow from the flow. */
export interface NewEntry {
  kind: 'message.sent' | 'note.added' | 'contact.left' | 'rating.given';
  public: boolean;
  data: Record<string, unknown>;
}

/** How to open the conversation when it does not exist (a visitor's first message). */
export interface OpenWith {
  channelId: string;
  contactId: string;
  visitorId: string;
  previousId: string | null;
  page: PageView | null;
}

export interface AppendItem {
  ctx: Ctx;
  conversationId: string;
  /**
   * A repeat returns the first result. source: `v:<visitorId>`, `m:<memberId>`, `timer`, `routing`,
   * `presence` (see `keySource`).
   */
  key: { source: string; clientId: string };
  open?: OpenWith;
  /** Written whether or not the flow moves. */
  entries: NewEntry[];
  /** What the flow is asked; its transition is written after the entries. */
  event?: FlowEvent;
  /** Kept with the transition (explanation, transfer note). */
  about?: Record<string, unknown>;
  /**
   * Authority, asked under the row lock on the row as it is then: a code refuses the item.
   * Pure and quick. A repeat of an accepted item is answered without asking.
   */
  guard?: (record: ConversationRecord) => ErrorCode | null;
  /** An audited supervisor override: the load may pass the capacity (I4). */
  overCapacity?: boolean;
  /**
   * Read marks to move forward (D6), public seqs; no events, so no key is kept and none is needed.
   * They go with the group because a row update of their own would hold the lock messages need.
   */
  marks?: { visitorReadSeq?: number; agentReadSeq?: number };
}

export interface Appended {
  /** Where it went: another one when the contact has an open conversation in that channel already. */
  conversationId: string;
  /** Of the first entry (or of the transition when there are no entries). */
  seq: number;
  publicSeq: number | null;
  /** ms since the epoch */
  at: number;
  /** The flow moved, or a read mark did. */
  moved: boolean;
  /** The key was known: this is the first result again. */
  repeated: boolean;
  /** The row after (for a repeat: as it is now). */
  row: ConversationRecord;
}

/** What one commit did to one conversation. Told in commit order per conversation. */
export interface Committed {
  workspaceId: string;
  conversationId: string;
  /** null: opened by this commit. The same object as `after` when nothing moved. */
  before: Snapshot | null;
  after: Snapshot;
  record: ConversationRecord;
  /** In seq order. */
  events: StoredEvent[];
  /** Set or postponed by this commit; dueAt in ms. */
  timers: { name: string; gen: number; dueAt: number }[];
  /** Trace ids of the items that did it, in order; for logs and spans of what follows. */
  traces?: readonly string[];
}

/** A read mark moved forward (outside the log, D6). */
export interface ReadMoved {
  workspaceId: string;
  conversationId: string;
  /** null: the visitor read. */
  memberId: string | null;
  /** The member's own mark (seq); null when the visitor read. */
  readSeq: number | null;
  /** Public seqs as the row has them now. */
  visitorReadSeq: number;
  agentReadSeq: number;
}
