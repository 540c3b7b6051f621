import { DEFAULT_POLICY } from '#lib/domain/routing/index.ts';
import type { Committed } from '#server/conversation/index.ts';
import { createLeaseGroup, LEASE, startLoop } from '#server/leases/index.ts';
import { assignWaiting } from './assign.ts';
import { missedBy, stepBack } from './missed-offer.ts';
import {
  QUEUE_SHARDS,
  RELIEF,
  ROUTING_PREFIX,
  type RoutingDeps,
  type RoutingRun,
} from './ports.ts';
import { relieve } from './relief.ts';
import { dismissUnstaffed, recallOffline } from './staffing.ts';
import { claimWaiting } from './waiting.ts';

export interface RoutingRunner {
  /** Finishes the running pass and gives the leases back. */
  stop(): Promise<void>;
}

/** How long an absent member keeps conversations. */
const GRACE_MS = 30_000;
/** Which offline conversations are told of a queue that has just been staffed; their flow decides. */
const RECALL_MS = 3_600_000;
/** The same, each time again: what a hint of another node did not reach. */
const RECALL_AGAIN_MS = 30_000;
const RETRY_MS = 100;

/**
 * Gives waiting conversations to members. Each queue is drained by one node at a time; a pass runs
 * after every commit or change of a member that this node hears of, and each second for what others
 * did. Correctness never rests on the lease: every write is checked again under the row's lock.
 */
export function startRouting(deps: RoutingDeps): RoutingRunner {
  const run: RoutingRun = {
    ...deps,
    log: deps.log.child({ scope: 'routing' }),
    graceMs: deps.graceMs ?? GRACE_MS,
    policy: deps.policy ?? DEFAULT_POLICY,
    pollMs: deps.pollMs ?? 1_000,
  };
  const { pool, nodeId, log } = run;
  const ttlMs = deps.leaseMs ?? LEASE.ttlMs;
  const leases = createLeaseGroup({ pool, nodeId, prefix: ROUTING_PREFIX, ttlMs });
  /** How far back the next pass looks for offline conversations; null: not at all. ms */
  let recallMs: number | null = RECALL_MS;
  let recalledAt = 0;
  let retry: NodeJS.Timeout | undefined;

  function heldShards(): Map<string, string> {
    const held = new Map(leases.held());
    held.delete(RELIEF);
    return held;
  }

  /** Asked when something says so, and each second for other nodes' news: there may be many offline. */
  async function recall(shards: readonly string[]): Promise<void> {
    if (recallMs === null && performance.now() - recalledAt < run.pollMs) return;
    const within = recallMs ?? RECALL_AGAIN_MS;
    recallMs = null;
    recalledAt = performance.now();
    await recallOffline(run, shards, within);
  }

  const leaseLoop = startLoop({
    name: 'routing_lease',
    everyMs: Math.min(ttlMs / 4, LEASE.everyMs),
    log,
    work: async () => {
      const had = leases.held().size;
      await leases.tick([RELIEF, ...QUEUE_SHARDS]);
      if (leases.held().size > had) {
        recallMs = RECALL_MS;
        passLoop.poke();
      }
    },
  });

  const passLoop = startLoop({
    name: 'routing_pass',
    everyMs: run.pollMs,
    log,
    work: async () => {
      const held = heldShards();
      if (held.size === 0) return;
      await recall([...held.keys()]);
      const { now, byWorkspace } = await claimWaiting(pool, nodeId, held);
      for (const [workspaceId, items] of byWorkspace) {
        const staffed = await dismissUnstaffed(run, items);
        if (staffed.length === 0) continue;
        if (await assignWaiting(run, workspaceId, staffed, now)) {
          clearTimeout(retry);
          retry = setTimeout(() => passLoop.poke(), RETRY_MS);
        }
      }
    },
  });

  const reliefLoop = startLoop({
    name: 'routing_relief',
    everyMs: run.pollMs,
    log,
    work: async () => {
      const epoch = leases.held().get(RELIEF);
      if (epoch !== undefined) await relieve(run, epoch);
    },
  });

  function onCommitted(committed: Committed): void {
    const { before, after, workspaceId } = committed;
    // A plain message concerns routing only where nobody was there to read it.
    if (after.phase === 'offline') recallMs ??= RECALL_AGAIN_MS;
    if (before !== after || after.phase === 'offline') passLoop.poke();
    const missed = missedBy(committed);
    if (missed === null || before === null) return;
    stepBack(run, workspaceId, missed, before.enteredAt).catch((error: unknown) =>
      log.warn({ err: error, memberId: missed }, 'routing_step_back_failed'),
    );
  }

  const unlisten = [
    deps.conversations.onCommitted(onCommitted),
    deps.members.onMemberChanged(({ what }) => {
      if (what !== 'load') {
        recallMs = RECALL_MS;
        reliefLoop.poke();
      }
      passLoop.poke();
    }),
  ];

  return {
    async stop() {
      for (const stop of unlisten) stop();
      clearTimeout(retry);
      await Promise.all([leaseLoop.stop(), passLoop.stop(), reliefLoop.stop()]);
      clearTimeout(retry);
      await leases.release();
    },
  };
}
