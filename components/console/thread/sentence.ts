import type { MemberEventWire } from '#lib/protocol/member.ts';
import type { QuietEvent } from './blocks.ts';

type Transition = Extract<MemberEventWire, { kind: 'transition' }>;

/** A quiet line: a key below `console.quiet` and the names it mentions, as ids. */
export interface Sentence {
  key: SentenceKey;
  memberId?: string | null;
  byId?: string | null;
  queueId?: string | null;
}

export type SentenceKey =
  | 'queued'
  | 'queuedPlain'
  | 'offered'
  | 'assigned'
  | 'accepted'
  | 'declined'
  | 'offerExpired'
  | 'targetLost'
  | 'took'
  | 'tookFrom'
  | 'transferRequested'
  | 'transferredToQueue'
  | 'transferAccepted'
  | 'transferDeclined'
  | 'transferExpired'
  | 'transferCancelled'
  | 'returned'
  | 'ownerLost'
  | 'endedByVisitor'
  | 'endedBy'
  | 'wrapup'
  | 'idle'
  | 'finished'
  | 'closed'
  | 'offline'
  | 'reopened'
  | 'moved';

/** What happened, from where the conversation came and what moved it. */
export function sentenceOf(event: Transition, previous: Transition | null): Sentence {
  const before = { owner: previous?.ownerId ?? null, target: previous?.targetMemberId ?? null };
  const { ownerId, targetMemberId, queueId, phase, trigger } = event;
  const actor = event.actor.kind === 'member' ? event.actor.id : null;
  switch (trigger) {
    case 'offer.made':
      return targetMemberId
        ? { key: 'offered', memberId: targetMemberId }
        : { key: 'assigned', memberId: ownerId };
    case 'offer.accepted':
      return { key: 'accepted', memberId: ownerId };
    case 'offer.declined':
      return { key: 'declined', memberId: actor ?? before.target };
    case 'target.lost':
      return { key: 'targetLost', memberId: before.target };
    case 'agent.took':
      return before.owner && before.owner !== ownerId
        ? { key: 'tookFrom', memberId: ownerId, byId: before.owner }
        : { key: 'took', memberId: ownerId };
    case 'transfer.requested':
      return targetMemberId
        ? { key: 'transferRequested', byId: actor ?? ownerId, memberId: targetMemberId }
        : { key: 'transferredToQueue', byId: actor ?? before.owner, queueId };
    case 'transfer.accepted':
      return { key: 'transferAccepted', memberId: ownerId };
    case 'transfer.declined':
      return { key: 'transferDeclined', memberId: actor ?? before.target };
    case 'transfer.cancelled':
      return { key: 'transferCancelled', memberId: actor ?? ownerId };
    case 'owner.returned':
      return { key: 'returned', memberId: actor ?? before.owner };
    case 'owner.lost':
      return { key: 'ownerLost', memberId: before.owner };
    case 'wrapup.finished':
      return { key: 'finished', memberId: actor ?? before.owner };
    case 'conversation.ended':
      return event.actor.kind === 'visitor'
        ? { key: 'endedByVisitor' }
        : { key: 'endedBy', memberId: actor ?? before.owner };
    case 'visitor.message':
      return ownerId ? { key: 'reopened', memberId: ownerId } : byPhase(event);
    case 'after:offer':
      return { key: 'offerExpired', memberId: before.target };
    case 'after:transfer':
      return { key: 'transferExpired', memberId: before.target };
    case 'after:visitorIdle':
      return { key: 'idle' };
    default:
      return phase === 'wrapup' ? { key: 'wrapup' } : byPhase(event);
  }
}

/** For triggers of flows the business made itself: say where it is now. */
function byPhase(event: Transition): Sentence {
  switch (event.phase) {
    case 'queued':
      return event.queueId ? { key: 'queued', queueId: event.queueId } : { key: 'queuedPlain' };
    case 'offered':
      return { key: 'offered', memberId: event.targetMemberId };
    case 'serving':
      return { key: 'assigned', memberId: event.ownerId };
    case 'offline':
      return { key: 'offline' };
    case 'closed':
      return { key: 'closed' };
    default:
      return { key: 'moved' };
  }
}

/** Lines that say nothing an agent needs: the visitor's own waiting texts. */
export function isWorthShowing(event: QuietEvent): boolean {
  return event.kind !== 'line' || !['waiting', 'conversation_ended'].includes(event.line);
}
