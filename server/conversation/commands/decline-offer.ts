import type { MemberInput, MemberOutput } from '#lib/protocol/envelope.ts';
import type { MemberCtx } from '../context.ts';
import { unseen } from '../policies.ts';
import type { ConversationDeps } from '../ports.ts';
import { accessOf, keyOf, movedFor } from './asking.ts';

/**
 * Who is offered the conversation leaves it to others; it keeps its age (I7).
 * @throws ParlourError offer_gone, not_found
 */
export async function declineOffer(
  deps: ConversationDeps,
  ctx: MemberCtx,
  { conversationId, clientKey }: MemberInput<'offer.decline'>,
): Promise<MemberOutput<'offer.decline'>> {
  const access = await accessOf(deps, ctx);
  const appended = await deps.append({
    ctx,
    conversationId,
    key: keyOf(ctx, clientKey),
    entries: [],
    event: { type: 'offer.declined', memberId: ctx.actor.memberId },
    guard: (record) => unseen(access, record),
  });
  return movedFor(deps, ctx, appended);
}
