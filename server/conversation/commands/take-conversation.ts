import type { MemberInput, MemberOutput } from '#lib/protocol/envelope.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import type { MemberCtx } from '../context.ts';
import { mayOverride, unseen } from '../policies.ts';
import type { ConversationDeps } from '../ports.ts';
import { accessOf, keyOf, movedFor } from './asking.ts';

/**
 * A member takes a conversation that waits or is offline; with `override` a supervisor takes it from
 * somebody and past their own capacity, which the log keeps (I4).
 * @throws ParlourError already_taken, already_owner, at_capacity, forbidden, not_found …
 */
export async function takeConversation(
  deps: ConversationDeps,
  ctx: MemberCtx,
  { conversationId, clientKey, override = false }: MemberInput<'conversation.take'>,
): Promise<MemberOutput<'conversation.take'>> {
  const access = await accessOf(deps, ctx);
  if (override && !mayOverride(access)) throw new ParlourError('forbidden');
  const appended = await deps.append({
    ctx,
    conversationId,
    key: keyOf(ctx, clientKey),
    entries: [],
    event: { type: 'agent.took', memberId: ctx.actor.memberId, override },
    guard: (record) => unseen(access, record),
    overCapacity: override,
    ...(override && { about: { override: true } }),
  });
  return movedFor(deps, ctx, appended);
}
