import type { ConversationRow, InboxView } from '#lib/protocol/member.ts';

/** What a view holds and in which order; the same as the server's list. */
export interface ViewRule {
  holds(row: ConversationRow, me: string): boolean;
  compare(a: ConversationRow, b: ConversationRow): number;
}

const byId = (a: ConversationRow, b: ConversationRow) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
/** ISO instants of one form sort as text. */
const text = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const newestFirst = (a: ConversationRow, b: ConversationRow) =>
  text(b.lastAt, a.lastAt) || byId(b, a);

export const VIEW_RULES: Record<InboxView, ViewRule> = {
  mine: {
    holds: (row, me) => (row.ownerId === me || row.targetMemberId === me) && row.phase !== 'closed',
    compare: newestFirst,
  },
  queued: {
    holds: (row) => row.phase === 'queued' || row.phase === 'offered',
    compare: (a, b) =>
      b.priority - a.priority ||
      text(a.queuedAt ?? a.createdAt, b.queuedAt ?? b.createdAt) ||
      byId(a, b),
  },
  all: { holds: (row) => row.phase !== 'closed', compare: newestFirst },
  closed: {
    holds: (row) => row.phase === 'closed',
    compare: (a, b) => text(b.closedAt ?? '', a.closedAt ?? '') || byId(b, a),
  },
};
