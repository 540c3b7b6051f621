import type { Pool } from 'pg';
import { indexEvents } from '#server/conversation/search/index.ts';
import type { BenchResult } from '../bench.ts';
import { openConsole } from './console.ts';
import type { Shop } from './shop.ts';
import { textPool } from './texts.ts';

/** PostgreSQL's own time in the worker's connection is in it: the worker does one thing at a time. */
async function drain(pool: Pool): Promise<number> {
  const began = performance.now();
  while (await indexEvents(pool));
  return performance.now() - began;
}

/** Number of the newest entry. */
async function newest(pool: Pool, shop: Shop): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(
    'SELECT last_n::float8 AS n FROM search_progress WHERE workspace_id = $1',
    [shop.workspaceId],
  );
  return rows[0]?.n ?? 0;
}

/** What the search index costs per message, beside what its append costs. */
export async function indexingCost(
  pool: Pool,
  shop: Shop,
  messages: number,
): Promise<Pick<BenchResult, 'metrics' | 'notes' | 'problems'>> {
  await drain(pool);
  const before = await newest(pool, shop);
  const desk = openConsole(pool);
  const { rows } = await pool.query<{ id: string; owner: string }>(
    `SELECT id, owner_id AS owner FROM conversation WHERE workspace_id = $1 AND phase = 'serving' AND last_seq < 1000 LIMIT 1000`,
    [shop.workspaceId],
  );
  const owners = new Map(shop.agents.map((agent) => [agent.actor.memberId, agent]));
  const texts = textPool();
  const began = performance.now();
  for (let from = 0; from < messages; from += 500) {
    await Promise.all(
      Array.from({ length: Math.min(500, messages - from) }, async (_, at) => {
        const row = rows[(from + at) % rows.length];
        const who = row && owners.get(row.owner);
        if (!row || !who) throw new Error('nobody serves');
        await desk.ask(who, 'message.send', {
          conversationId: row.id,
          clientKey: `bench-${from + at}-${row.id}`,
          text: texts[((from + at) * 13) % texts.length]?.text ?? '',
        });
      }),
    );
  }
  const appended = performance.now() - began;
  await desk.node.close();
  const indexed = await drain(pool);
  const written = (await newest(pool, shop)) - before;
  return {
    metrics: [
      { metric: 'index_us_per_message', value: (indexed * 1_000) / messages, unit: 'µs' },
      { metric: 'append_us_per_message', value: (appended * 1_000) / messages, unit: 'µs' },
    ],
    notes: [
      `search index: ${((indexed * 1_000) / messages).toFixed(0)} µs a message in the worker, beside ${((appended * 1_000) / messages).toFixed(0)} µs of appending it (in groups of 500)`,
    ],
    problems: written === messages ? [] : [`${messages} messages made ${written} search entries`],
  };
}
