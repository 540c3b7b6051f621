import type { MemberInput, MemberOutput } from '#lib/protocol/envelope.ts';
import type { MemberCtx } from '../context.ts';
import type { ConversationDeps } from '../ports.ts';
import { appendAsOwner, keyOf, movedFor } from './asking.ts';

/**
 * The owner ends the conversation; wrap-up follows.
 * @throws ParlourError not_owner, conversation_closed, not_found
 */
export async function endMemberConversation(
  deps: ConversationDeps,
  ctx: MemberCtx,
  { conversationId, clientKey }: MemberInput<'conversation.end'>,
): Promise<MemberOutput<'conversation.end'>> {
  const appended = await appendAsOwner(deps, ctx, {
    ctx,
    conversationId,
    key: keyOf(ctx, clientKey),
    entries: [],
    event: { type: 'conversation.ended', by: 'agent', memberId: ctx.actor.memberId },
  });
  return movedFor(deps, ctx, appended);
}
