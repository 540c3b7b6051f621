import type { Pool } from 'pg';
import type { MemberOutput } from '#lib/protocol/envelope.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import { LIMITS } from '#lib/protocol/limits.ts';
import type { MemberCtx } from '../context.ts';
import { presentMemberEvent } from '../presenters/member-event.ts';
import { instant } from '../presenters/names.ts';
import { eventsAfter } from '../store.ts';
import { MAY_SEE, seesAll } from './actors.ts';
import { visibleRows } from './rows.ts';

/** Earlier conversations shown beside the open one. */
const EARLIER = 20;
/** A visitor not heard of for this long is offline; sockets renew `last_seen_at` well within. */
export const VISITOR_ONLINE_MS = 60_000;

/**
 * A page of a conversation's log after a seq, with its row.
 * @throws ParlourError not_found: there is none that this member may see
 */
export async function syncConversation(
  pool: Pool,
  ctx: MemberCtx,
  conversationId: string,
  after: number,
): Promise<MemberOutput<'conversation.sync'>> {
  // The row first: the events may be ahead of its head, which the client takes, never behind.
  const [row] = await visibleRows(pool, ctx, [conversationId]);
  if (!row) throw new ParlourError('not_found');
  const events = await eventsAfter(
    pool,
    ctx.workspaceId,
    conversationId,
    after,
    LIMITS.syncPage + 1,
  );
  return {
    row,
    events: events.slice(0, LIMITS.syncPage).map(presentMemberEvent),
    more: events.length > LIMITS.syncPage,
  };
}

interface VisitorColumns {
  online: boolean;
  locale: string;
  user_agent: string | null;
  page_url: string | null;
  page_title: string | null;
}

interface EarlierColumns {
  id: string;
  created_at: number;
  preview: string;
  rating: number | null;
}

/**
 * The same, with the visitor as last heard of and the person's earlier conversations, newest first,
 * as far as this member may see them.
 * @throws ParlourError not_found
 */
export async function openConversation(
  pool: Pool,
  ctx: MemberCtx,
  conversationId: string,
  after: number,
): Promise<MemberOutput<'conversation.open'>> {
  const synced = await syncConversation(pool, ctx, conversationId, after);
  const [visitor, earlier] = await Promise.all([
    pool.query<VisitorColumns>({
      name: 'conversation_visitor',
      text: `SELECT v.last_seen_at > clock_timestamp() - make_interval(secs => $3::float8 / 1000) AS online,
          v.locale, v.user_agent, v.page_url, v.page_title
        FROM conversation c JOIN visitor v ON v.id = c.visitor_id AND v.workspace_id = c.workspace_id
        WHERE c.id = $2 AND c.workspace_id = $1`,
      values: [ctx.workspaceId, conversationId, VISITOR_ONLINE_MS],
    }),
    pool.query<EarlierColumns>({
      name: 'conversation_earlier',
      text: `SELECT c.id, (extract(epoch FROM c.created_at) * 1000)::float8 AS created_at, c.preview, c.rating
        FROM conversation c
        WHERE c.workspace_id = $1 AND c.contact_id = $4 AND c.id < $5 AND ${MAY_SEE('$1', '$2', '$3')}
        ORDER BY c.id DESC LIMIT ${EARLIER}`,
      values: [
        ctx.workspaceId,
        ctx.actor.memberId,
        seesAll(ctx),
        synced.row.contact.id,
        conversationId,
      ],
    }),
  ]);
  const seen = visitor.rows[0];
  return {
    ...synced,
    visitor: {
      online: seen?.online ?? false,
      locale: seen?.locale ?? 'en',
      userAgent: seen?.user_agent ?? null,
      page:
        seen?.page_url == null
          ? null
          : { url: seen.page_url, title: seen.page_title ?? seen.page_url },
    },
    earlier: earlier.rows.map((row) => ({
      id: row.id,
      createdAt: instant(row.created_at),
      preview: row.preview,
      rating: row.rating,
    })),
  };
}
