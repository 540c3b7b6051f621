import type { FlowEvent, RefusalCode, Snapshot } from './model.ts';
import { hasOwner } from './phases.ts';

/**
 * Whether an event may reach the flow at all (rules A1–A12): the platform's own answer, the same for
 * every flow. `ignored`: late or repeated news that concerns nobody any more.
 */
export type Admission =
  | { kind: 'admitted' }
  | { kind: 'ignored' }
  | { kind: 'refused'; code: RefusalCode };

const ADMITTED: Admission = { kind: 'admitted' };
const IGNORED: Admission = { kind: 'ignored' };
const refused = (code: RefusalCode): Admission => ({ kind: 'refused', code });

function ownerOnly(snapshot: Snapshot, memberId: string): Admission {
  return snapshot.ownerId === memberId ? ADMITTED : refused('not_owner');
}

/** An answer to an offer; a transfer whose owner went goes on as an offer, so both names serve both. */
function answer(snapshot: Snapshot, memberId: string): Admission {
  if (snapshot.targetMemberId === memberId) return ADMITTED;
  return refused(snapshot.ownerId === memberId ? 'already_owner' : 'offer_gone');
}

function taking(snapshot: Snapshot, memberId: string, override: boolean): Admission {
  if (snapshot.ownerId === memberId) return refused('already_owner');
  const holder = snapshot.ownerId ?? snapshot.targetMemberId;
  if (holder === null || holder === memberId || override) return ADMITTED;
  return refused('already_taken');
}

function onClosed(event: FlowEvent): Admission {
  switch (event.type) {
    case 'timer.fired':
    case 'owner.lost':
    case 'target.lost':
    case 'queue.staffed':
    case 'queue.unstaffed':
    case 'conversation.opened':
      return IGNORED;
    default:
      return refused('conversation_closed');
  }
}

export function admit(snapshot: Snapshot, event: FlowEvent): Admission {
  if (snapshot.phase === 'closed') return onClosed(event);
  switch (event.type) {
    case 'conversation.opened':
      return IGNORED;
    case 'visitor.message':
      return ADMITTED;
    case 'agent.message':
      return ownerOnly(snapshot, event.memberId);
    case 'offer.made':
      return snapshot.phase === 'queued' && !snapshot.declinedBy.includes(event.memberId)
        ? ADMITTED
        : refused('not_possible_now');
    case 'offer.accepted':
    case 'offer.declined':
    case 'transfer.accepted':
    case 'transfer.declined':
      return answer(snapshot, event.memberId);
    case 'agent.took':
      return taking(snapshot, event.memberId, event.override);
    case 'transfer.requested':
      if (snapshot.ownerId !== event.by) return refused('not_owner');
      if (snapshot.phase !== 'serving') return refused('not_possible_now');
      return event.to.kind === 'member' && event.to.memberId === event.by
        ? refused('transfer_to_self')
        : ADMITTED;
    case 'transfer.cancelled':
      if (snapshot.ownerId !== event.by) return refused('not_owner');
      return snapshot.phase === 'transferring' ? ADMITTED : refused('offer_gone');
    case 'owner.returned':
      if (snapshot.ownerId !== event.memberId) return refused('not_owner');
      return snapshot.phase === 'serving' ? ADMITTED : refused('not_possible_now');
    case 'owner.lost':
      return snapshot.ownerId === event.memberId ? ADMITTED : IGNORED;
    case 'target.lost':
      return snapshot.targetMemberId === event.memberId ? ADMITTED : IGNORED;
    case 'queue.staffed':
    case 'queue.unstaffed':
      return snapshot.queueId === event.queueId ? ADMITTED : IGNORED;
    case 'conversation.ended':
      if (event.by === 'visitor') return ADMITTED;
      return hasOwner(snapshot.phase) && snapshot.ownerId === event.memberId
        ? ADMITTED
        : refused('not_owner');
    case 'wrapup.finished':
      if (snapshot.ownerId !== event.memberId) return refused('not_owner');
      return snapshot.phase === 'wrapup' ? ADMITTED : refused('not_possible_now');
    case 'timer.fired':
      return snapshot.timers[event.name]?.gen === event.gen ? ADMITTED : IGNORED;
    default:
      return event satisfies never;
  }
}

/** Events that somebody waits for an answer to: without a transition they are refused, not ignored. */
export function isCommand(event: FlowEvent): boolean {
  switch (event.type) {
    case 'offer.made':
    case 'offer.accepted':
    case 'offer.declined':
    case 'agent.took':
    case 'transfer.requested':
    case 'transfer.accepted':
    case 'transfer.declined':
    case 'transfer.cancelled':
    case 'owner.returned':
    case 'conversation.ended':
    case 'wrapup.finished':
      return true;
    default:
      return false;
  }
}
