import type { Pool } from 'pg';
import type { MemberCtx } from './context.ts';
import type { ConversationRecord, ReadMoved } from './records.ts';

/** Read marks: outside the log, only ever forward (D6), never beyond what there is. */

interface Marks {
  visitor_read_seq: number;
  agent_read_seq: number;
}

/** Moves the visitor's mark to a public seq; null when it stood there or further already. */
export async function moveVisitorRead(
  pool: Pool,
  workspaceId: string,
  conversationId: string,
  publicSeq: number,
): Promise<ReadMoved | null> {
  const { rows } = await pool.query<Marks>({
    name: 'read_visitor',
    text: `UPDATE conversation c SET visitor_read_seq = least($3::int, c.last_public_seq)
      WHERE c.id = $2 AND c.workspace_id = $1
        AND c.visitor_read_seq < least($3::int, c.last_public_seq)
      RETURNING c.visitor_read_seq, c.agent_read_seq`,
    values: [workspaceId, conversationId, publicSeq],
  });
  const row = rows[0];
  return row ? movedOf(workspaceId, conversationId, null, null, row) : null;
}

/**
 * Moves a member's mark to a seq and, when they own the conversation, the mark that the visitor is
 * shown to the newest public event up to there.
 */
export async function moveMemberRead(
  pool: Pool,
  { workspaceId, actor: { memberId } }: MemberCtx,
  record: ConversationRecord,
  seq: number,
): Promise<{ readSeq: number; moved: ReadMoved | null }> {
  const { conversationId } = record;
  const { rows } = await pool.query<{ seq: number }>({
    name: 'read_member',
    text: `INSERT INTO member_read AS r (conversation_id, member_id, workspace_id, seq)
      VALUES ($2, $3, $1, $4)
      ON CONFLICT (conversation_id, member_id)
      DO UPDATE SET seq = excluded.seq, tx = pg_current_xact_id()
        WHERE r.seq < excluded.seq AND r.workspace_id = $1
      RETURNING r.seq`,
    values: [workspaceId, conversationId, memberId, seq],
  });
  const marks = record.ownerId === memberId ? await moveAgentRead(pool, record, seq) : null;
  const row = rows[0];
  if (!row && !marks)
    return { readSeq: await readSeqOf(pool, workspaceId, memberId, conversationId), moved: null };
  const readSeq = row?.seq ?? (await readSeqOf(pool, workspaceId, memberId, conversationId));
  const now = marks ?? {
    visitor_read_seq: record.visitorReadSeq,
    agent_read_seq: record.agentReadSeq,
  };
  return { readSeq, moved: movedOf(workspaceId, conversationId, memberId, readSeq, now) };
}

async function moveAgentRead(
  pool: Pool,
  { workspaceId, conversationId }: ConversationRecord,
  seq: number,
): Promise<Marks | null> {
  const { rows } = await pool.query<Marks>({
    name: 'read_agent',
    text: `UPDATE conversation c SET agent_read_seq = e.public_seq
      FROM (SELECT public_seq FROM event WHERE conversation_id = $2 AND workspace_id = $1
        AND seq <= $3 AND public_seq IS NOT NULL ORDER BY seq DESC LIMIT 1) e
      WHERE c.id = $2 AND c.workspace_id = $1 AND c.agent_read_seq < e.public_seq
      RETURNING c.visitor_read_seq, c.agent_read_seq`,
    values: [workspaceId, conversationId, seq],
  });
  return rows[0] ?? null;
}

async function readSeqOf(
  pool: Pool,
  workspaceId: string,
  memberId: string,
  conversationId: string,
): Promise<number> {
  const { rows } = await pool.query<{ seq: number }>({
    name: 'read_seq',
    text: `SELECT r.seq FROM member_read r
      WHERE r.conversation_id = $3 AND r.member_id = $2 AND r.workspace_id = $1`,
    values: [workspaceId, memberId, conversationId],
  });
  return rows[0]?.seq ?? 0;
}

function movedOf(
  workspaceId: string,
  conversationId: string,
  memberId: string | null,
  readSeq: number | null,
  marks: Marks,
): ReadMoved {
  return {
    workspaceId,
    conversationId,
    memberId,
    readSeq,
    visitorReadSeq: marks.visitor_read_seq,
    agentReadSeq: marks.agent_read_seq,
  };
}
