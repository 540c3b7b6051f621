import type { FlowEvent } from '#lib/domain/conversation/index.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import { type RoutingRun, routingCtx, shardOfQueue } from './ports.ts';
import type { Waiting } from './waiting.ts';

interface Concerned {
  workspaceId: string;
  conversationId: string;
  queueId: string;
  stateRev: number;
}

/** Tells conversations that their queue is (un)staffed; what follows their flow says. */
async function tell(
  run: RoutingRun,
  type: 'queue.staffed' | 'queue.unstaffed',
  concerned: readonly Concerned[],
): Promise<void> {
  await Promise.all(
    concerned.map(async ({ workspaceId, conversationId, queueId, stateRev }) => {
      const event: FlowEvent = { type, queueId };
      try {
        await run.conversations.append({
          ctx: routingCtx(workspaceId),
          conversationId,
          key: { source: 'routing', clientId: `${type}:${stateRev}` },
          entries: [],
          event,
          guard: (record) => (record.stateRev === stateRev ? null : 'conflict'),
        });
      } catch (error) {
        const code = error instanceof ParlourError ? error.code : 'internal';
        if (code !== 'conflict')
          run.log.warn({ err: error, conversationId }, 'routing_tell_failed');
      }
    }),
  );
}

/**
 * Queues among `queueIds` that nobody staffs: no member of theirs is available and present, or absent
 * for less than the grace (a reload of the only agent's page must not send everybody away).
 */
async function unstaffed(run: RoutingRun, queueIds: readonly string[]): Promise<Set<string>> {
  const { rows } = await run.pool.query<{ id: string }>({
    name: 'routing_unstaffed',
    text: `SELECT asked.id FROM unnest($1::uuid[]) AS asked(id)
      WHERE NOT EXISTS (
        SELECT FROM queue_member qm
        JOIN member m ON m.id = qm.member_id AND m.removed_at IS NULL
        JOIN member_state s ON s.member_id = qm.member_id AND s.workspace_id = qm.workspace_id
        WHERE qm.queue_id = asked.id AND s.availability = 'available' AND (s.present
          OR s.absent_since > clock_timestamp() - make_interval(secs => $2::float8 / 1000)))`,
    values: [queueIds, run.graceMs],
  });
  return new Set(rows.map((row) => row.id));
}

/** Who waits where nobody is. @returns those who still wait where somebody is */
export async function dismissUnstaffed(
  run: RoutingRun,
  items: readonly Waiting[],
): Promise<Waiting[]> {
  const queues = [...new Set(items.map((item) => item.queueId))];
  const empty = await unstaffed(run, queues);
  await tell(
    run,
    'queue.unstaffed',
    items.filter((item) => empty.has(item.queueId)),
  );
  return items.filter((item) => !empty.has(item.queueId));
}

/** Offline conversations of staffed queues of `shards` whose visitor wrote at most `withinMs` ago. */
export async function recallOffline(
  run: RoutingRun,
  shards: readonly string[],
  withinMs: number,
): Promise<void> {
  const { rows } = await run.pool.query<{
    workspace_id: string;
    id: string;
    queue_id: string;
    state_rev: number;
  }>({
    name: 'routing_offline',
    text: `WITH staffed AS MATERIALIZED (
        SELECT DISTINCT qm.workspace_id, qm.queue_id FROM queue_member qm
        JOIN member m ON m.id = qm.member_id AND m.removed_at IS NULL
        JOIN member_state s ON s.member_id = qm.member_id AND s.workspace_id = qm.workspace_id
        WHERE ${shardOfQueue('qm.queue_id')} = ANY ($1) AND s.availability = 'available' AND s.present)
      SELECT c.workspace_id, c.id, c.queue_id, c.state_rev
      FROM staffed JOIN conversation c ON c.workspace_id = staffed.workspace_id
        AND c.phase = 'offline' AND c.closed_at IS NULL AND c.queue_id = staffed.queue_id
        AND c.last_visitor_at > clock_timestamp() - make_interval(secs => $2::float8 / 1000)
      ORDER BY c.last_visitor_at LIMIT 500`,
    values: [shards, withinMs],
  });
  await tell(
    run,
    'queue.staffed',
    rows.map((row) => ({
      workspaceId: row.workspace_id,
      conversationId: row.id,
      queueId: row.queue_id,
      stateRev: row.state_rev,
    })),
  );
}
