import type { Pool } from 'pg';
import { together } from '#lib/db/together.ts';
import type { ConversationRecord } from './records.ts';
import {
  CONVERSATION_COLUMNS,
  type ConversationColumns,
  conversationOf,
  type Database,
  STAFFED,
} from './store.ts';

/**
 * What commands look up before they append. Who asks while others are answered shares a statement with
 * them: in a rush hour thousands of offers are answered within a second, and what each looked up by itself
 * cost more than its transition, which shares one.
 */
export interface Lookups {
  /** The row as committed, or null (absent or another workspace's). */
  find(workspaceId: string, conversationId: string): Promise<ConversationRecord | null>;
  /** Queues the member serves. */
  queuesOf(workspaceId: string, memberId: string): Promise<ReadonlySet<string>>;
  queue(workspaceId: string, queueId: string): Promise<QueueFacts | null>;
  /** Whether a member of the queue is available and present. */
  staffed(workspaceId: string, queueId: string): Promise<boolean>;
}

/** A queue as commands need it. */
export interface QueueFacts {
  offerMs: number;
  archived: boolean;
}

/** One thing of one workspace. */
interface Asked {
  workspaceId: string;
  id: string;
}

const arrays = (asked: readonly Asked[]) => [
  asked.map(({ workspaceId }) => workspaceId),
  asked.map(({ id }) => id),
];

async function conversations(database: Database, asked: readonly Asked[]) {
  const { rows } = await database.query<ConversationColumns>({
    name: 'conversations_find',
    text: `SELECT ${CONVERSATION_COLUMNS} FROM conversation c
      WHERE (c.workspace_id, c.id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))`,
    values: arrays(asked),
  });
  const found = new Map(rows.map((row) => [row.id, row]));
  return asked.map(({ workspaceId, id }) => {
    const row = found.get(id);
    // An id of another workspace that somebody of that one asks for at the same moment (I11).
    return row && row.workspace_id === workspaceId ? conversationOf(row) : null;
  });
}

async function queues(database: Database, asked: readonly Asked[]) {
  const { rows } = await database.query<{ n: number; queue_ids: string[] }>({
    name: 'members_queues',
    text: `SELECT u.n::int AS n, array_agg(qm.queue_id) AS queue_ids
      FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS u(workspace_id, member_id, n)
      JOIN queue_member qm ON qm.workspace_id = u.workspace_id AND qm.member_id = u.member_id
      GROUP BY u.n`,
    values: arrays(asked),
  });
  const found = new Map(rows.map((row) => [row.n, new Set(row.queue_ids)]));
  return asked.map((_, index) => found.get(index + 1) ?? new Set<string>());
}

async function queueFacts(database: Database, asked: readonly Asked[]) {
  const { rows } = await database.query<{ n: number; offer_seconds: number; archived: boolean }>({
    name: 'queues_find',
    text: `SELECT u.n::int AS n, q.offer_seconds, q.archived_at IS NOT NULL AS archived
      FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS u(workspace_id, queue_id, n)
      JOIN queue q ON q.workspace_id = u.workspace_id AND q.id = u.queue_id`,
    values: arrays(asked),
  });
  const found = new Map(
    rows.map((row): [number, QueueFacts] => [
      row.n,
      { offerMs: row.offer_seconds * 1000, archived: row.archived },
    ]),
  );
  return asked.map((_, index) => found.get(index + 1) ?? null);
}

async function staffing(database: Database, asked: readonly Asked[]) {
  const { rows } = await database.query<{ staffed: boolean }>({
    name: 'queues_staffed',
    text: `SELECT ${STAFFED('u.workspace_id', 'u.queue_id')} AS staffed
      FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS u(workspace_id, queue_id, n)
      ORDER BY u.n`,
    values: arrays(asked),
  });
  return rows.map((row) => row.staffed);
}

export function createLookups(pool: Pool): Lookups {
  const find = together((asked: readonly Asked[]) => conversations(pool, asked));
  const queuesOf = together((asked: readonly Asked[]) => queues(pool, asked));
  const queue = together((asked: readonly Asked[]) => queueFacts(pool, asked));
  const staffed = together((asked: readonly Asked[]) => staffing(pool, asked));
  return {
    find: (workspaceId, id) => find({ workspaceId, id }),
    queuesOf: (workspaceId, id) => queuesOf({ workspaceId, id }),
    queue: (workspaceId, id) => queue({ workspaceId, id }),
    staffed: (workspaceId, id) => staffed({ workspaceId, id }),
  };
}
