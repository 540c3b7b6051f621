import type { VisitorInput, VisitorOutput } from '#lib/protocol/envelope.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import type { VisitorCtx } from '../context.ts';
import { mayReach } from '../policies.ts';
import type { ConversationDeps } from '../ports.ts';
import { moveVisitorRead } from '../store-reads.ts';

/**
 * The visitor has read up to a public seq; the mark only moves forward (D6).
 * @throws ParlourError not_found
 */
export async function readVisitorConversation(
  deps: ConversationDeps,
  ctx: VisitorCtx,
  { conversationId, seq }: VisitorInput<'conversation.read'>,
): Promise<VisitorOutput<'conversation.read'>> {
  const record = await deps.find(ctx, conversationId);
  if (!record || !mayReach(ctx.actor, record)) throw new ParlourError('not_found');
  if (seq <= record.visitorReadSeq) return { readSeq: record.visitorReadSeq };
  const moved = await moveVisitorRead(deps.pool, ctx.workspaceId, conversationId, seq);
  if (moved) deps.readMoved(moved);
  return { readSeq: moved?.visitorReadSeq ?? record.visitorReadSeq };
}
