import type { Pool, PoolClient } from 'pg';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { newHistogram } from './drive.ts';
import { inParallel, TEXTS } from './people.ts';

/**
 * What PostgreSQL takes on this machine without anything of ours: rows of the `event` table alone,
 * no conversation row, no lock, no key looked up, no fold.
 */

const SINGLE = {
  name: 'yardstick_single',
  text: `INSERT INTO event (conversation_id, seq, workspace_id, public_seq, source, client_id, kind,
    actor_kind, actor_id, data) VALUES ($1, $2, $3, $2, $4, $5, 'message.sent', 'visitor', $6, $7)`,
};

const UNNEST = {
  name: 'yardstick_unnest',
  text: `INSERT INTO event (conversation_id, seq, workspace_id, public_seq, source, client_id, kind,
      actor_kind, actor_id, data)
    SELECT c, n, $1::uuid, n, s, k, 'message.sent', 'visitor', a, jsonb_build_object('text', t)
    FROM unnest($2::uuid[], $3::int[], $4::text[], $5::text[], $6::uuid[], $7::text[])
      AS u(c, n, s, k, a, t)`,
};

interface Row {
  conversationId: string;
  seq: number;
  key: string;
  actorId: string;
  text: string;
}

/** Rows of `conversations` logs, in turn. */
function rowsOf(conversations: number): () => Row {
  const logs = Array.from({ length: conversations }, () => ({ id: uuidv7(), by: uuidv7() }));
  let count = 0;
  return () => {
    const log = logs[count % logs.length] as { id: string; by: string };
    const seq = Math.floor(count / logs.length) + 1;
    const text = TEXTS[count % TEXTS.length] ?? '';
    count += 1;
    return { conversationId: log.id, seq, key: `y-${count}`, actorId: log.by, text };
  };
}

/** Parameters of UNNEST. */
const valuesOf = (workspaceId: string, rows: readonly Row[]) => [
  workspaceId,
  rows.map((row) => row.conversationId),
  rows.map((row) => row.seq),
  rows.map((row) => `v:${row.actorId}`),
  rows.map((row) => row.key),
  rows.map((row) => row.actorId),
  rows.map((row) => row.text),
];

/** One row a transaction, `width` of them on their way. */
export async function singles(pool: Pool, width: number, ms: number) {
  const latency = newHistogram();
  const workspaceId = uuidv7();
  const next = rowsOf(5_000);
  const began = performance.now();
  let count = 0;
  await inParallel(Array.from({ length: width }), width, async () => {
    while (performance.now() - began < ms) {
      const { conversationId, seq, key, actorId, text } = next();
      const data = JSON.stringify({ text });
      const values = [conversationId, seq, workspaceId, `v:${actorId}`, key, actorId, data];
      const start = performance.now();
      await pool.query({ ...SINGLE, values });
      latency.recordValue(Math.round((performance.now() - start) * 1000));
      count += 1;
    }
  });
  return {
    perSecond: (count / (performance.now() - began)) * 1000,
    p99: latency.getValueAtPercentile(99) / 1000,
  };
}

/** `size` rows a transaction on one connection, as fast as it goes: the ceiling of any grouping. */
export async function unnested(pool: Pool, size: number, ms: number): Promise<number> {
  const workspaceId = uuidv7();
  const next = rowsOf(5_000);
  const client: PoolClient = await pool.connect();
  try {
    const began = performance.now();
    let count = 0;
    while (performance.now() - began < ms) {
      const values = valuesOf(workspaceId, Array.from({ length: size }, next));
      await client.query({ ...UNNEST, values });
      count += size;
    }
    return (count / (performance.now() - began)) * 1000;
  } finally {
    client.release();
  }
}

/**
 * The floor under the Appender: rows of the event table in its manner (what came meanwhile goes as one
 * statement, one on its way at a time), without whatever else it does for a message.
 */
export function groupsAlone(pool: Pool): () => Promise<void> {
  const workspaceId = uuidv7();
  const next = rowsOf(5_000);
  let waiting: { row: Row; done: () => void; failed: (error: unknown) => void }[] = [];
  let running = false;
  const drain = async () => {
    running = true;
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        await pool.query({
          ...UNNEST,
          values: valuesOf(
            workspaceId,
            group.map(({ row }) => row),
          ),
        });
        for (const { done } of group) done();
      } catch (error) {
        for (const { failed } of group) failed(error);
      }
    }
    running = false;
  };
  return () =>
    new Promise((done, failed) => {
      waiting.push({ row: next(), done, failed });
      if (!running) void drain();
    });
}
