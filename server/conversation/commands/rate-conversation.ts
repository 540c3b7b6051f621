import { stageOf } from '#lib/domain/conversation/index.ts';
import type { VisitorInput, VisitorOutput } from '#lib/protocol/envelope.ts';
import type { VisitorCtx } from '../context.ts';
import type { ConversationDeps } from '../ports.ts';
import { keyOf, publicSeqOf } from './asking.ts';

/**
 * The visitor rates what has ended, or what they were asked to rate; the newest rating counts.
 * @throws ParlourError not_possible_now, not_found
 */
export async function rateConversation(
  deps: ConversationDeps,
  ctx: VisitorCtx,
  { conversationId, clientKey, score, comment }: VisitorInput<'conversation.rate'>,
): Promise<VisitorOutput<'conversation.rate'>> {
  const appended = await deps.append({
    ctx,
    conversationId,
    key: keyOf(ctx, clientKey),
    entries: [{ kind: 'rating.given', public: true, data: { score, comment: comment || null } }],
    guard: ({ phase, memory }) =>
      stageOf(phase) === 'ended' || memory.ratingAsked === true ? null : 'not_possible_now',
  });
  return { seq: publicSeqOf(appended) };
}
