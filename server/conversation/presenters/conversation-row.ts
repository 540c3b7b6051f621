import { offerExpiresAt } from '#lib/domain/conversation/timers.ts';
import type { ConversationRow } from '#lib/protocol/member.ts';
import type { ConversationRecord } from '../records.ts';
import { instant, instantOrNull } from './names.ts';

/** What a row of the inbox shows besides the conversation itself. */
export interface RowCompany {
  contact: { name: string | null; email: string | null };
  /** The visitor's person is vouched for by the site. */
  identified: boolean;
  channelName: string;
  /** The asking member's own mark; 0 when they never opened it. */
  readSeq: number;
  /** The visitor's mark as a member's seq. */
  visitorReadSeq: number;
}

/** Time of the newest message, or of the opening when there is none. ms since the epoch */
export function lastAt(record: ConversationRecord): number {
  return Math.max(record.createdAt, record.lastVisitorAt ?? 0, record.lastAgentAt ?? 0);
}

/** A conversation as a row of one member's inbox. */
export function presentConversationRow(
  record: ConversationRecord,
  company: RowCompany,
): ConversationRow {
  return {
    id: record.conversationId,
    contact: {
      id: record.contactId,
      name: company.contact.name,
      email: company.contact.email,
      identified: company.identified,
    },
    channelId: record.channelId,
    channelName: company.channelName,
    state: record.state,
    phase: record.phase,
    stateRev: record.stateRev,
    enteredAt: instant(record.enteredAt),
    queueId: record.queueId,
    queuedAt: instantOrNull(record.queuedAt),
    priority: record.priority,
    ownerId: record.ownerId,
    targetMemberId: record.targetMemberId,
    offerExpiresAt: instantOrNull(offerExpiresAt(record)),
    head: record.lastSeq,
    lastVisitorSeq: record.lastVisitorSeq,
    lastAgentSeq: record.lastAgentSeq,
    readSeq: company.readSeq,
    unread: record.lastVisitorSeq > company.readSeq,
    visitorReadSeq: company.visitorReadSeq,
    preview: record.preview,
    previewBy: record.previewBy,
    rating: record.rating,
    createdAt: instant(record.createdAt),
    lastAt: instant(lastAt(record)),
    closedAt: instantOrNull(record.closedAt),
  };
}
