import type { PoolClient } from 'pg';
import type { AppendItem, ConversationRecord } from './records.ts';
import { CONVERSATION_COLUMNS, type ConversationColumns, conversationOf } from './store.ts';

/** What a lock does when somebody else holds it. */
export type Contention = 'skip' | 'wait';

const clause = (contention: Contention) => (contention === 'skip' ? 'SKIP LOCKED' : '');

/** SQL: when this server was started. A version means something on the server that gave it only. */
export const SERVER = 'extract(epoch FROM pg_postmaster_start_time())::float8';

/** xids come as text. */
type LockedColumns = { now: number; version: string; server: number } & (
  | (ConversationColumns & { found: string })
  | { id: null }
);

export interface Locked {
  /** ms by PostgreSQL's clock */
  now: number;
  records: Map<string, ConversationRecord>;
  /** The version (xmin) each row was found at. */
  found: Map<string, number>;
  /** The version of rows this transaction writes. */
  version: number;
  /** Which server says so: when it was started, s since the epoch. */
  server: number;
}

/**
 * Locks the conversations in id order and reads them. `now` is read after the last lock, so that
 * times never run backwards inside a conversation.
 */
export async function lockConversations(
  client: PoolClient,
  keys: readonly { conversationId: string; workspaceId: string }[],
  contention: Contention,
): Promise<Locked> {
  const { rows } = await client.query<LockedColumns>({
    name: `group_lock_${contention}`,
    text: `WITH locked AS MATERIALIZED (
        SELECT ${CONVERSATION_COLUMNS}, c.xmin AS found FROM conversation c
        WHERE (c.id, c.workspace_id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))
        ORDER BY c.id FOR UPDATE OF c ${clause(contention)})
      SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now,
        pg_current_xact_id()::xid AS version, (SELECT ${SERVER}) AS server, locked.*
      FROM (VALUES (true)) AS always(one) LEFT JOIN locked ON true`,
    values: [keys.map((key) => key.conversationId), keys.map((key) => key.workspaceId)],
  });
  const records = new Map<string, ConversationRecord>();
  const found = new Map<string, number>();
  let now = 0;
  for (const row of rows) {
    now = Math.max(now, row.now);
    if (row.id === null) continue;
    records.set(row.id, conversationOf(row));
    found.set(row.id, Number(row.found));
  }
  const { version, server } = rows[0] ?? { version: Number.NaN, server: Number.NaN };
  return { now, version: Number(version), server, records, found };
}

/** Which of these exist, locked by somebody or not, as `<conversationId> <workspaceId>`. */
export async function existing(
  client: PoolClient,
  keys: readonly { conversationId: string; workspaceId: string }[],
): Promise<Set<string>> {
  const { rows } = await client.query<{ id: string; workspace_id: string }>({
    name: 'group_existing',
    text: `SELECT c.id, c.workspace_id FROM conversation c
      WHERE (c.id, c.workspace_id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))`,
    values: [keys.map((key) => key.conversationId), keys.map((key) => key.workspaceId)],
  });
  return new Set(rows.map((row) => `${row.id} ${row.workspace_id}`));
}

/** Where the first result of a known key stands. */
export interface Known {
  conversationId: string;
  seq: number;
  publicSeq: number | null;
  at: number;
}

interface KnownColumns {
  n: number;
  conversation_id: string;
  seq: number;
  public_seq: number | null;
  at: number;
}

/**
 * The keys among `items` that the log has already, by item. A statement of its own after the lock:
 * the snapshot of the locking statement is older than what it waited for.
 */
