import type { MemberInput, MemberOutput } from '#lib/protocol/envelope.ts';
import type { MemberCtx } from '../context.ts';
import type { ConversationDeps } from '../ports.ts';
import type { ConversationRecord } from '../records.ts';
import { moveMemberRead, publicSeqAt } from '../store-reads.ts';
import { findSeen, markKeyOf } from './asking.ts';

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
  const { workspaceId, actor } = ctx;
  const { memberId } = actor;
  const record = await findSeen(deps, ctx, conversationId);
  const upTo = Math.min(seq, record.lastSeq);
  const mine = await moveMemberRead(deps.pool, ctx, record, upTo);
  const shown = record.ownerId === memberId ? await show(deps, ctx, record, upTo) : null;
  const { visitorReadSeq, agentReadSeq } = shown?.row ?? record;
  const { readSeq } = mine;
  if (mine.moved || shown?.moved) {
    deps.readMoved({
      workspaceId,
      conversationId,
      memberId,
      readSeq,
      visitorReadSeq,
      agentReadSeq,
    });
  }
  return { readSeq };
}

/** What the visitor is shown of the owner's reading; null when it stands there already. */
async function show(
  deps: ConversationDeps,
  ctx: MemberCtx,
  record: ConversationRecord,
  upTo: number,
) {
  const { conversationId, lastSeq, lastPublicSeq } = record;
  const agentReadSeq =
    upTo === lastSeq
      ? lastPublicSeq
      : await publicSeqAt(deps.pool, ctx.workspaceId, conversationId, upTo);
  if (agentReadSeq <= record.agentReadSeq) return null;
  const item = { ctx, conversationId, key: markKeyOf(ctx), entries: [], marks: { agentReadSeq } };
  return deps.append(item);
}
