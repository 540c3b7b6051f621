import type { Pool } from 'pg';
import { buildInfo } from '#lib/build-info.ts';
import { metrics } from '#lib/observability/metrics/index.ts';
import { PROTOCOL_VERSION } from '#lib/protocol/version.ts';
import type { Conversations } from '#server/conversation/index.ts';
import type { Readiness } from '#server/http/index.ts';
import { kept } from './kept.ts';

/** Queues shown by name, those with the most waiting; the rest of a workspace is one series. */
const MOST_QUEUES = 200;
/** Timers are never exactly on time: what a healthy node does within its poll is not overdue. */
const OVERDUE_AFTER_S = 2;
const MOST_OVERDUE = 10_000;

interface QueueRow {
  workspace_id: string;
  name: string;
  waiting: number;
  oldest: number;
}

async function queues(pool: Pool): Promise<QueueRow[]> {
  const { rows } = await pool.query<QueueRow>({
    name: 'metrics.queues',
    text: `WITH counted AS (
        SELECT w.workspace_id, w.queue_id, count(*)::int AS waiting,
          extract(epoch FROM clock_timestamp() - min(w.queued_at))::float8 AS oldest
        FROM conversation w WHERE w.phase = 'queued' AND w.queue_id IS NOT NULL
        GROUP BY w.workspace_id, w.queue_id),
      ranked AS (SELECT counted.*, row_number() OVER (ORDER BY waiting DESC, queue_id) AS place FROM counted)
      SELECT r.workspace_id, CASE WHEN place <= $1 THEN q.name ELSE 'other' END AS name,
        sum(waiting)::int AS waiting, max(oldest) AS oldest
      FROM ranked r JOIN queue q ON q.id = r.queue_id AND q.workspace_id = r.workspace_id
      GROUP BY 1, 2`,
    values: [MOST_QUEUES],
  });
  return rows;
}

async function overdue(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>({
    name: 'metrics.timers_overdue',
    text: `SELECT count(*)::int AS count FROM (
        SELECT FROM generate_series(0, 15) AS part(shard) CROSS JOIN LATERAL (
          SELECT FROM timer t WHERE t.shard = part.shard::smallint
            AND t.due_at < clock_timestamp() - make_interval(secs => $1) LIMIT $2) AS late
        LIMIT $2) AS found`,
    values: [OVERDUE_AFTER_S, MOST_OVERDUE],
  });
  return rows[0]?.count ?? 0;
}

/** What a desk shows of itself and of the installation. @returns how to stop */
export function watchDesk(desk: {
  pool: Pool;
  nodeId: string;
  conversations: Conversations;
  readiness: () => Promise<Readiness>;
  /** Also looks at the queues and timers of the whole installation. */
  worker: boolean;
}): () => void {
  const { pool, conversations, readiness } = desk;
  const { version, commit } = buildInfo();
  const waiting = kept(() => queues(pool));
  const late = kept(() => overdue(pool));
  const stops = [
    metrics.build.from(() => [[[version, commit, desk.nodeId, String(PROTOCOL_VERSION)], 1]]),
    metrics.ready.from(async () => [[[], (await readiness()).ready ? 1 : 0]]),
    metrics.queued.from(() => {
      const { queue, lanes } = conversations.waiting();
      return [
        [['queue'], queue],
        [['lanes'], lanes],
      ];
    }),
    metrics.pool.from(() => [
      [['busy'], pool.totalCount - pool.idleCount],
      [['idle'], pool.idleCount],
      [['most'], pool.options.max],
    ]),
    metrics.poolWaiting.from(() => [[[], pool.waitingCount]]),
    conversations.onCommitted(({ before, after, events }) => {
      for (const { kind, actorKind } of events) metrics.events.add(kind, actorKind);
      if (before !== after) metrics.transitions.add(before?.phase ?? 'none', after.phase);
    }),
  ];
  if (desk.worker) {
    stops.push(
      metrics.waiting.from(async () =>
        (await waiting()).map((row) => [[row.workspace_id, row.name], row.waiting] as const),
      ),
      metrics.oldest.from(async () =>
        (await waiting()).map((row) => [[row.workspace_id, row.name], row.oldest] as const),
      ),
      metrics.timersOverdue.from(async () => [[[], await late()]]),
    );
  }
  return () => {
    for (const stop of stops) stop();
  };
}
