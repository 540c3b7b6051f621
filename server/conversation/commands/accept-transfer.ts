import type { MemberInput, MemberOutput } from '#lib/protocol/envelope.ts';
import type { MemberCtx } from '../context.ts';
import { unseen } from '../policies.ts';
import type { ConversationDeps } from '../ports.ts';
import { accessOf, keyOf, movedFor } from './asking.ts';

/**
 * The target of a transfer becomes the owner.
 * @throws ParlourError offer_gone, not_found
 */
export async function acceptTransfer(
  deps: ConversationDeps,
  ctx: MemberCtx,
  { conversationId, clientKey }: MemberInput<'transfer.accept'>,
): Promise<MemberOutput<'transfer.accept'>> {
  const access = await accessOf(deps, ctx);
  const appended = await deps.append({
    ctx,
    conversationId,
    key: keyOf(ctx, clientKey),
    entries: [],
    event: { type: 'transfer.accepted', memberId: ctx.actor.memberId },
    guard: (record) => unseen(access, record),
  });
  return movedFor(deps, ctx, appended);
}
