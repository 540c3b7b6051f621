import type { Pool } from 'pg';
import type { Talk } from '#bench/load/people/index.ts';

/** Messages of a conversation's log, both numberings, in order. */
export interface Logged {
  seq: number;
  publicSeq: number;
  text: string;
}

/** What the n-th message says. */
const TEXT = `jsonb_build_object('text', 'Line ' || n || ': ' ||
  repeat('the parcel was seen at the depot, ', 1 + n % 3) || '包裹还没有到')`;

/**
 * Adds `count` messages to each conversation as both sides would have written them in turn, in bulk.
 * @returns the talks with their new heads
 */
export async function addHistory(
  pool: Pool,
  workspaceId: string,
  talks: readonly Talk[],
  count: number,
): Promise<Talk[]> {
  const ids = talks.map(({ conversationId }) => conversationId);
  await pool.query(
    `INSERT INTO event (conversation_id, seq, workspace_id, public_seq, source, client_id, kind,
       actor_kind, actor_id, data)
     SELECT c.id, c.last_seq + n, c.workspace_id, c.last_public_seq + n,
       CASE WHEN n % 2 = 0 THEN 'v:' || c.visitor_id ELSE 'm:' || c.owner_id END, 'history-' || n,
       'message.sent', CASE WHEN n % 2 = 0 THEN 'visitor' ELSE 'member' END,
       CASE WHEN n % 2 = 0 THEN c.visitor_id ELSE c.owner_id END,
       ${TEXT}
     FROM conversation c CROSS JOIN generate_series(1, $3::int) AS n
     WHERE c.workspace_id = $1 AND c.id = ANY ($2::uuid[])`,
    [workspaceId, ids, count],
  );
  await pool.query(
    `UPDATE conversation SET last_seq = last_seq + $3::int,
       last_public_seq = last_public_seq + $3::int,
       last_visitor_seq = last_seq + $3::int, last_agent_seq = last_seq + $3::int
     WHERE workspace_id = $1 AND id = ANY ($2::uuid[])`,
    [workspaceId, ids, count],
  );
  return talks.map((talk) => ({
    ...talk,
    head: talk.head + count,
    publicHead: talk.publicHead + count,
  }));
}

/**
 * The same in one conversation, each message in a transaction of its own as people write: an inbox is
 * synced by transactions, and one that holds them all would be a single change.
 */
export async function addMessages(pool: Pool, talk: Talk, count: number): Promise<Talk> {
  const client = await pool.connect();
  try {
    // A DO block takes no parameters; the id is one that this process made.
    await client.query('SET synchronous_commit = off');
    await client.query(`DO $$ BEGIN FOR n IN 1..${count} LOOP
      WITH c AS (UPDATE conversation SET last_seq = last_seq + 1, last_public_seq = last_public_seq + 1,
          last_visitor_seq = last_seq + 1, last_agent_seq = last_seq + 1
        WHERE id = '${talk.conversationId}' RETURNING *)
      INSERT INTO event (conversation_id, seq, workspace_id, public_seq, source, client_id, kind,
        actor_kind, actor_id, data)
      SELECT c.id, c.last_seq, c.workspace_id, c.last_public_seq,
        CASE WHEN n % 2 = 0 THEN 'v:' || c.visitor_id ELSE 'm:' || c.owner_id END, 'history-' || n,
        'message.sent', CASE WHEN n % 2 = 0 THEN 'visitor' ELSE 'member' END,
        CASE WHEN n % 2 = 0 THEN c.visitor_id ELSE c.owner_id END, ${TEXT} FROM c;
      COMMIT;
    END LOOP; END $$`);
  } finally {
    // The setting goes with the connection.
    client.release(true);
  }
  return { ...talk, head: talk.head + count, publicHead: talk.publicHead + count };
}

/** The newest `count` messages of a conversation as they are stored. */
export async function storedLog(pool: Pool, talk: Talk, count: number): Promise<Logged[]> {
  const { rows } = await pool.query<Logged>(
    `SELECT seq, public_seq AS "publicSeq", data ->> 'text' AS text FROM event
     WHERE conversation_id = $1 AND seq > $2 ORDER BY seq`,
    [talk.conversationId, talk.head - count],
  );
  return rows;
}
