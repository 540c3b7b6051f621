import type { Pool } from 'pg';
import type { MemberOutput } from '#lib/protocol/envelope.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import { LIMITS } from '#lib/protocol/limits.ts';
import type { ConversationRow, InboxView } from '#lib/protocol/member.ts';
import type { MemberCtx } from '../context.ts';
import { MAY_SEE, seesAll } from './actors.ts';
import { inboxCursor } from './inbox-sync.ts';
import { ROWS_OF, type RowColumns, rowOf } from './rows.ts';

/** One more than a page tells whether there is a next one. */
const TAKE = LIMITS.listPage + 1;
/** What one member holds is bounded by capacity; overrides may go a little above. */
const MINE = 500;

type PageKey = { priority: number; at: number; id: string };

/** `<priority>_<ms>_<id>` of the last row: what the order of every view is made of. */
function keyOf(row: ConversationRow): string {
  const at = row.closedAt ?? row.queuedAt ?? row.createdAt;
  return `${row.priority}_${Date.parse(at)}_${row.id}`;
}

const KEY = /^(-?\d{1,9})_(\d{1,15})_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

function parseKey(text: string): PageKey {
  const [, priority, at, id] = KEY.exec(text) ?? [];
  if (!id) {
    throw new ParlourError('invalid_input', {
      issues: [{ path: 'after', message: 'not the next of an earlier page' }],
    });
  }
  return { priority: Number(priority), at: Number(at), id };
}

const AT = (param: string) => `to_timestamp(${param}::float8 / 1000)`;

/** The queues whose conversations the member sees, each read in its index's order, then merged. */
const QUEUES = `(SELECT q.id FROM queue q WHERE q.workspace_id = $1 AND ($3::boolean OR q.id IN
  (SELECT qm.queue_id FROM queue_member qm WHERE qm.workspace_id = $1 AND qm.member_id = $2))) q`;

const perQueue = (branches: readonly string[], order: string) =>
  `SELECT c.* FROM ${QUEUES} CROSS JOIN LATERAL (${branches
    .map(
      (where) => `(SELECT c.* FROM conversation c
        WHERE c.queue_id = q.id AND c.workspace_id = $1 AND ${where} ORDER BY ${order} LIMIT ${TAKE})`,
    )
    .join(' UNION ALL ')}) c ORDER BY ${order} LIMIT ${TAKE}`;

interface Plan {
  name: string;
  /** A page of `conversation AS c`; $1 workspace, $2 member, $3 sees all, then the key. */
  page: string;
  order: string;
  key: readonly (keyof PageKey)[];
}

const QUEUED_ORDER = 'c.priority DESC, c.queued_at, c.id';
const CLOSED_ORDER = 'c.closed_at DESC, c.id';
const NEWEST = 'c.id DESC';
const OPEN = `SELECT c.* FROM conversation c
  WHERE c.workspace_id = $1 AND c.closed_at IS NULL AND ${MAY_SEE('$1', '$2', '$3')}`;

const PLANS: Record<
  'first' | 'next',
  Record<'queued' | 'all' | 'closed' | 'closedOfQueues', Plan>
