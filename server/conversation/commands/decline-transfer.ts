import type { MemberInput, MemberOutput } from '#lib/protocol/envelope.ts';
import type { MemberCtx } from '../context.ts';
import { unseen } from '../policies.ts';
import type { ConversationDeps } from '../ports.ts';
import { accessOf, keyOf, movedFor } from './asking.ts';

/**
 * The target declines; the owner stays as they were (I7).
 * @throws ParlourError offer_gone, not_found
 */
export async function declineTransfer(
  deps: ConversationDeps,
  ctx: MemberCtx,
  { conversationId, clientKey }: MemberInput<'transfer.decline'>,
): Promise<MemberOutput<'transfer.decline'>> {
  const access = await accessOf(deps, ctx);
  const appended = await deps.append({
    ctx,
    conversationId,
    key: keyOf(ctx, clientKey),
    entries: [],
    event: { type: 'transfer.declined', memberId: ctx.actor.memberId },
    guard: (record) => unseen(access, record),
  });
  return movedFor(deps, ctx, appended);
}
