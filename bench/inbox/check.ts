import type { Pool } from 'pg';
import type { ConversationRecord } from '#server/conversation/index.ts';
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
