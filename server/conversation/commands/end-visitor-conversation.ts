import type { VisitorInput, VisitorOutput } from '#lib/protocol/envelope.ts';
import type { VisitorCtx } from '../context.ts';
import type { ConversationDeps } from '../ports.ts';
import { keyOf, publicSeqOf } from './asking.ts';

/**
 * The visitor ends the conversation.
 * @throws ParlourError conversation_closed, not_possible_now, not_found
 */
export async function endVisitorConversation(
  deps: ConversationDeps,
  ctx: VisitorCtx,
  { conversationId, clientKey }: VisitorInput<'conversation.end'>,
): Promise<VisitorOutput<'conversation.end'>> {
  const appended = await deps.append({
    ctx,
    conversationId,
    key: keyOf(ctx, clientKey),
    entries: [],
    event: { type: 'conversation.ended', by: 'visitor' },
  });
  return { seq: publicSeqOf(appended) };
}
