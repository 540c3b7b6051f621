import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { metrics } from '#lib/observability/metrics/instruments.ts';
import type { Conversations } from '#server/conversation/index.ts';
import { createLeaseGroup, LEASE, startLoop } from '#server/leases/index.ts';
import { claimDue, SHARD_PREFIX, SHARDS } from './claim.ts';
import { fire } from './fire.ts';
import { createSchedule } from './schedule.ts';

export interface TimersDeps {
  pool: Pool;
  conversations: Pick<Conversations, 'append' | 'onCommitted'>;
  log: Logger;
  /** UUID of this process. */
  nodeId: string;
  /** Shorter in tests. */
  pollMs?: number;
  leaseMs?: number;
}

export interface Runner {
  /** Finishes what runs and gives the leases back. */
  stop(): Promise<void>;
}

const BATCH = 500;
const WIDTH = 200;

/**
 * Fires due timers. Each poll looks a little further than the next one, so that a timer fires at its
 * time and not at the next poll; commits of this node hint at timers due sooner than that.
 */
export function startTimers(deps: TimersDeps): Runner {
  const { pool, conversations, nodeId } = deps;
  const pollMs = deps.pollMs ?? 1_000;
  const ttlMs = deps.leaseMs ?? LEASE.ttlMs;
  const log = deps.log.child({ scope: 'timers' });
  const leases = createLeaseGroup({ pool, nodeId, prefix: SHARD_PREFIX, ttlMs });
  const schedule = createSchedule({
    width: WIDTH,
    async fire(timer) {
      const outcome = await fire({ ...deps, log }, timer);
      metrics.timersFired.add(outcome);
      return outcome === 'later' ? 'later' : 'done';
    },
  });
  const unwatch = metrics.timersHeld.from(() => [[[], schedule.taken]]);

  const leaseLoop = startLoop({
    name: 'timers_lease',
    everyMs: Math.min(ttlMs / 4, LEASE.everyMs),
    log,
    work: async () => {
      const had = leases.held().size;
      await leases.tick(SHARDS);
      if (leases.held().size > had) pollLoop.poke();
    },
  });

  const pollLoop = startLoop({
    name: 'timers_poll',
    everyMs: pollMs,
    log,
    work: async () => {
      const held = leases.held();
      if (held.size === 0) return;
      const limit = BATCH + schedule.taken;
      const due = await claimDue(pool, nodeId, held, pollMs * 1.2, limit);
      for (const timer of due) schedule.add(timer);
      if (due.length === limit) pollLoop.poke();
    },
  });

  let soon: NodeJS.Timeout | undefined;
  const unlisten = conversations.onCommitted(({ timers }) => {
    // A due time is the database's, an offset to this clock is unknown: any timer that could fall
    // before the next poll asks for one, and the poll reads the exact time.
    const short = timers.some((timer) => timer.dueAt - Date.now() < pollMs * 2);
    if (!short || soon) return;
    soon = setTimeout(() => {
      soon = undefined;
      pollLoop.poke();
    }, pollMs / 20);
  });

  return {
    async stop() {
      unwatch();
      unlisten();
      clearTimeout(soon);
      await Promise.all([leaseLoop.stop(), pollLoop.stop()]);
      await schedule.stop();
      await leases.release();
    },
  };
}