export async function knownKeys(
  client: PoolClient,
  items: readonly AppendItem[],
): Promise<Map<AppendItem, Known>> {
  const { rows } = await client.query<KnownColumns>({
    name: 'group_known',
    // LATERAL … LIMIT keeps the plan an index lookup in one partition a key.
    text: `SELECT k.n::int AS n, e.* FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[])
        WITH ORDINALITY AS k(workspace_id, conversation_id, source, client_id, n)
      CROSS JOIN LATERAL (
        SELECT e.conversation_id, e.seq, e.public_seq,
          (extract(epoch FROM e.created_at) * 1000)::float8 AS at
        FROM event e WHERE e.conversation_id = k.conversation_id AND e.source = k.source
          AND e.client_id = k.client_id AND e.workspace_id = k.workspace_id LIMIT 1) AS e`,
    values: [
      items.map((item) => item.ctx.workspaceId),
      items.map((item) => item.conversationId),
      items.map((item) => item.key.source),
      items.map((item) => item.key.clientId),
    ],
  });
  return byItem(items, rows);
}

/**
 * The same for conversations just opened, in all conversations of the contact: the first attempt may
 * have gone to one that was open then. Nothing can slip in between, since the insert holds the
 * contact's only open place in the channel.
 */
export async function knownKeysOfContact(
  client: PoolClient,
  items: readonly AppendItem[],
): Promise<Map<AppendItem, Known>> {
  const { rows } = await client.query<KnownColumns>({
    name: 'group_known_of_contact',
    text: `SELECT k.n::int AS n, e.* FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[])
        WITH ORDINALITY AS k(workspace_id, contact_id, source, client_id, n)
      CROSS JOIN LATERAL (
        SELECT e.conversation_id, e.seq, e.public_seq,
          (extract(epoch FROM e.created_at) * 1000)::float8 AS at
        FROM conversation c JOIN event e ON e.conversation_id = c.id
        WHERE c.workspace_id = k.workspace_id AND c.contact_id = k.contact_id
          AND e.source = k.source AND e.client_id = k.client_id LIMIT 1) AS e`,
    values: [
      items.map((item) => item.ctx.workspaceId),
      items.map((item) => item.open?.contactId ?? null),
      items.map((item) => item.key.source),
      items.map((item) => item.key.clientId),
    ],
  });
  return byItem(items, rows);
}

function byItem(items: readonly AppendItem[], rows: readonly KnownColumns[]) {
  const found = new Map<AppendItem, Known>();
  for (const row of rows) {
    const item = items[row.n - 1];
    if (!item) continue;
    found.set(item, {
      conversationId: row.conversation_id,
      seq: row.seq,
      publicSeq: row.public_seq,
      at: row.at,
    });
  }
  return found;
}

/** A member whose row of live state this transaction holds. */
export interface HeldMember {
  load: number;
  capacity: number;
  available: boolean;
  present: boolean;
}

/** Locks members' live state in id order. Under `wait` a row that was never made is made first. */
export async function lockMembers(
  client: PoolClient,
  keys: readonly { memberId: string; workspaceId: string }[],
  contention: Contention,
): Promise<Map<string, HeldMember>> {
  const values = [keys.map((key) => key.memberId), keys.map((key) => key.workspaceId)];
  if (contention === 'wait') {
    await client.query({
      name: 'group_make_members',
      text: `INSERT INTO member_state (member_id, workspace_id, absent_since)
        SELECT m.id, m.workspace_id, clock_timestamp() FROM member m
        WHERE (m.id, m.workspace_id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))
        ORDER BY m.id ON CONFLICT DO NOTHING`,
      values,
    });
  }
  const { rows } = await client.query<HeldMember & { member_id: string }>({
    name: `group_lock_members_${contention}`,
    text: `SELECT ms.member_id, ms.load, m.capacity, ms.present,
        (ms.availability = 'available' AND m.removed_at IS NULL) AS available
      FROM member_state ms JOIN member m ON m.id = ms.member_id AND m.workspace_id = ms.workspace_id
      WHERE (ms.member_id, ms.workspace_id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))
      ORDER BY ms.member_id FOR UPDATE OF ms ${clause(contention)}`,
    values,
  });
  return new Map(rows.map(({ member_id, ...held }) => [member_id, held]));
}
