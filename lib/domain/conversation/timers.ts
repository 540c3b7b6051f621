import type { Effect, LiveTimer, Snapshot } from './model.ts';

type Clocked = Pick<Snapshot, 'lastVisitorAt' | 'lastAgentAt' | 'queuedAt'>;

/**
 * When a live timer is due, by what the conversation knows now. Visitor and agent delays never count
 * from before the state was entered, or a state entered late would end at once; queued ones do,
 * because the age of waiting outlives states.
 */
export function dueAt(timer: LiveTimer, at: Clocked): number {
  switch (timer.base) {
    case 'entered':
      return timer.startedAt + timer.delayMs;
    case 'visitor':
      return Math.max(timer.startedAt, at.lastVisitorAt ?? 0) + timer.delayMs;
    case 'agent':
      return Math.max(timer.startedAt, at.lastAgentAt ?? 0) + timer.delayMs;
    case 'queued':
      return (at.queuedAt ?? timer.startedAt) + timer.delayMs;
    default:
      return timer.base satisfies never;
  }
}

/** ms after which a due timer whose guards all say no asks again (rule T4). */
export function retryMs(timer: LiveTimer): number {
  const follows = timer.base === 'visitor' || timer.base === 'agent';
  return follows
    ? Math.max(timer.delayMs, 1_000)
    : Math.min(Math.max(timer.delayMs, 1_000), 30_000);
}

/** Row effects that turn the timers of `before` into those of `after`. */
export function timerEffects(before: Snapshot | null, after: Snapshot): Effect[] {
  const effects: Effect[] = [];
  if (before?.timers === after.timers) return effects;
  for (const name in before?.timers) {
    if (!Object.hasOwn(after.timers, name)) effects.push({ type: 'timer.clear', name });
  }
  for (const name in after.timers) {
    const timer = after.timers[name];
    if (!timer || before?.timers[name]?.gen === timer.gen) continue;
    effects.push({ type: 'timer.set', name, gen: timer.gen, dueAt: dueAt(timer, after) });
  }
  return effects;
}

/** When the pending offer or transfer lapses; null when there is none. */
export function offerExpiresAt(snapshot: Snapshot): number | null {
  const hold = Object.values(snapshot.timers).find((timer) => timer.hold);
  return hold ? dueAt(hold, snapshot) : null;
}
