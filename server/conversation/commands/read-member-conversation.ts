import type { MemberInput, MemberOutput } from '#lib/protocol/envelope.ts';
import type { MemberCtx } from '../context.ts';
import type { ConversationDeps } from '../ports.ts';
import { moveMemberRead } from '../store-reads.ts';
import { findSeen } from './asking.ts';

/**
 * A member has read up to a seq; the mark only moves forward (D6). The owner's mark is also what the
 * visitor is shown.
 * @throws ParlourError not_found
 */
export async function readMemberConversation(
  deps: ConversationDeps,
  ctx: MemberCtx,
  { conversationId, seq }: MemberInput<'conversation.read'>,
): Promise<MemberOutput<'conversation.read'>> {
  const record = await findSeen(deps, ctx, conversationId);
  const upTo = Math.min(seq, record.lastSeq);
  const { readSeq, moved } = await moveMemberRead(deps.pool, ctx, record, upTo);
  if (moved) deps.readMoved(moved);
  return { readSeq };
}
