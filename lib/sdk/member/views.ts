import type { ConversationRow, InboxView } from '#lib/protocol/member.ts';

/** What a view holds and in which order; the same as the server's list. */
export interface ViewRule {
  holds(row: ConversationRow, me: string): boolean;
  compare(a: ConversationRow, b: ConversationRow): number;
}

const byId = (a: ConversationRow, b: ConversationRow) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
/** ISO instants of one form sort as text. */
const text = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
/** Time of the newest message. */
const newestActivity = (a: ConversationRow, b: ConversationRow) =>
  text(b.lastAt, a.lastAt) || byId(a, b);

export const VIEW_RULES: Record<InboxView, ViewRule> = {
  mine: {
    holds: (row, me) => (row.ownerId === me && row.closedAt === null) || row.targetMemberId === me,
    compare: newestActivity,
  },
  queued: {
    holds: (row) => row.phase === 'queued',
    compare: (a, b) =>
      b.priority - a.priority || text(a.queuedAt ?? '', b.queuedAt ?? '') || byId(a, b),
  },
  // Ids are UUIDv7s: newest first.
  all: { holds: (row) => row.closedAt === null, compare: (a, b) => byId(b, a) },
  closed: {
    holds: (row) => row.closedAt !== null,
    compare: (a, b) => text(b.closedAt ?? '', a.closedAt ?? '') || byId(a, b),
  },
};
