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

/** A member as locked with what they are given. */
export interface Bearer {
  present: boolean;
  available: boolean;
  /** Units; both as `weight`. */
  load: number;
  capacity: number;
}

/**
 * Why a member may not bear more, asked under their row's lock; null: they may. What frees is never
 * refused.
 * @param given self: they ask for it themselves; live: somebody waits in the state it comes to; override:
 *   a supervisor's, which the log keeps (I4)
 */
export function cannotBear(
  { present, available, load, capacity }: Bearer,
  delta: number,
  given: { self: boolean; live: boolean; override: boolean },
): 'member_unavailable' | 'at_capacity' | null {
  if (delta < 0) return null;
  // Routing and transfers decided on an older look; nobody absent is given anything (I9).
  if (!given.self && given.live && !(present && available)) return 'member_unavailable';
  return load + delta > capacity && !given.override ? 'at_capacity' : null;
}
