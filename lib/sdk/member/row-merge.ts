import type { ConversationRow } from '#lib/protocol/member.ts';
import { keepIfSame } from '../core/store.ts';

/**
 * Which of two answers about one row is shown. Answers may overtake each other: each change but a
 * read mark is an event, so `head` tells the newer one; read marks only move forward (D6).
 * @param readSeq how far this device has read, perhaps not yet told to the server
 */
export function mergeRow(
  before: ConversationRow | undefined,
  next: ConversationRow,
  readSeq: number,
): ConversationRow {
  const newer = before && before.head > next.head ? before : next;
  const read = Math.max(before?.readSeq ?? 0, next.readSeq, readSeq);
  const merged: ConversationRow = {
    ...newer,
    readSeq: read,
    unread: read > newer.readSeq ? newer.lastVisitorSeq > read : newer.unread,
    visitorReadSeq: Math.max(before?.visitorReadSeq ?? 0, next.visitorReadSeq),
  };
  if (!before) return merged;
  merged.contact = keepIfSame(before.contact, merged.contact);
  return keepIfSame(before, merged);
}
