import type { MemberInput, MemberOutput } from '#lib/protocol/envelope.ts';
import type { MemberCtx } from '../context.ts';
import type { ConversationDeps } from '../ports.ts';
import { appendAsOwner, findSeen, keyOf, movedFor } from './asking.ts';

/**
 * The owner puts the conversation back into its queue, its age kept.
 * @throws ParlourError not_owner, not_possible_now, conversation_closed, not_found
 */
export async function returnConversation(
  deps: ConversationDeps,
  ctx: MemberCtx,
  { conversationId, clientKey }: MemberInput<'conversation.return'>,
): Promise<MemberOutput<'conversation.return'>> {
  const { queueId } = await findSeen(deps, ctx, conversationId);
  const staffed = queueId !== null && (await deps.staffed(ctx.workspaceId, queueId));
  const appended = await appendAsOwner(deps, ctx, {
    ctx,
    conversationId,
    key: keyOf(ctx, clientKey),
    entries: [],
    event: { type: 'owner.returned', memberId: ctx.actor.memberId, staffed },
  });
  return movedFor(deps, ctx, appended);
}
