import type { Snapshot } from '#lib/domain/conversation/model.ts';
import type { ConversationRecord, EventData, EventKind, StoredEvent } from './records.ts';

const PREVIEW_LENGTH = 160;

/** Whole code points only: half a surrogate pair cannot be stored. */
export function previewOf(text: string): string {
  if (text.length <= PREVIEW_LENGTH) return text;
  return Array.from(text.slice(0, 2 * PREVIEW_LENGTH))
    .slice(0, PREVIEW_LENGTH)
    .join('');
}

function dataOf<K extends EventKind>(event: StoredEvent, _kind: K): EventData[K] {
  return event.data as unknown as EventData[K];
}

function opened(event: StoredEvent): ConversationRecord {
  const { patch, visitorId, flowVersionId, previousId } = dataOf(event, 'conversation.opened');
  return {
    ...patch,
    visitorId,
    flowVersionId,
    previousId,
    lastSeq: 0,
    lastPublicSeq: 0,
    lastVisitorSeq: 0,
    lastAgentSeq: 0,
    preview: '',
    previewBy: '',
    visitorReadSeq: 0,
    agentReadSeq: 0,
    rating: null,
  };
}

function changed(event: StoredEvent): Partial<ConversationRecord> {
  switch (event.kind) {
    case 'message.sent': {
      const preview = previewOf(dataOf(event, 'message.sent').text);
      const line = { preview, previewBy: event.actorKind };
      if (event.actorKind === 'visitor') {
        return { ...line, lastVisitorAt: event.at, lastVisitorSeq: event.seq };
      }
      if (event.actorKind === 'member') {
        return { ...line, lastAgentAt: event.at, lastAgentSeq: event.seq };
      }
      return line;
    }
    case 'rating.given':
      return { rating: dataOf(event, 'rating.given').score };
    case 'contact.identified':
      return { contactId: dataOf(event, 'contact.identified').contactId };
    case 'conversation.transitioned':
      return dataOf(event, 'conversation.transitioned').patch as Partial<Snapshot>;
    default:
      // Notes, lines and kinds of a newer server move only the numbers.
      return {};
  }
}

/**
 * One event more: the row is the fold of its events (I5). The append path makes every row it writes
 * with this function. Read marks are outside the log and stay as they are.
 */
export function foldEvent(
  record: ConversationRecord | null,
  event: StoredEvent,
): ConversationRecord {
  if (event.kind === 'conversation.opened') {
    return numbered(opened(event), event);
  }
  if (!record) throw new Error(`a log begins with conversation.opened, not ${event.kind}`);
  return numbered({ ...record, ...changed(event) }, event);
}

function numbered(record: ConversationRecord, event: StoredEvent): ConversationRecord {
  return {
    ...record,
    lastSeq: event.seq,
    lastPublicSeq: event.publicSeq ?? record.lastPublicSeq,
  };
}
