import { setTimeout } from 'node:timers/promises';
import type { Pool } from 'pg';
import { logger } from '#lib/observability/logger.ts';
import { type Members, PRESENCE_LEASE_MS } from '#server/conversation/members/index.ts';
import { indexEvents } from '#server/conversation/search/index.ts';
import { startLoop } from '#server/leases/index.ts';

const log = logger.child({ scope: 'maintenance' });

const PARTITIONS_MS = 6 * 3_600_000;
/** Ids reach a day ahead at most; three months leave room for a worker that is down for long. */
const MONTHS_AHEAD = 3;
const CONFIG_MS = 2_000;
const SEARCH_MS = 1_000;
/** Indexing yields to live messages: after each batch so many times what it took. */
const SEARCH_PAUSE = 3;

/** Makes the log's partitions of this month and the following ones; repeats are harmless. */
export async function ensurePartitions(pool: Pool): Promise<void> {
  await pool.query(
    `SELECT ensure_event_partition((date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => m))::date)
     FROM generate_series(0, $1::int) AS m`,
    [MONTHS_AHEAD],
  );
}

/** What some worker has to do now and then: partitions, dead nodes' presence, the members' log, the search index. */
export function startMaintenance({ pool, members }: { pool: Pool; members: Members }) {
  const revisions = new Map<string, string>();
  let stopping = false;
  const loops = [
    startLoop({
      name: 'search_index',
      everyMs: SEARCH_MS,
      log,
      work: async () => {
        let more = true;
        while (more && !stopping) {
          const began = performance.now();
          more = await indexEvents(pool);
          const pause = Math.min((performance.now() - began) * SEARCH_PAUSE, SEARCH_MS);
          if (more) await setTimeout(pause);
        }
      },
    }),
    startLoop({
      name: 'partitions',
      everyMs: PARTITIONS_MS,
      log,
      work: () => ensurePartitions(pool),
    }),
    startLoop({
      name: 'presence_sweep',
      everyMs: PRESENCE_LEASE_MS / 3,
      log,
      work: () => members.sweep(),
    }),
    startLoop({
      name: 'configuration_log',
      everyMs: CONFIG_MS,
      log,
      work: async () => {
        const { rows } = await pool.query<{ id: string; rev: string }>(
          'SELECT id, config_rev::text AS rev FROM workspace',
        );
        for (const { id, rev } of rows) {
          if (revisions.get(id) === rev) continue;
          try {
            await members.onConfigChanged(id);
            revisions.set(id, rev);
          } catch (error) {
            // Tried again next time; the workspaces behind this one do not wait for it.
            log.error({ err: error, workspaceId: id }, 'configuration_log_failed');
          }
        }
      },
    }),
  ];
  return {
    async stop(): Promise<void> {
      stopping = true;
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}
