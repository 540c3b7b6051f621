import type { Pool } from 'pg';
import type { ConversationRecord } from '#server/conversation/index.ts';
import { entryTerms, RANGE_BITS, rangeTerm } from '#server/conversation/search/terms.ts';
import { eventsAfter, findConversation } from '#server/conversation/store.ts';
import { foldEvent } from '#server/conversation/store-fold.ts';
import type { Shop } from './shop.ts';

/** Read marks are outside the log; jsonb keeps no order of keys. */
function comparable(record: ConversationRecord | null): string {
  if (!record) return 'none';
  const { visitorReadSeq: _visitor, agentReadSeq: _agent, ...rest } = record;
  return JSON.stringify(rest, (_key, value: unknown) =>
    value && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

/** I5 on a sample of the copies: the row is the fold of its log. @returns problems */
export async function checkFolds(pool: Pool, shop: Shop, sample: number): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `(SELECT id FROM conversation WHERE workspace_id = $1 AND closed_at IS NULL ORDER BY id LIMIT $2)
     UNION (SELECT id FROM conversation WHERE workspace_id = $1 AND id > uuidv7_floor(now() - random() * interval '300 days') ORDER BY id LIMIT $2)
     UNION (SELECT id FROM conversation WHERE workspace_id = $1 ORDER BY id LIMIT $2)`,
    [shop.workspaceId, sample],
  );
  const problems: string[] = [];
  for (const { id } of rows) {
    const events = await eventsAfter(pool, shop.workspaceId, id, 0, 100_000);
    const row = await findConversation(pool, shop.workspaceId, id);
    const folded = events.reduce<ConversationRecord | null>(foldEvent, null);
    if (comparable(folded) !== comparable(row)) {
      problems.push(`the row of ${id} is not the fold of its log`);
    }
  }
  return problems.slice(0, 3);
}

interface Entry {
  n: number;
  seq: number;
  terms: number[];
  text: string | null;
  who: string | null;
}

/**
 * On a sample of the copies: a search entry holds what the worker would have written for its message, or
 * for its contact's name and address. @returns problems
 */
export async function checkEntries(pool: Pool, shop: Shop, sample: number): Promise<string[]> {
  const { workspaceId } = shop;
  const progress = await pool.query<{ last: number }>(
    'SELECT last_n::float8 AS last FROM search_progress WHERE workspace_id = $1',
    [workspaceId],
  );
  const last = progress.rows[0]?.last ?? 0;
  const numbers = Array.from({ length: sample }, () => 1 + Math.floor(Math.random() * last));
  // Looked up one by one: a join would be planned as one of the whole log.
  const { rows } = await pool.query<Entry>(
    `SELECT s.n::float8 AS n, s.seq, s.terms,
       (SELECT e.data->>'text' FROM event e WHERE e.conversation_id = s.conversation_id AND e.seq = s.seq) AS text,
       (SELECT concat_ws(' ', ct.name, ct.email) FROM conversation c JOIN contact ct ON ct.id = c.contact_id
         WHERE c.id = s.conversation_id) AS who
     FROM search_entry s WHERE s.workspace_id = $1 AND s.n = ANY ($2::bigint[])`,
    [workspaceId, numbers],
  );
  const sorted = (terms: readonly number[]) => [...terms].sort((a, b) => a - b).join();
  const wrong = rows.filter(({ n, seq, terms, text, who }) => {
    const said = seq === 0 ? entryTerms(who ?? '', { names: true }) : entryTerms(text ?? '');
    const ranges = RANGE_BITS.map((bits) => rangeTerm(workspaceId, bits, n));
    return sorted([...said, ...ranges]) !== sorted(terms);
  });
  return [
    ...(rows.length < sample / 2
      ? [`only ${rows.length} of ${sample} search entries are there`]
      : []),
    ...(wrong.length > 0 ? [`${wrong.length} search entries are not what the worker writes`] : []),
  ];
}
