import type { Pool, PoolClient } from 'pg';
import { entryTerms, RANGE_BITS, rangeTerm } from './terms.ts';

/** Events read in one transaction; their words take the desk's thread some 2 ms. */
const BATCH = 200;
/** After a restore what was written this long before the last pass is read again. */
const OVERLAP = `interval '1 minute'`;

interface Progress {
  epoch: string;
  cluster: string;
  tx: string;
  conversation_id: string;
  seq: number;
  last_n: string;
  /** Below it every transaction has ended. */
  xmin: string;
  restored_from: string | null;
}

interface Found {
  conversation_id: string;
  seq: number;
  tx: string;
  kind: string;
  text: string | null;
  name: string | null;
  email: string | null;
}

const FOUND = `e.conversation_id, e.seq, e.tx::text AS tx, e.kind, e.data->>'text' AS text, ct.name, ct.email`;
/** Names are taken as they are when a conversation opens and when they change. */
const NAMED = `e.kind IN ('conversation.opened', 'contact.left', 'contact.identified')`;
const COMPANY = `LEFT JOIN conversation c ON ${NAMED} AND c.id = e.conversation_id
    AND c.workspace_id = e.workspace_id
  LEFT JOIN contact ct ON ct.id = c.contact_id AND ct.workspace_id = c.workspace_id`;

/** The workspace's row under lock, or null while another worker has it. */
async function take(client: PoolClient, workspaceId: string): Promise<Progress | null> {
  await client.query(
    `INSERT INTO search_progress (workspace_id, epoch, tx, conversation_id, seq)
     SELECT $1, i.cluster_epoch, '0', '00000000-0000-0000-0000-000000000000', 0 FROM installation i
     WHERE i.id = 1 ON CONFLICT DO NOTHING`,
    [workspaceId],
  );
  const { rows } = await client.query<Progress>(
    `SELECT p.epoch, i.cluster_epoch AS cluster, p.tx::text AS tx, p.conversation_id, p.seq,
       p.last_n::text AS last_n, (p.at - ${OVERLAP})::text AS restored_from,
       pg_snapshot_xmin(pg_current_snapshot())::text AS xmin
     FROM search_progress p, installation i
     WHERE p.workspace_id = $1 AND i.id = 1 FOR UPDATE OF p SKIP LOCKED`,
    [workspaceId],
  );
  return rows[0] ?? null;
}

async function newEvents(client: PoolClient, workspaceId: string, from: Progress) {
  const { rows } = await client.query<Found>({
    name: 'search_new_events',
    text: `SELECT ${FOUND} FROM (SELECT * FROM event
        WHERE workspace_id = $1 AND tx >= $2::xid8 AND tx < $3::xid8
          AND (tx > $2::xid8 OR (conversation_id, seq) > ($4::uuid, $5::int))
        ORDER BY tx, conversation_id, seq LIMIT ${BATCH}) e ${COMPANY}
      ORDER BY e.tx, e.conversation_id, e.seq`,
    values: [workspaceId, from.tx, from.xmin, from.conversation_id, from.seq],
  });
  return rows;
}

/**
 * A restored database has other transaction ids: what was not yet indexed when the backup was made
 * is found by time instead. Some entries then stand twice, which no search shows.
 */
async function eventsSinceBackup(client: PoolClient, workspaceId: string, from: Progress) {
  const { rows } = await client.query<Found>(
    `SELECT ${FOUND} FROM conversation o JOIN event e ON e.conversation_id = o.id
       AND e.workspace_id = o.workspace_id AND e.created_at >= $2::timestamptz ${COMPANY}
     WHERE o.workspace_id = $1 AND (o.closed_at IS NULL OR o.closed_at >= $2::timestamptz)
       AND e.tx < $3::xid8
     ORDER BY e.created_at, e.conversation_id, e.seq`,
    [workspaceId, from.restored_from, from.xmin],
  );
  return rows;
}

interface Entry {
  conversationId: string;
  seq: number;
  terms: number[];
}

