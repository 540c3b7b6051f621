import type { Pool } from 'pg';
import type { RoutingItem } from '#lib/domain/routing/index.ts';
import { leaseHolds } from '#server/leases/index.ts';
import { ROUTING_PREFIX, shardOfQueue } from './ports.ts';

/** A conversation that waits in a queue, with how its queue offers. */
export interface Waiting extends RoutingItem {
  workspaceId: string;
  stateRev: number;
  auto: boolean;
  offerMs: number;
}

/** Looked at per queue and pass; who stands behind them is looked at when some have gone. */
const MOST_PER_QUEUE = 500;

interface WaitingRow {
  workspace_id: string;
  queue_id: string;
  accept_mode: string;
  offer_seconds: number;
  skills: { skillId: string; level: number }[];
  id: string;
  state_rev: number;
  priority: number;
  queued_at: number;
  weight: number;
  declined_by: string[];
  now: number;
}

/**
 * Who waits in the queues of the shards whose leases this node still holds at these epochs, by workspace in the
 * order of serving: priority, then age. `now` is the database's clock in ms.
 */
export async function claimWaiting(
  pool: Pool,
  nodeId: string,
  held: ReadonlyMap<string, string>,
): Promise<{ now: number; byWorkspace: Map<string, Waiting[]> }> {
  const { rows } = await pool.query<WaitingRow>({
    name: 'routing_waiting',
    text: `WITH held AS MATERIALIZED (
        SELECT known.shard FROM unnest($2::text[], $3::bigint[]) AS known(shard, epoch)
        WHERE ${leaseHolds(`'${ROUTING_PREFIX}' || known.shard`, '$1', 'known.epoch')})
      SELECT q.workspace_id, q.id AS queue_id, q.accept_mode, q.offer_seconds,
        coalesce((SELECT jsonb_agg(jsonb_build_object('skillId', s.skill_id, 'level', s.level))
          FROM queue_skill s WHERE s.queue_id = q.id AND s.workspace_id = q.workspace_id), '[]') AS skills,
        c.id, c.state_rev, c.priority, (extract(epoch FROM c.queued_at) * 1000)::float8 AS queued_at,
        c.weight, c.declined_by::text[] AS declined_by,
        (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now
      FROM held JOIN queue q ON ${shardOfQueue('q.id')} = held.shard
      CROSS JOIN LATERAL (
        SELECT * FROM conversation w
        WHERE w.queue_id = q.id AND w.phase = 'queued' AND w.workspace_id = q.workspace_id
        ORDER BY w.priority DESC, w.queued_at, w.id LIMIT ${MOST_PER_QUEUE}) AS c
      ORDER BY c.priority DESC, c.queued_at, c.id`,
    values: [nodeId, [...held.keys()], [...held.values()]],
  });
  const byWorkspace = new Map<string, Waiting[]>();
  for (const row of rows) {
    const items = byWorkspace.get(row.workspace_id) ?? [];
    byWorkspace.set(row.workspace_id, items);
    items.push({
      workspaceId: row.workspace_id,
      conversationId: row.id,
      queueId: row.queue_id,
      stateRev: row.state_rev,
      priority: row.priority,
      queuedAt: row.queued_at,
      weight: row.weight,
      requiredSkills: row.skills,
      declinedBy: row.declined_by,
      auto: row.accept_mode === 'auto',
      offerMs: row.offer_seconds * 1000,
    });
  }
  return { now: rows[0]?.now ?? 0, byWorkspace };
}
