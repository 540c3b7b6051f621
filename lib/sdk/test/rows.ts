import type { ConversationRow } from '#lib/protocol/member.ts';

const START = Date.UTC(2026, 0, 1);
export const ME = '00000000-0000-7000-8000-00000000000a';
export const OTHER = '00000000-0000-7000-8000-00000000000b';
const QUEUE = '00000000-0000-7000-8000-00000000000c';

export function idOf(number: number): string {
  return `00000000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;
}

/** A queued row; `number` gives id and time. */
export function createRow(number: number, part: Partial<ConversationRow> = {}): ConversationRow {
  const at = new Date(START + number * 1000).toISOString();
  return {
    id: idOf(number),
    contact: { id: idOf(number), name: null, email: null, identified: false },
    channelId: QUEUE,
    channelName: 'Web',
    state: 'queued',
    phase: 'queued',
    stateRev: 1,
    enteredAt: at,
    queueId: QUEUE,
    queuedAt: at,
    priority: 0,
    ownerId: null,
    targetMemberId: null,
    offerExpiresAt: null,
    head: 1,
    lastVisitorSeq: 1,
    lastAgentSeq: 0,
    readSeq: 0,
    unread: true,
    visitorReadSeq: 0,
    preview: 'hi',
    previewBy: 'visitor',
    rating: null,
    createdAt: at,
    lastAt: at,
    closedAt: null,
    ...part,
  };
}
