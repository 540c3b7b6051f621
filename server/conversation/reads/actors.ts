import { ParlourError } from '#lib/protocol/errors.ts';
import type { Ctx, MemberCtx, VisitorCtx } from '../context.ts';
import { atLeast } from '../policies.ts';

/** @throws ParlourError forbidden: somebody else than a member asks */
export function asMember(ctx: Ctx): MemberCtx {
  if (ctx.actor.kind !== 'member') throw new ParlourError('forbidden');
  return { ...ctx, actor: ctx.actor };
}

/** @throws ParlourError forbidden: somebody else than a visitor asks */
export function asVisitor(ctx: Ctx): VisitorCtx {
  if (ctx.actor.kind !== 'visitor') throw new ParlourError('forbidden');
  return { ...ctx, actor: ctx.actor };
}

/** Whether the member sees every conversation of the workspace. */
export function seesAll(ctx: MemberCtx): boolean {
  return atLeast(ctx.actor.role, 'supervisor');
}

/**
 * `maySee` of the policies as an SQL condition on `conversation AS c`; a test compares the two.
 * The arguments are SQL expressions: the workspace, the member, whether they see all.
 */
export const MAY_SEE = (workspaceId: string, memberId: string, all: string) => `(${all}
  OR c.owner_id = ${memberId} OR c.target_member_id = ${memberId}
  OR c.queue_id IN (SELECT qm.queue_id FROM queue_member qm
    WHERE qm.workspace_id = ${workspaceId} AND qm.member_id = ${memberId}))`;

/** `mayReach` of the policies as an SQL condition on `conversation AS c`; a test compares the two. */
export const MAY_REACH = (channelId: string, contactId: string, visitorId: string) =>
  `(c.channel_id = ${channelId} AND (c.contact_id = ${contactId} OR c.visitor_id = ${visitorId}))`;
