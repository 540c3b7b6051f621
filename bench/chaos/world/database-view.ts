import type { Pool } from 'pg';
import type { Phase } from '#lib/domain/conversation/index.ts';

export interface ConversationNow {
  id: string;
  visitorId: string;
  head: number;
  publicHead: number;
  phase: Phase;
  stateRev: number;
  ownerId: string | null;
  targetMemberId: string | null;
  queueId: string | null;
  closed: boolean;
}

/** Every conversation of the workspace at one moment. */
export interface DatabaseView {
  byId: ReadonlyMap<string, ConversationNow>;
  all: readonly ConversationNow[];
}

export async function lookAtDatabase(pool: Pool, workspaceId: string): Promise<DatabaseView> {
  const { rows } = await pool.query<ConversationNow>(
    `SELECT id, visitor_id AS "visitorId", last_seq AS head, last_public_seq AS "publicHead", phase,
       state_rev AS "stateRev", owner_id AS "ownerId", target_member_id AS "targetMemberId",
       queue_id AS "queueId", closed_at IS NOT NULL AS closed
     FROM conversation WHERE workspace_id = $1 ORDER BY id DESC`,
    [workspaceId],
  );
  return { all: rows, byId: new Map(rows.map((row) => [row.id, row])) };
}
