import type { FlowEvent, Phase, Snapshot } from './model.ts';
import { hasOwner, hasTarget } from './phases.ts';

/**
 * Who holds a conversation after a step follows from the event and the phase it led to, never from
 * what the flow says (rules H1–H6). What does not follow stays null and is caught as a violation.
 */
export interface Holds {
  ownerId: string | null;
  targetMemberId: string | null;
  declinedBy: readonly string[];
}

export interface HoldsInput {
  before: Snapshot;
  event: FlowEvent;
  phase: Phase;
  queueId: string | null;
  /** The state was left (and perhaps entered again) by this step. */
  left: boolean;
}

/** To whom the event itself gives the conversation. */
function granted(event: FlowEvent): string | null {
  switch (event.type) {
    case 'offer.made':
    case 'offer.accepted':
    case 'transfer.accepted':
    case 'agent.took':
      return event.memberId;
    default:
      return null;
  }
}

function ownerAfter({ before, event, phase }: HoldsInput): string | null {
  if (!hasOwner(phase)) return null;
  // Who is gone or gave it back never stays owner, wherever the flow leads (I9).
  if (event.type === 'owner.lost' || event.type === 'owner.returned') return null;
  return granted(event) ?? before.ownerId;
}

function targetAfter({ before, event, phase, left }: HoldsInput): string | null {
  if (!hasTarget(phase)) return null;
  if (event.type === 'offer.made') return phase === 'offered' ? event.memberId : null;
  if (event.type === 'transfer.requested') {
    return phase === 'transferring' && event.to.kind === 'member' ? event.to.memberId : null;
  }
  // Who is gone or said no holds it no more, wherever the flow leads (I9); a flow that stays is refused.
  if (
    event.type === 'target.lost' ||
    event.type === 'offer.declined' ||
    event.type === 'transfer.declined'
  ) {
    return null;
  }
  // A transfer whose owner is gone goes on as an offer to the same member (I7).
  if (event.type === 'owner.lost') return before.targetMemberId;
  return left ? null : before.targetMemberId;
}

/** Members who are not asked again while it waits here. */
function declinedAfter({ before, event, phase, queueId, left }: HoldsInput): readonly string[] {
  if (phase !== 'queued' && phase !== 'offered') return [];
  if (event.type === 'owner.returned') return [event.memberId];
  if (event.type === 'transfer.requested') return [event.by];
  const kept = before.queueId === queueId ? before.declinedBy : [];
  const target = before.targetMemberId;
  if (before.phase !== 'offered' || !left || target === null || kept.includes(target)) return kept;
  const refused =
    event.type === 'offer.declined' ||
    event.type === 'transfer.declined' ||
    (event.type === 'timer.fired' && before.timers[event.name]?.hold === true);
  return refused ? [...kept, target] : kept;
}

export function holdsAfter(input: HoldsInput): Holds {
  return {
    ownerId: ownerAfter(input),
    targetMemberId: targetAfter(input),
    declinedBy: declinedAfter(input),
  };
}
