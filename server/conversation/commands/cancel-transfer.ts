import type { MemberInput, MemberOutput } from '#lib/protocol/envelope.ts';
import type { MemberCtx } from '../context.ts';
import type { ConversationDeps } from '../ports.ts';
import { appendAsOwner, keyOf, movedFor } from './asking.ts';

/**
 * The owner takes a transfer back before it is answered.
 * @throws ParlourError not_owner, offer_gone, not_found
 */
export async function cancelTransfer(
  deps: ConversationDeps,
  ctx: MemberCtx,
  { conversationId, clientKey }: MemberInput<'transfer.cancel'>,
): Promise<MemberOutput<'transfer.cancel'>> {
  const appended = await appendAsOwner(deps, ctx, {
    ctx,
    conversationId,
    key: keyOf(ctx, clientKey),
    entries: [],
    event: { type: 'transfer.cancelled', by: ctx.actor.memberId },
  });
  return movedFor(deps, ctx, appended);
}