> = {
  first: {
    queued: {
      name: 'inbox_queued',
      page: perQueue([`c.phase = 'queued'`], QUEUED_ORDER),
      order: QUEUED_ORDER,
      key: [],
    },
    all: {
      name: 'inbox_all',
      page: `${OPEN} ORDER BY ${NEWEST} LIMIT ${TAKE}`,
      order: NEWEST,
      key: [],
    },
    closed: {
      name: 'inbox_closed',
      page: `SELECT c.* FROM conversation c WHERE c.workspace_id = $1 AND c.closed_at IS NOT NULL
        AND $3::boolean AND $2::uuid IS NOT NULL ORDER BY ${CLOSED_ORDER} LIMIT ${TAKE}`,
      order: CLOSED_ORDER,
      key: [],
    },
    closedOfQueues: {
      name: 'inbox_closed_queues',
      page: perQueue(['c.closed_at IS NOT NULL'], CLOSED_ORDER),
      order: CLOSED_ORDER,
      key: [],
    },
  },
  next: {
    queued: {
      name: 'inbox_queued_next',
      // Two bounded scans instead of one that walks over all the pages before.
      page: perQueue(
        [
          `c.phase = 'queued' AND c.priority = $4 AND (c.queued_at, c.id) > (${AT('$5')}, $6::uuid)`,
          `c.phase = 'queued' AND c.priority < $4`,
        ],
        QUEUED_ORDER,
      ),
      order: QUEUED_ORDER,
      key: ['priority', 'at', 'id'],
    },
    all: {
      name: 'inbox_all_next',
      page: `${OPEN} AND c.id < $4::uuid ORDER BY ${NEWEST} LIMIT ${TAKE}`,
      order: NEWEST,
      key: ['id'],
    },
    closed: {
      name: 'inbox_closed_next',
      page: `SELECT c.* FROM conversation c WHERE c.workspace_id = $1 AND c.closed_at <= ${AT('$4')}
        AND (c.closed_at < ${AT('$4')} OR c.id > $5::uuid)
        AND $3::boolean AND $2::uuid IS NOT NULL ORDER BY ${CLOSED_ORDER} LIMIT ${TAKE}`,
      order: CLOSED_ORDER,
      key: ['at', 'id'],
    },
    closedOfQueues: {
      name: 'inbox_closed_queues_next',
      page: perQueue(
        [`c.closed_at <= ${AT('$4')} AND (c.closed_at < ${AT('$4')} OR c.id > $5::uuid)`],
        CLOSED_ORDER,
      ),
      order: CLOSED_ORDER,
      key: ['at', 'id'],
    },
  },
};

const MINE_PAGE = `SELECT c.* FROM conversation c
  WHERE c.workspace_id = $1 AND c.owner_id = $2 AND c.closed_at IS NULL
  UNION SELECT c.* FROM conversation c WHERE c.workspace_id = $1 AND c.target_member_id = $2`;

async function mine(pool: Pool, ctx: MemberCtx): Promise<ConversationRow[]> {
  const { rows } = await pool.query<RowColumns>({
    name: 'inbox_mine',
    text: `${ROWS_OF(MINE_PAGE, '$2')}
      ORDER BY greatest(c.last_visitor_at, c.last_agent_at, c.created_at) DESC, c.id LIMIT ${MINE}`,
    values: [ctx.workspaceId, ctx.actor.memberId],
  });
  return rows.map(rowOf);
}

/**
 * One page of a view: `mine` (owned or offered; newest activity first, all at once), `queued`
 * (priority, then age), `all` (open; newest first), `closed` (last closed first). Pages by key, so
 * that what comes and goes meanwhile neither repeats nor hides a row that stays.
 * @param after `next` of the page before
 * @throws ParlourError invalid_input: `after` is not ours
 */
export async function listInbox(
  pool: Pool,
  ctx: MemberCtx,
  view: InboxView,
  after: string | undefined,
): Promise<MemberOutput<'inbox.list'>> {
  const key = after === undefined ? null : parseKey(after);
  const cursor = await inboxCursor(pool, ctx);
  if (view === 'mine') return { rows: key ? [] : await mine(pool, ctx), next: null, cursor };

  // An agent's closed ones lie in the agent's queues: a closed conversation has no owner (I1).
  const of = view === 'closed' && !seesAll(ctx) ? 'closedOfQueues' : view;
  const plan = PLANS[key ? 'next' : 'first'][of];
  const { rows } = await pool.query<RowColumns>({
    name: plan.name,
    text: `${ROWS_OF(plan.page, '$2')} ORDER BY ${plan.order}`,
    values: [
      ctx.workspaceId,
      ctx.actor.memberId,
      seesAll(ctx),
      ...plan.key.map((part) => key?.[part]),
    ],
  });
  const page = rows.slice(0, LIMITS.listPage).map(rowOf);
  const last = page.at(-1);
  return { rows: page, next: rows.length === TAKE && last ? keyOf(last) : null, cursor };
}
