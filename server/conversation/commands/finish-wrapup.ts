import type { MemberInput, MemberOutput } from '#lib/protocol/envelope.ts';
import type { MemberCtx } from '../context.ts';
import type { ConversationDeps } from '../ports.ts';
import { appendAsOwner, keyOf, movedFor } from './asking.ts';

/**
 * The owner is done with the wrap-up; the conversation closes.
 * @throws ParlourError not_owner, not_possible_now, not_found
 */
export async function finishWrapup(
  deps: ConversationDeps,
  ctx: MemberCtx,
  { conversationId, clientKey }: MemberInput<'wrapup.finish'>,
): Promise<MemberOutput<'wrapup.finish'>> {
  const appended = await appendAsOwner(deps, ctx, {
    ctx,
    conversationId,
    key: keyOf(ctx, clientKey),
    entries: [],
    event: { type: 'wrapup.finished', memberId: ctx.actor.memberId },
  });
  return movedFor(deps, ctx, appended);
}
