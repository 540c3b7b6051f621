import type { Pool } from 'pg';
import type { VisitorOutput } from '#lib/protocol/envelope.ts';
import type { VisitorCtx } from '../context.ts';
import type { FindNames } from '../presenters/names.ts';
import { channelView } from './channel.ts';
import { outlinesBefore } from './outlines.ts';

/** Outlines in one answer, as in the session's. */
export const OUTLINES_PAGE = 20;

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
