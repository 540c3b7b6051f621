import type { Pool, PoolClient } from 'pg';
import type { Phase } from '#lib/domain/conversation/index.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import type { TestDesk, TestVisitor } from './desk.ts';

/**
 * Conversations and events written as rows, for tests of what reads them; whoever tests how they come
 * to be uses the append path.
 */
export interface ConversationRowInput {
  id?: string;
  phase?: Phase;
  queueId?: string | null;
  ownerId?: string | null;
  targetMemberId?: string | null;
  priority?: number;
  queuedAt?: number | null;
  closedAt?: number | null;
  createdAt?: number;
}

export async function insertConversation(
  pool: Pool | PoolClient,
  desk: TestDesk,
  visitor: TestVisitor,
  row: ConversationRowInput = {},
): Promise<string> {
  const id = row.id ?? uuidv7();
  const phase = row.phase ?? 'queued';
  const at = row.createdAt ?? Date.now();
  const closedAt = row.closedAt ?? (phase === 'closed' ? at : null);
  await pool.query(
    `INSERT INTO conversation (id, workspace_id, channel_id, contact_id, visitor_id, flow_version_id,
       state, phase, live, queue_id, queued_at, priority, owner_id, target_member_id, created_at, closed_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $7, true, $8, to_timestamp($9::float8 / 1000), $10, $11, $12,
       to_timestamp($13::float8 / 1000), to_timestamp($14::float8 / 1000))`,
    [
      id,
      desk.workspaceId,
      desk.channelId,
      visitor.contactId,
      visitor.id,
      desk.flowVersionId,
      phase,
      row.queueId === undefined ? desk.queueId : row.queueId,
      row.queuedAt ?? at,
      row.priority ?? 0,
      row.ownerId ?? null,
      row.targetMemberId ?? null,
      at,
      closedAt,
    ],
  );
  return id;
}

export interface EventRowInput {
  kind?: string;
  public?: boolean;
  data?: Record<string, unknown>;
  by?: { kind: 'visitor' | 'member' | 'system'; id?: string };
}

/** Appends one event and moves the row's numbers, in the caller's transaction if it has one. */
export async function insertEvent(
  db: Pool | PoolClient,
  workspaceId: string,
  conversationId: string,
  event: EventRowInput = {},
): Promise<number> {
  const kind = event.kind ?? 'message.sent';
  const isPublic = event.public ?? kind !== 'note.added';
  const by = event.by ?? { kind: 'visitor' as const };
  const { rows } = await db.query<{ seq: number }>(
    `WITH c AS (
       UPDATE conversation SET last_seq = last_seq + 1, last_public_seq = last_public_seq + $3::int,
         last_visitor_seq = CASE WHEN $4 = 'message.sent' AND $5 = 'visitor' THEN last_seq + 1 ELSE last_visitor_seq END,
         last_agent_seq = CASE WHEN $4 = 'message.sent' AND $5 = 'member' THEN last_seq + 1 ELSE last_agent_seq END,
         preview = CASE WHEN $4 = 'message.sent' THEN coalesce($7::jsonb->>'text', '') ELSE preview END
       WHERE id = $1 AND workspace_id = $2
       RETURNING id, workspace_id, last_seq, last_public_seq)
     INSERT INTO event (conversation_id, seq, workspace_id, public_seq, source, client_id, kind,
       actor_kind, actor_id, data)
     SELECT id, last_seq, workspace_id, CASE WHEN $3 = 1 THEN last_public_seq END, $5, last_seq::text,
       $4, $5, $6, $7::jsonb
     FROM c RETURNING seq`,
    [
      conversationId,
      workspaceId,
      isPublic ? 1 : 0,
      kind,
      by.kind,
      by.id ?? null,
      JSON.stringify(event.data ?? { text: 'Hi' }),
    ],
  );
  const row = rows[0];
  if (!row) throw new Error(`no conversation ${conversationId} to write to`);
  return row.seq;
}
