import { stageOf } from '#lib/domain/conversation/phases.ts';
import type { VisitorConversation } from '#lib/protocol/visitor.ts';
import type { ConversationRecord } from '../records.ts';
import { lastAt } from './conversation-row.ts';
import { instant, type MemberNames, nameOf } from './names.ts';

/** What an outline shows besides the conversation itself; everything as this visitor may know it. */
export interface OutlineCompany {
  names: MemberNames;
  /** Place in the queue, 1 = next; null when not waiting. */
  position: number | null;
  /** Agents' messages past the visitor's read mark. */
  unread: number;
}

/** Head and outline of a conversation as its visitor sees it (I12): public seqs, names, no ids of members. */
export function presentVisitorConversation(
  record: ConversationRecord,
  company: OutlineCompany,
): VisitorConversation {
  const stage = stageOf(record.phase);
  return {
    id: record.conversationId,
    stage,
    open: record.closedAt === null,
    head: record.lastPublicSeq,
    agent: record.ownerId === null ? null : { name: nameOf(company.names, record.ownerId) },
    position: stage === 'waiting' ? company.position : null,
    readSeq: record.visitorReadSeq,
    agentReadSeq: record.agentReadSeq,
    rating: record.rating,
    ratingAsked: record.memory.ratingAsked === true,
    unread: company.unread,
    preview: record.preview,
    createdAt: instant(record.createdAt),
    lastAt: instant(lastAt(record)),
  };
}
