import type { Pool, PoolClient } from 'pg';
import type { ConversationRecord, StoredEvent } from '#server/conversation/index.ts';
import {
  CONVERSATION_COLUMNS,
  type ConversationColumns,
  conversationOf,
  EVENT_COLUMNS,
  eventOf,
} from '#server/conversation/store.ts';

export interface LoggedEvent extends StoredEvent {
  workspaceId: string;
  /** ms since the epoch; null unless the server keeps commit times (track_commit_timestamp). */
  committedAt: number | null;
}

export interface TimerFact {
  conversationId: string;
  workspaceId: string;
  name: string;
  gen: number;
  dueAt: number;
}

export interface MemberFact {
  memberId: string;
  workspaceId: string;
  capacity: number;
  removed: boolean;
  /** null: no live state was ever written. */
  load: number | null;
  present: boolean;
  availability: string;
  /** Whether a presence lease of some node lives now. */
  connected: boolean;
  absentSince: number | null;
}

export interface MemberChange {
  memberId: string;
  at: number;
  kind: string;
  rev: number;
  from: unknown;
  to: unknown;
}

export interface LeaseFact {
  name: string;
  holder: string;
  expiresAt: number;
}

/** What the database holds when the run is over. Times: ms since the epoch by its clock. */
export interface Facts {
  now: number;
  /** By conversation, as stored, by seq. */
  logs: ReadonlyMap<string, readonly LoggedEvent[]>;
  rows: ReadonlyMap<string, ConversationRecord>;
  timers: readonly TimerFact[];
  members: readonly MemberFact[];
  /** By rev of each member. */
  memberChanges: readonly MemberChange[];
  visitors: ReadonlyMap<string, { contactId: string; channelId: string; workspaceId: string }>;
  connections: readonly { memberId: string; nodeId: string; expiresAt: number }[];
  leases: readonly LeaseFact[];
  reads: readonly { conversationId: string; memberId: string; seq: number }[];
}

const ms = (sql: string) => `(extract(epoch FROM ${sql}) * 1000)::float8`;

async function logsOf(client: PoolClient): Promise<Map<string, LoggedEvent[]>> {
  const setting = await client.query<{ on: boolean }>(
    `SELECT current_setting('track_commit_timestamp')::boolean AS on`,
  );
  const committed = setting.rows[0]?.on ? ms('pg_xact_commit_timestamp(e.tx::xid)') : 'NULL';
  const { rows } = await client.query<
    Parameters<typeof eventOf>[0] & { workspace_id: string; committed_at: number | null }
  >(`SELECT ${EVENT_COLUMNS}, e.workspace_id, ${committed} AS committed_at
     FROM event e ORDER BY e.conversation_id, e.seq`);
  const logs = new Map<string, LoggedEvent[]>();
  for (const row of rows) {
    const event = {
      ...eventOf(row),
      workspaceId: row.workspace_id,
      committedAt: row.committed_at,
    };
    const log = logs.get(event.conversationId);
    if (log) log.push(event);
    else logs.set(event.conversationId, [event]);
  }
  return logs;
}

async function inOneSnapshot(client: PoolClient): Promise<Facts> {
  const all = async <T extends object>(sql: string) => (await client.query<T>(sql)).rows;
  const conversations = await all<ConversationColumns>(
    `SELECT ${CONVERSATION_COLUMNS} FROM conversation c`,
  );
  const [clock] = await all<{ now: number }>(`SELECT ${ms('clock_timestamp()')} AS now`);
  const visitors = await all<{
    id: string;
    contactId: string;
    channelId: string;
    workspaceId: string;
  }>(
    `SELECT id, contact_id AS "contactId", channel_id AS "channelId", workspace_id AS "workspaceId"
     FROM visitor`,
  );
  return {
    now: clock?.now ?? 0,
    logs: await logsOf(client),
    rows: new Map(conversations.map((row) => [row.id, conversationOf(row)])),
    timers: await all(
      `SELECT conversation_id AS "conversationId", workspace_id AS "workspaceId", name, gen,
         ${ms('due_at')} AS "dueAt" FROM timer`,
    ),
    members: await all(
      `SELECT m.id AS "memberId", m.workspace_id AS "workspaceId", m.capacity,
         m.removed_at IS NOT NULL AS removed, s.load, coalesce(s.present, false) AS present,
         coalesce(s.availability, 'away') AS availability, ${ms('s.absent_since')} AS "absentSince",
         EXISTS (SELECT FROM member_connection l WHERE l.member_id = m.id
           AND l.expires_at > clock_timestamp()) AS connected
       FROM member m LEFT JOIN member_state s ON s.member_id = m.id`,
    ),
    memberChanges: await all(
      `SELECT member_id AS "memberId", ${ms('at')} AS at, kind, (data->>'rev')::int AS rev,
         data->'from' AS from, data->'to' AS to
       FROM member_event ORDER BY member_id, (data->>'rev')::int`,
    ),
    visitors: new Map(visitors.map(({ id, ...visitor }) => [id, visitor])),
    connections: await all(
      `SELECT member_id AS "memberId", node_id AS "nodeId", ${ms('expires_at')} AS "expiresAt"
       FROM member_connection`,
    ),
    leases: await all(`SELECT name, holder, ${ms('expires_at')} AS "expiresAt" FROM lease`),
    reads: await all(
      `SELECT conversation_id AS "conversationId", member_id AS "memberId", seq FROM member_read`,
    ),
  };
}

/** Reads everything the rules look at, in one snapshot of the database. */
export async function readFacts(pool: Pool): Promise<Facts> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    await client.query('SET LOCAL idle_in_transaction_session_timeout = 0');
    return await inOneSnapshot(client);
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}
