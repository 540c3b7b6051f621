import type { Snapshot } from './model.ts';

/** Changed fields of a snapshot with their new values; of a new conversation, all of them. JSON. */
export type SnapshotPatch = Partial<Snapshot>;

function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = Object.entries(a).filter(([, value]) => value !== undefined);
  const right = new Map(Object.entries(b).filter(([, value]) => value !== undefined));
  return (
    left.length === right.size &&
    left.every(([key, value]) => right.has(key) && same(value, right.get(key)))
  );
}

export function diff(before: Snapshot | null, after: Snapshot): SnapshotPatch {
  if (before === null) return { ...after };
  const changed = Object.entries(after).filter(
    ([key, value]) => !same(Reflect.get(before, key), value),
  );
  return Object.fromEntries(changed) as SnapshotPatch;
}

/** The inverse of `diff`: folding a conversation's patches in seq order gives its row (I5). */
export function applyPatch(before: Snapshot | null, patch: SnapshotPatch): Snapshot {
  return { ...before, ...patch } as Snapshot;
}
