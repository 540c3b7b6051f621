import type { Snapshot } from './model.ts';
import { hasOwner, hasTarget } from './phases.ts';

/** What of I1–I3 and I10 a snapshot breaks; empty when it is sound. Held by every stored row. */
export function violations(snapshot: Snapshot): string[] {
  const found: string[] = [];
  const { phase, ownerId, targetMemberId } = snapshot;
  if ((ownerId !== null) !== hasOwner(phase)) {
    found.push(`I1: ${phase} ${ownerId === null ? 'without' : 'with'} an owner`);
  }
  if ((targetMemberId !== null) !== hasTarget(phase)) {
    found.push(`I3: ${phase} ${targetMemberId === null ? 'without' : 'with'} a target`);
  }
  if (targetMemberId !== null && targetMemberId === ownerId) {
    found.push('I3: a transfer from a member to the same member');
  }
  let holds = 0;
  let timers = 0;
  for (const name in snapshot.timers) {
    timers += 1;
    if (snapshot.timers[name]?.hold) holds += 1;
  }
  if (holds !== (hasTarget(phase) ? 1 : 0)) found.push(`I3: ${phase} with ${holds} offer timers`);
  if (phase === 'queued' && (snapshot.queueId === null || snapshot.queuedAt === null)) {
    found.push('I2: queued without a queue or an age');
  }
  if ((snapshot.closedAt !== null) !== (phase === 'closed')) {
    found.push('I10: closed and closedAt disagree');
  }
  if (phase === 'closed' && timers > 0) {
    found.push('I10: a closed conversation with a timer');
  }
  return found;
}
