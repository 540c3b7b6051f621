import { metrics } from '#lib/observability/metrics/instruments.ts';
import type { DueTimer } from './claim.ts';

/** Timers looked at one after another are looked at again, at the latest, after this many ms. */
const BACKOFF = { firstMs: 1_000, mostMs: 60_000 };

const idOf = (timer: DueTimer) => `${timer.conversationId} ${timer.name} ${timer.gen}`;

/**
 * What is due within the next moment, in memory: each timer is fired once at its time, at most
 * `width` at once, and one that fails waits longer each time.
 */
export function createSchedule(options: {
  width: number;
  fire: (timer: DueTimer) => Promise<'done' | 'later'>;
}) {
  /** Waiting for their time, in line, or firing. */
  const known = new Map<string, NodeJS.Timeout | 'ready'>();
  const failed = new Map<string, { times: number; notBefore: number }>();
  /** With the time each was due at, ms of performance.now(). */
  const ready: { timer: DueTimer; due: number }[] = [];
  const firing = new Set<Promise<void>>();

  function pump(): void {
    while (firing.size < options.width) {
      const next = ready.shift();
      if (!next) return;
      metrics.timersLate.observe(Math.max(0, performance.now() - next.due) / 1000);
      const run = one(next.timer).finally(() => {
        firing.delete(run);
        pump();
      });
      firing.add(run);
    }
  }

  async function one(timer: DueTimer): Promise<void> {
    const id = idOf(timer);
    const outcome = await options.fire(timer);
    known.delete(id);
    if (outcome === 'done') {
      failed.delete(id);
      return;
    }
    const times = (failed.get(id)?.times ?? 0) + 1;
    const wait = Math.min(BACKOFF.firstMs * 2 ** (times - 1), BACKOFF.mostMs);
    failed.set(id, { times, notBefore: performance.now() + wait });
  }

  /** What was not asked for again long after its wait is somebody else's, or gone. */
  function forget(): void {
    const before = performance.now() - BACKOFF.mostMs;
    for (const [id, { notBefore }] of failed) {
      if (notBefore < before && !known.has(id)) failed.delete(id);
    }
  }

  return {
    /** Takes a timer on, unless it is on already or has failed a moment ago. */
    add(timer: DueTimer): void {
      const id = idOf(timer);
      if (known.has(id)) return;
      const notBefore = failed.get(id)?.notBefore ?? 0;
      if (notBefore > performance.now()) return;
      const due = performance.now() + timer.inMs;
      const start = () => {
        known.set(id, 'ready');
        ready.push({ timer, due });
        pump();
      };
      if (timer.inMs <= 0) start();
      else known.set(id, setTimeout(start, Math.ceil(timer.inMs)));
    },
    /** How many rows a poll may return again without news. */
    get taken(): number {
      forget();
      return known.size + failed.size;
    },
    /** Drops what waits and resolves when what fires is over. */
    async stop(): Promise<void> {
      for (const wait of known.values()) if (wait !== 'ready') clearTimeout(wait);
      known.clear();
      ready.length = 0;
      await Promise.all(firing);
    },
  };
}
