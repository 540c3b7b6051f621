import type { Pool } from 'pg';
import type { MemberCtx } from './context.ts';
import type { ConversationRecord } from './records.ts';

/** A member's own marks, and what they are to a visitor; the conversation's marks go by append. */

/**
 * Moves a member's mark to a seq; it only goes forward (D6).
 * @returns where it stands now, and whether this moved it
 */
export async function moveMemberRead(
  pool: Pool,
  { workspaceId, actor: { memberId } }: MemberCtx,
  { conversationId }: Pick<ConversationRecord, 'conversationId'>,
  seq: number,
): Promise<{ readSeq: number; moved: boolean }> {
  const { rows } = await pool.query<{ seq: number; moved: boolean }>({
    name: 'read_member',
    text: `WITH moved AS (
        INSERT INTO member_read AS r (conversation_id, member_id, workspace_id, seq)
        VALUES ($2, $3, $1, $4)
        ON CONFLICT (conversation_id, member_id)
          DO UPDATE SET seq = excluded.seq, tx = pg_current_xact_id()
          WHERE r.seq < excluded.seq AND r.workspace_id = $1
        RETURNING r.seq)
      SELECT seq, true AS moved FROM moved
      UNION ALL
      SELECT r.seq, false FROM member_read r WHERE r.conversation_id = $2 AND r.member_id = $3
        AND r.workspace_id = $1 AND NOT EXISTS (SELECT FROM moved)`,
    values: [workspaceId, conversationId, memberId, seq],
  });
  const row = rows[0];
  // Neither: somebody made the row between our look and our write, and further than we would.
  return row ? { readSeq: row.seq, moved: row.moved } : { readSeq: seq, moved: false };
}

/** The public seq of the newest event up to `seq` that the visitor may see; 0 when there is none. */
export async function publicSeqAt(
  pool: Pool,
  workspaceId: string,
  conversationId: string,
  seq: number,
): Promise<number> {
  const { rows } = await pool.query<{ public_seq: number }>({
    name: 'public_seq_at',
    text: `SELECT e.public_seq FROM event e WHERE e.conversation_id = $2 AND e.workspace_id = $1
        AND e.seq <= $3 AND e.public_seq IS NOT NULL ORDER BY e.seq DESC LIMIT 1`,
    values: [workspaceId, conversationId, seq],
  });
  return rows[0]?.public_seq ?? 0;
}
