import type { Pool } from 'pg';
import { leaseHolds } from '#server/leases/index.ts';

/** Shards of the timer table; a conversation's is fixed by its id. */
export const SHARDS = Array.from({ length: 16 }, (_, shard) => String(shard));
export const SHARD_PREFIX = 'timers:';

export interface DueTimer {
  workspaceId: string;
  conversationId: string;
  name: string;
  gen: number;
  /** ms by the database's clock */
  dueAt: number;
  /** ms from now until due; negative when overdue. */
  inMs: number;
}

interface DueColumns {
  workspace_id: string;
  conversation_id: string;
  name: string;
  gen: number;
  due_at: number;
  in_ms: number;
}

/**
 * Timers due within `aheadMs` in the shards whose leases this node still holds at these epochs,
 * earliest first.
 */
export async function claimDue(
  pool: Pool,
  nodeId: string,
  held: ReadonlyMap<string, string>,
  aheadMs: number,
  limit: number,
): Promise<DueTimer[]> {
  const { rows } = await pool.query<DueColumns>({
    name: 'timers_due',
    text: `WITH held AS MATERIALIZED (
        SELECT shard::smallint FROM unnest($2::text[], $3::bigint[]) AS known(shard, epoch)
        WHERE ${leaseHolds(`'${SHARD_PREFIX}' || known.shard`, '$1', 'known.epoch')})
      SELECT due.workspace_id, due.conversation_id, due.name, due.gen,
        (extract(epoch FROM due.due_at) * 1000)::float8 AS due_at,
        (extract(epoch FROM due.due_at - clock_timestamp()) * 1000)::float8 AS in_ms
      FROM held CROSS JOIN LATERAL (
        SELECT t.* FROM timer t
        WHERE t.shard = held.shard
          AND t.due_at <= clock_timestamp() + make_interval(secs => $4::float8 / 1000)
        ORDER BY t.due_at LIMIT $5) AS due
      ORDER BY due.due_at LIMIT $5`,
    values: [nodeId, [...held.keys()], [...held.values()], aheadMs, limit],
  });
  return rows.map((row) => ({
    workspaceId: row.workspace_id,
    conversationId: row.conversation_id,
    name: row.name,
    gen: row.gen,
    dueAt: row.due_at,
    inMs: row.in_ms,
  }));
}
