import type { TransferTo } from '#lib/domain/conversation/index.ts';
import type { MemberInput, MemberOutput } from '#lib/protocol/envelope.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import type { MemberCtx } from '../context.ts';
import type { ConversationDeps } from '../ports.ts';
import { appendAsOwner, findSeen, keyOf, movedFor } from './asking.ts';

/** When the conversation's queue says nothing about how long an offer stands. */
const OFFER_MS = 45_000;

/**
 * The owner asks a member to go on, or gives the conversation to a queue. A member must be present,
 * available and below capacity, which is checked under their row's lock.
 * @throws ParlourError not_owner, transfer_to_self, member_unavailable, at_capacity,
 *   not_possible_now, not_found …
 */
export async function requestTransfer(
  deps: ConversationDeps,
  ctx: MemberCtx,
  { conversationId, clientKey, to, note }: MemberInput<'transfer.request'>,
): Promise<MemberOutput<'transfer.request'>> {
  const { queueId } = await findSeen(deps, ctx, conversationId);
  const { offerMs, staffed } = await offerOf(deps, ctx, queueId, to);
  const appended = await appendAsOwner(deps, ctx, {
    ctx,
    conversationId,
    key: keyOf(ctx, clientKey),
    entries: [],
    event: { type: 'transfer.requested', by: ctx.actor.memberId, to, offerMs, staffed },
    ...(note && { about: { note } }),
  });
  return movedFor(deps, ctx, appended);
}

/** How long the target has to answer, and whether anybody of a target queue is there. */
async function offerOf(
  deps: ConversationDeps,
  { workspaceId }: MemberCtx,
  queueId: string | null,
  to: TransferTo,
): Promise<{ offerMs: number; staffed: boolean }> {
  if (to.kind === 'queue') {
    const queue = await deps.queue(workspaceId, to.queueId);
    if (!queue || queue.archived) throw new ParlourError('not_found');
    return { offerMs: queue.offerMs, staffed: await deps.staffed(workspaceId, to.queueId) };
  }
  const queue = queueId === null ? null : await deps.queue(workspaceId, queueId);
  return { offerMs: queue?.offerMs ?? OFFER_MS, staffed: true };
}
