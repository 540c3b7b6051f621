import type { Pool } from 'pg';

/** Tests read the one clock there is: PostgreSQL's. ms since the epoch */
export async function databaseNow(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ now: number }>(
    'SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now',
  );
  return rows[0]?.now ?? Number.NaN;
}

/**
 * Makes what a conversation's timers wait for lie `ms` further in the past: every time of the row,
 * of its live timers and of its timer rows. So a delay passes without anybody waiting for it, and
 * the engine, which knows only PostgreSQL's clock, notices nothing.
 */
export async function age(pool: Pool, conversationId: string, ms: number): Promise<void> {
  await pool.query(
    `UPDATE conversation SET
       entered_at = entered_at - $2 * interval '1 ms', queued_at = queued_at - $2 * interval '1 ms',
       last_visitor_at = last_visitor_at - $2 * interval '1 ms',
       last_agent_at = last_agent_at - $2 * interval '1 ms',
       timers = (SELECT coalesce(jsonb_object_agg(key,
           value || jsonb_build_object('startedAt', (value->>'startedAt')::float8 - $2::float8)), '{}')
         FROM jsonb_each(timers))
     WHERE id = $1`,
    [conversationId, ms],
  );
  await pool.query(
    `UPDATE timer SET due_at = due_at - $2 * interval '1 ms' WHERE conversation_id = $1`,
    [conversationId, ms],
  );
}

/** Waits until `what` holds, looking every few ms; the test's own timeout ends it. */
export async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 5));
}
