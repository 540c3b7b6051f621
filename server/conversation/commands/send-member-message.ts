import type { MemberInput, MemberOutput } from '#lib/protocol/envelope.ts';
import type { MemberCtx } from '../context.ts';
import type { ConversationDeps } from '../ports.ts';
import { instant } from '../presenters/names.ts';
import { appendAsOwner, keyOf } from './asking.ts';

/**
 * The owner speaks to the visitor; while transferring that is still who owned it (I4).
 * @throws ParlourError not_owner, conversation_closed, not_found
 */
export async function sendMemberMessage(
  deps: ConversationDeps,
  ctx: MemberCtx,
  { conversationId, clientKey, text }: MemberInput<'message.send'>,
): Promise<MemberOutput<'message.send'>> {
  const { seq, at } = await appendAsOwner(deps, ctx, {
    ctx,
    conversationId,
    key: keyOf(ctx, clientKey),
    entries: [{ kind: 'message.sent', public: true, data: { text } }],
    event: { type: 'agent.message', memberId: ctx.actor.memberId },
  });
  return { seq, at: instant(at) };
}
