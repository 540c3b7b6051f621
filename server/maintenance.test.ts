import { afterAll, expect, test } from 'vitest';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { createTestDatabase } from '#server/test/database.ts';
import { createDesk } from '#server/test/desk.ts';
import { insertConversation, insertEvent } from '#server/test/log.ts';
import { ensurePartitions } from './maintenance.ts';

const database = await createTestDatabase();
const { pool } = database;

afterAll(() => database.drop());

async function partitions(): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'event'::regclass ORDER BY 1`,
  );
  return rows.map((row) => row.name);
}

/** `event_YYYY_MM` of the month that lies so many months ahead, in UTC. */
function nameOf(ahead: number): string {
  const now = new Date();
  const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead, 1));
  return `event_${month.toISOString().slice(0, 7).replace('-', '_')}`;
}

test('the months ahead are made, by two workers at once and again', async () => {
  await pool.query(`DROP TABLE ${nameOf(2)}, ${nameOf(3)}`);
  await Promise.all([ensurePartitions(pool), ensurePartitions(pool)]);
  const made = await partitions();
  for (const ahead of [0, 1, 2, 3]) expect(made).toContain(nameOf(ahead));
  await ensurePartitions(pool);
  expect(await partitions()).toEqual(made);
});

test('a conversation begun at the end of a month keeps its log together', async () => {
  const desk = await createDesk(pool);
  const now = new Date();
  // The last millisecond of this month and the first of the next, by the ids' clocks.
  const turn = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
  for (const [at, name] of [
    [turn - 1, nameOf(0)],
    [turn, nameOf(1)],
  ] as const) {
    const id = await insertConversation(pool, desk, await desk.visitor(), { id: uuidv7(at) });
    for (let n = 0; n < 3; n += 1) await insertEvent(pool, desk.workspaceId, id);
    const { rows } = await pool.query<{ name: string; events: number }>(
      `SELECT tableoid::regclass::text AS name, count(*)::int AS events FROM event
       WHERE conversation_id = $1 GROUP BY 1`,
      [id],
    );
    expect(rows).toEqual([{ name, events: 3 }]);
  }
});
