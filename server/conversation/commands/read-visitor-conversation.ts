import type { VisitorInput, VisitorOutput } from '#lib/protocol/envelope.ts';
import type { VisitorCtx } from '../context.ts';
import type { ConversationDeps } from '../ports.ts';
import { markKeyOf } from './asking.ts';

/**
 * The visitor has read up to a public seq; the mark only moves forward (D6).
 * @throws ParlourError not_found
 */
export async function readVisitorConversation(
  deps: ConversationDeps,
  ctx: VisitorCtx,
  { conversationId, seq }: VisitorInput<'conversation.read'>,
): Promise<VisitorOutput<'conversation.read'>> {
  const { row, moved } = await deps.append({
    ctx,
    conversationId,
    key: markKeyOf(ctx),
    entries: [],
    marks: { visitorReadSeq: seq },
  });
  const { visitorReadSeq, agentReadSeq } = row;
  if (moved) {
    deps.readMoved({
      workspaceId: ctx.workspaceId,
      conversationId,
      memberId: null,
      readSeq: null,
      visitorReadSeq,
      agentReadSeq,
    });
  }
  return { readSeq: visitorReadSeq };
}
