import type { Pool } from 'pg';
import type { VisitorOutput } from '#lib/protocol/envelope.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import { LIMITS } from '#lib/protocol/limits.ts';
import type { VisitorCtx } from '../context.ts';
import type { FindNames } from '../presenters/names.ts';
import { agentsIn, presentVisitorEvents } from '../presenters/visitor-event.ts';
import { EVENT_COLUMNS, eventOf } from '../store.ts';
import { channelView } from './channel.ts';
import { outline, outlinesBefore } from './outlines.ts';

/** Outlines in one answer, as in the session's. */
export const OUTLINES_PAGE = 20;

/**
 * A page of what a visitor may see of a conversation after a public seq (I12).
 * @throws ParlourError not_found: not this visitor's
 */
export async function syncVisitorConversation(
  pool: Pool,
  names: FindNames,
  ctx: VisitorCtx,
  conversationId: string,
  after: number,
): Promise<VisitorOutput<'conversation.sync'>> {
  const conversation = await outline(pool, ctx, names, conversationId);
  if (!conversation) throw new ParlourError('not_found');
  // A public seq never exceeds its event's seq, which the primary key finds.
  const { rows } = await pool.query<Parameters<typeof eventOf>[0]>({
    name: 'events_public_after',
    text: `SELECT ${EVENT_COLUMNS} FROM event e
      WHERE e.conversation_id = $2 AND e.workspace_id = $1 AND e.seq > $3 AND e.public_seq > $3
      ORDER BY e.seq LIMIT $4`,
    values: [ctx.workspaceId, conversationId, after, LIMITS.syncPage + 1],
  });
  const page = rows.slice(0, LIMITS.syncPage).map(eventOf);
  return {
    conversation,
    events: presentVisitorEvents(page, await names(agentsIn(page))),
    more: rows.length > LIMITS.syncPage,
  };
}

/** Outlines newest first below an id, and the channel as it is now. The first page: `heads-batch.ts`. */
export async function listVisitorConversations(
  pool: Pool,
  names: FindNames,
  ctx: VisitorCtx,
  before: string,
): Promise<VisitorOutput<'conversation.list'>> {
  const [channel, conversations] = await Promise.all([
    channelView(pool, ctx),
    outlinesBefore(pool, ctx, names, before, OUTLINES_PAGE + 1),
  ]);
  return {
    channel,
    conversations: conversations.slice(0, OUTLINES_PAGE),
    more: conversations.length > OUTLINES_PAGE,
  };
}
