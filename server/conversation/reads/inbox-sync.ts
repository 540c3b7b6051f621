import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import type { MemberOutput } from '#lib/protocol/envelope.ts';
import type { MemberCtx } from '../context.ts';
import { seesAll } from './actors.ts';
import {
  decodeCursor,
  encodeCursor,
  type InboxCursor,
  parseSnapshot,
  partWay,
  shortEpoch,
} from './cursor.ts';
import { visibleRows } from './rows.ts';

/** Changes in one page; all of one transaction stay together, so that a page may hold some more. */
const PAGE = 200;
/** From this many changes on, listing again is cheaper than syncing. */
const TOO_FAR = 5_000;

interface Stand {
  epoch: string;
  snapshot: string;
  queues: string[];
}

/** Who sees what must be known with the cursor: the cursor of another access is worth nothing. */
const STAND = `SELECT i.cluster_epoch::text AS epoch, pg_current_snapshot()::text AS snapshot,
  ARRAY(SELECT qm.queue_id::text FROM queue_member qm
    WHERE qm.workspace_id = $1 AND qm.member_id = $2 ORDER BY qm.queue_id) AS queues
  FROM installation i WHERE i.id = 1`;

function cursorAt(ctx: MemberCtx, stand: Stand): InboxCursor {
  const sees = seesAll(ctx) ? 'all' : stand.queues.join();
  const access = createHash('sha256').update(sees).digest('hex').slice(0, 12);
  return { epoch: shortEpoch(stand.epoch), access, ...parseSnapshot(stand.snapshot) };
}

/**
 * The cursor of now. Take it before reading a list: what changes in between is then synced again,
 * and not missed.
 */
export async function inboxCursor(pool: Pool, ctx: MemberCtx): Promise<string> {
  const { rows } = await pool.query<Stand>({
    name: 'inbox_stand',
    text: STAND,
    values: [ctx.workspaceId, ctx.actor.memberId],
  });
  if (!rows[0]) throw new Error('the installation row is missing');
  return encodeCursor(cursorAt(ctx, rows[0]));
}

/** A conversation with its changes of one page. */
interface Change extends Stand {
  conversation_id: string | null;
  /** Of its last change. */
  tx: string | null;
  moved: boolean | null;
  changes: number | null;
}

/** Four ordered index scans, merged: each complete up to the last transaction of the page. */
const scan = (from: string, condition: string) =>
  `(SELECT ${from} AND ${condition} ORDER BY tx FETCH FIRST ${PAGE} ROWS WITH TIES)`;
const EVENTS = `conversation_id, tx, kind = 'conversation.transitioned' AS moved
  FROM event WHERE workspace_id = $1`;
const READS = `conversation_id, tx, false AS moved
  FROM member_read WHERE member_id = $2 AND workspace_id = $1`;

/** By conversation: of a hundred messages missed in one, the node is told once. */
const CHANGES = `SELECT s.*, e.conversation_id, e.tx::text AS tx, e.moved, e.changes FROM (${STAND}) s
  LEFT JOIN LATERAL (SELECT conversation_id, max(tx) AS tx, bool_or(moved) AS moved,
      count(*)::int AS changes
    FROM (SELECT * FROM (
      ${scan(EVENTS, 'tx >= $3::xid8')} UNION ALL ${scan(EVENTS, 'tx = ANY ($4::xid8[])')}
      UNION ALL ${scan(READS, 'tx >= $3::xid8')} UNION ALL ${scan(READS, 'tx = ANY ($4::xid8[])')}
    ) merged ORDER BY tx FETCH FIRST ${PAGE} ROWS WITH TIES) page
    GROUP BY conversation_id) e ON true ORDER BY e.tx, e.conversation_id`;

async function tooFar(pool: Pool, ctx: MemberCtx, from: bigint): Promise<boolean> {
  const { rows } = await pool.query<{ behind: number }>({
    name: 'inbox_behind',
    text: `SELECT count(*)::int AS behind FROM (SELECT FROM event
      WHERE workspace_id = $1 AND tx >= $2::xid8 ORDER BY tx LIMIT ${TOO_FAR}) e`,
    values: [ctx.workspaceId, from.toString()],
  });
  return (rows[0]?.behind ?? 0) >= TOO_FAR;
}

/**
 * What changed since the cursor: rows as this member sees them now, and `gone` for what a transition
 * took out of their sight (D4). A change is found by the transaction that made it, against the
 * snapshot in the cursor, so that neither a stalled transaction loses changes nor delays others'
 * (decision 0040). The member's own read marks from other devices come along.
 */
export async function syncInbox(
  pool: Pool,
  ctx: MemberCtx,
  text: string,
): Promise<MemberOutput<'inbox.sync'>> {
  const asked = decodeCursor(text);
  const { rows: changes } = await pool.query<Change>({
    name: 'inbox_changes',
    text: CHANGES,
    values: [
      ctx.workspaceId,
      ctx.actor.memberId,
      (asked?.from ?? 0n).toString(),
      asked?.open.map(String) ?? [],
    ],
  });
  const stand = changes[0];
  if (!stand) throw new Error('the installation row is missing');
  const now = cursorAt(ctx, stand);
  const reset = { rows: [], gone: [], cursor: encodeCursor(now), more: false, reset: true };
  if (!asked || asked.epoch !== now.epoch || asked.access !== now.access || asked.from > now.from) {
    return reset;
  }
  const more = changes.reduce((sum, one) => sum + (one.changes ?? 0), 0) >= PAGE;
  if (more && (await tooFar(pool, ctx, asked.from))) return reset;

  const moved = new Map<string, boolean>();
  for (const { conversation_id: id, moved: transition } of changes) {
    if (id) moved.set(id, transition === true);
  }
  const rows = await visibleRows(pool, ctx, [...moved.keys()]);
  const shown = new Set(rows.map((row) => row.id));
  const last = changes.at(-1)?.tx;
  const cursor = more && last ? partWay(asked, now, BigInt(last)) : now;
  return {
    rows,
    // Only a transition takes a conversation out of sight; what was never seen need not be named.
    gone: [...moved].filter(([id, transition]) => transition && !shown.has(id)).map(([id]) => id),
    cursor: encodeCursor(cursor),
    more,
    reset: false,
  };
}
