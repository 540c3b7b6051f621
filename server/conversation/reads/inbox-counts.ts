import type { Pool } from 'pg';
import type { MemberOutput } from '#lib/protocol/envelope.ts';
import type { MemberCtx } from '../context.ts';
import { instantOrNull } from '../presenters/names.ts';
import { seesAll } from './actors.ts';

interface QueueCount {
  queue_id: string | null;
  queued: number;
  open: number;
  /** ms since the epoch */
  oldest: number | null;
}

export type InboxCounts = (ctx: MemberCtx) => Promise<MemberOutput<'inbox.counts'>>;

const QUEUES = `SELECT c.queue_id, count(*)::int AS open,
    count(*) FILTER (WHERE c.phase = 'queued')::int AS queued,
    (extract(epoch FROM min(c.queued_at) FILTER (WHERE c.phase = 'queued')) * 1000)::float8 AS oldest
  FROM conversation c WHERE c.workspace_id = $1 AND c.closed_at IS NULL GROUP BY c.queue_id`;

/**
 * What the member holds or is offered. `unread`: of what they hold only, an offer says itself that it
 * is there; `outside`: of queues they are not in, which they see all the same.
 */
const OWN = `SELECT count(c.id)::int AS mine,
    count(*) FILTER (WHERE c.held AND c.last_visitor_seq > coalesce(mr.seq, 0))::int AS unread,
    count(*) FILTER (WHERE c.id IS NOT NULL AND (c.queue_id = ANY (q.ids)) IS NOT TRUE)::int AS outside,
    q.ids::text[] AS queues
  FROM (SELECT ARRAY(SELECT qm.queue_id FROM queue_member qm
    WHERE qm.workspace_id = $1 AND qm.member_id = $2) AS ids) q
  LEFT JOIN (SELECT id, queue_id, last_visitor_seq, true AS held FROM conversation
      WHERE workspace_id = $1 AND owner_id = $2 AND closed_at IS NULL
    UNION ALL SELECT id, queue_id, last_visitor_seq, false FROM conversation
      WHERE workspace_id = $1 AND target_member_id = $2 AND owner_id IS DISTINCT FROM $2) c ON true
  LEFT JOIN member_read mr ON mr.conversation_id = c.id AND mr.member_id = $2 AND mr.workspace_id = $1
  GROUP BY q.ids`;

/** A count that is running or ran last. */
interface Count {
  /** Resolves with what it took, ms. */
  done: Promise<number>;
}

/**
 * A count is followed by a pause of so many times what it took, so that a workspace's badges take at
 * most a fifth of one connection (20,000 open conversations cost some 10 ms of a core), and a small
 * workspace's come at once. Whoever opens the inbox waits for one pause and one count at most.
 */
const PAUSE = 4;
const LONGEST_PAUSE_MS = 250;

/**
 * Live counts. The open conversations of a workspace are counted by queue once for all members who
 * ask meanwhile. An answer is of a count that began after the question, so that nobody is told less
 * than they know; one count of a workspace at a time, with a pause after it.
 */
export function createInboxCounts(pool: Pool): InboxCounts {
  const last = new Map<string, Count>();
  const next = new Map<string, Promise<QueueCount[]>>();

  function start(workspaceId: string): Promise<QueueCount[]> {
    const began = performance.now();
    const counting = pool
      .query<QueueCount>({ name: 'inbox_counts', text: QUEUES, values: [workspaceId] })
      .then(({ rows }) => rows);
    const took = () => performance.now() - began;
    // Whoever waits for it to be over hears of its failure from their own count.
    last.set(workspaceId, { done: counting.then(took, took) });
    return counting;
  }

  async function afterLast(workspaceId: string, before: Count): Promise<QueueCount[]> {
    const took = await before.done;
    const pause = Math.min(took * PAUSE, LONGEST_PAUSE_MS);
    await new Promise((resolve) => setTimeout(resolve, pause));
    next.delete(workspaceId);
    return start(workspaceId);
  }

  function queueCounts(workspaceId: string): Promise<QueueCount[]> {
    const coming = next.get(workspaceId);
    if (coming) return coming;
    const before = last.get(workspaceId);
    if (!before) return start(workspaceId);
    const mine = afterLast(workspaceId, before);
    next.set(workspaceId, mine);
    return mine;
  }

  return async (ctx) => {
    const [counts, own] = await Promise.all([
      queueCounts(ctx.workspaceId),
      pool.query<{ mine: number; unread: number; outside: number; queues: string[] }>({
        name: 'inbox_own',
        text: OWN,
        values: [ctx.workspaceId, ctx.actor.memberId],
      }),
    ]);
    const me = own.rows[0] ?? { mine: 0, unread: 0, outside: 0, queues: [] };
    const all = seesAll(ctx);
    const seen = counts.filter((c) => all || (c.queue_id && me.queues.includes(c.queue_id)));
    const oldest = seen.flatMap((c) => c.oldest ?? []);
    return {
      mine: me.mine,
      unread: me.unread,
      queued: seen.reduce((sum, c) => sum + c.queued, 0),
      all: seen.reduce((sum, c) => sum + c.open, all ? 0 : me.outside),
      oldestQueuedAt: instantOrNull(oldest.length === 0 ? null : Math.min(...oldest)),
    };
  };
}
