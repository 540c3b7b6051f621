import { ParlourError } from '#lib/protocol/errors.ts';
import type { Ctx, MemberCtx } from '../context.ts';
import type { MemberAccess } from '../policies.ts';
import { atLeast, unseen } from '../policies.ts';
import type { ConversationDeps } from '../ports.ts';
import type { Appended, AppendItem, ConversationRecord } from '../records.ts';

/** The key of one action of one client, in the log's form. */
export function keyOf(ctx: Ctx, clientKey: string): AppendItem['key'] {
  return { source: sourceOf(ctx), clientId: clientKey };
}

/** Marks keep no key; with the space it can be no action's either. */
export function markKeyOf(ctx: Ctx): AppendItem['key'] {
  return { source: sourceOf(ctx), clientId: ' marks' };
}

function sourceOf({ actor }: Ctx): string {
  switch (actor.kind) {
    case 'visitor':
      return `v:${actor.visitorId}`;
    case 'member':
      return `m:${actor.memberId}`;
    case 'system':
      return actor.name === 'timers' ? 'timer' : actor.name;
    default:
      return actor satisfies never;
  }
}

/** What the policies need to know of a member; supervisors and above need no queues. */
export async function accessOf(deps: ConversationDeps, ctx: MemberCtx): Promise<MemberAccess> {
  const { memberId, role } = ctx.actor;
  if (atLeast(role, 'supervisor')) return { memberId, role, queueIds: new Set() };
  return { memberId, role, queueIds: await deps.queuesOf(ctx.workspaceId, memberId) };
}

/** The conversation, if the member may see it. @throws ParlourError not_found */
export async function findSeen(
  deps: ConversationDeps,
  ctx: MemberCtx,
  conversationId: string,
): Promise<ConversationRecord> {
  const [access, record] = await Promise.all([accessOf(deps, ctx), deps.find(ctx, conversationId)]);
  if (!record || unseen(access, record)) throw new ParlourError('not_found');
  return record;
}

/**
 * Appends what only the owner may do. Whether others may know of the conversation at all is asked
 * only when they are refused, so that the owner's own path costs no query.
 */
export async function appendAsOwner(
  deps: ConversationDeps,
  ctx: MemberCtx,
  item: AppendItem,
): Promise<Appended> {
  try {
    return await deps.append({
      ...item,
      guard: (record) => {
        if (record.ownerId === ctx.actor.memberId) return null;
        return record.phase === 'closed' ? 'conversation_closed' : 'not_owner';
      },
    });
  } catch (error) {
    const code = error instanceof ParlourError ? error.code : null;
    if (code === 'not_owner' || code === 'conversation_closed') {
      await findSeen(deps, ctx, item.conversationId);
    }
    throw error;
  }
}

/** The wire's answer to a member's action: its seq and the row after, as they see it. */
export async function movedFor(deps: ConversationDeps, ctx: MemberCtx, appended: Appended) {
  return { seq: appended.seq, row: await deps.presentRow(ctx, appended.row) };
}

/** The seq a visitor is answered: public, also when the event itself is not for them (I12). */
export function publicSeqOf(appended: Appended): number {
  return appended.publicSeq ?? appended.row.lastPublicSeq;
}
