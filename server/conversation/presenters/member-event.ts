import type { MemberEventWire } from '#lib/protocol/member.ts';
import type { StoredEvent } from '../records.ts';
import { type ReadableEvent, readEvent } from './event-data.ts';
import { instant } from './names.ts';

/** Keys that the server derives for further entries hold a space: they are nobody's outbox key. */
const OWN_KEY = /^[\x21-\x7e]{1,64}$/;

type Body = MemberEventWire extends infer E
  ? E extends unknown
    ? Omit<E, 'seq' | 'at' | 'actor'>
    : never
  : never;

function body(read: ReadableEvent, event: StoredEvent): Body {
  // The visitor's keys are the visitor's own business.
  const mine = event.actorKind === 'member' && OWN_KEY.test(event.clientId);
  const key = mine ? { clientKey: event.clientId } : {};
  switch (read.kind) {
    case 'message.sent':
      return { kind: 'message', text: read.data.text, publicSeq: event.publicSeq ?? 0, ...key };
    case 'note.added':
      return { kind: 'note', text: read.data.text, ...key };
    case 'line.said':
      return { kind: 'line', line: read.data.line };
    case 'conversation.transitioned': {
      const { from, to, trigger, after, about } = read.data;
      return {
        kind: 'transition',
        from,
        to,
        trigger,
        phase: after.phase,
        ownerId: after.ownerId,
        targetMemberId: after.targetMemberId,
        queueId: after.queueId,
        ...(about?.note === undefined ? {} : { note: about.note }),
        ...(about?.explanation === undefined ? {} : { explanation: about.explanation }),
      };
    }
    case 'contact.left':
    case 'contact.identified':
      return { kind: 'contact', name: read.data.name, email: read.data.email };
    case 'rating.given':
      return {
        kind: 'rating',
        score: read.data.score,
        ...(read.data.comment === null ? {} : { comment: read.data.comment }),
      };
    case 'conversation.opened':
      return { kind: 'opened', page: read.data.page, previousId: read.data.previousId };
  }
}

/** An event as members see it, under its seq. What cannot be read keeps its seq and name. */
export function presentMemberEvent(event: StoredEvent): MemberEventWire {
  const read = readEvent(event);
  const shown: Body = read === null ? { kind: 'unknown', name: event.kind } : body(read, event);
  return {
    seq: event.seq,
    at: instant(event.at),
    actor: { kind: event.actorKind, id: event.actorId },
    ...shown,
  };
}
