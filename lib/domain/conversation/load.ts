import type { Snapshot } from './model.ts';

export interface LoadChange {
  memberId: string;
  /** Units of capacity; negative frees. Never 0. */
  delta: number;
}

function loads(snapshot: Snapshot | null): Map<string, number> {
  const held = new Map<string, number>();
  if (!snapshot) return held;
  // A Map keyed by member counts an owner who is also the target once.
  if (snapshot.ownerId !== null) held.set(snapshot.ownerId, snapshot.weight);
  if (snapshot.targetMemberId !== null) held.set(snapshot.targetMemberId, snapshot.weight);
  return held;
}

/**
 * What a transition does to members' loads (I4): a member's load is the sum of weights of what they
 * own (wrap-up included) and what is offered to them. Sorted by member id, the order of locking.
 */
export function loadChanges(before: Snapshot | null, after: Snapshot | null): LoadChange[] {
  const was = loads(before);
  const is = loads(after);
  const changes: LoadChange[] = [];
  for (const memberId of new Set([...was.keys(), ...is.keys()])) {
    const delta = (is.get(memberId) ?? 0) - (was.get(memberId) ?? 0);
    if (delta !== 0) changes.push({ memberId, delta });
  }
  return changes.sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
}