function entryOf(event: Found): Entry | null {
  const { conversation_id: conversationId, seq, text, name, email } = event;
  if (event.kind === 'message.sent' && text) {
    return { conversationId, seq, terms: entryTerms(text) };
  }
  const who = [name, email].filter((part) => part !== null).join(' ');
  return who === '' ? null : { conversationId, seq: 0, terms: entryTerms(who, { names: true }) };
}

async function write(client: PoolClient, workspaceId: string, lastN: number, entries: Entry[]) {
  const numbered = entries.map((entry, index) => ({ ...entry, n: lastN + 1 + index }));
  await client.query({
    name: 'search_write',
    text: `INSERT INTO search_entry (workspace_id, n, conversation_id, seq, terms)
      SELECT $1, e.n, e.conversation_id, e.seq, e.terms::int[]
      FROM unnest($2::bigint[], $3::uuid[], $4::int[], $5::text[]) AS e(n, conversation_id, seq, terms)`,
    values: [
      workspaceId,
      numbered.map((entry) => entry.n),
      numbered.map((entry) => entry.conversationId),
      numbered.map((entry) => entry.seq),
      numbered.map(({ n, terms }) => {
        const ranges = RANGE_BITS.map((bits) => rangeTerm(workspaceId, bits, n));
        return `{${[...terms, ...ranges].join()}}`;
      }),
    ],
  });
}

async function advance(client: PoolClient, workspaceId: string): Promise<number> {
  const from = await take(client, workspaceId);
  if (!from) return 0;
  const restored = from.epoch !== from.cluster;
  const found = restored
    ? await eventsSinceBackup(client, workspaceId, from)
    : await newEvents(client, workspaceId, from);
  const last = found.at(-1);
  if (!last && !restored) return 0;
  const entries = found.flatMap((event) => entryOf(event) ?? []);
  if (entries.length > 0) await write(client, workspaceId, Number(from.last_n), entries);
  await client.query(
    `UPDATE search_progress SET epoch = $2, tx = $3::xid8, conversation_id = $4, seq = $5,
       last_n = last_n + $6, at = now() WHERE workspace_id = $1`,
    restored || !last
      ? [
          workspaceId,
          from.cluster,
          from.xmin,
          '00000000-0000-0000-0000-000000000000',
          0,
          entries.length,
        ]
      : [workspaceId, from.epoch, last.tx, last.conversation_id, last.seq, entries.length],
  );
  return restored ? 0 : found.length;
}

async function indexWorkspace(pool: Pool, workspaceId: string): Promise<boolean> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const read = await advance(client, workspaceId);
    await client.query('COMMIT');
    client.release();
    return read === BATCH;
  } catch (error) {
    // A connection that fails in a transaction is given up with it.
    client.release(true);
    throw error;
  }
}

/**
 * Reads what committed since the last pass into the search index, workspace by workspace, a batch each.
 * Only transactions below the oldest running one are read, so that none is passed over (decision 0115).
 * Any node may call it at any time: a workspace's row lock lets one do the work.
 * @returns whether there is more to do at once
 */
export async function indexEvents(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ id: string }>({
    name: 'search_behind',
    // Workspaces with nothing new cost an index probe, not a transaction.
    text: `SELECT w.id FROM workspace w LEFT JOIN search_progress p ON p.workspace_id = w.id, installation i
      WHERE i.id = 1 AND (p.epoch IS DISTINCT FROM i.cluster_epoch AND p.epoch IS NOT NULL OR EXISTS (
        SELECT FROM event e WHERE e.workspace_id = w.id AND e.tx >= coalesce(p.tx, '0'::xid8)
          AND e.tx < pg_snapshot_xmin(pg_current_snapshot())
          AND (p.tx IS NULL OR e.tx > p.tx OR (e.conversation_id, e.seq) > (p.conversation_id, p.seq))))
      ORDER BY w.id`,
  });
  let more = false;
  for (const { id } of rows) more = (await indexWorkspace(pool, id)) || more;
  return more;
}
