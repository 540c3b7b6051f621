import * as z from 'zod';
import { isRole, roleAtLeast } from '#lib/auth/roles.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import { defineChange } from '../command.ts';
import { refuseLastOwner } from './update-member.ts';

/**
 * Takes away access; history keeps naming them. Their live conversations return to the queue.
 * @throws ParlourError not_found | forbidden (somebody above, or oneself) | conflict (last owner)
 */
export const removeMember = defineChange({
  name: 'member.remove',
  role: 'admin',
  input: z.object({ id: z.uuid() }),
  async run(tx, ctx, { id }) {
    const { workspaceId } = ctx;
    const member = await tx.member.findFirst({
      where: { id, workspaceId, removedAt: null },
      include: { user: true },
    });
    if (!member || !isRole(member.role)) throw new ParlourError('not_found');
    if (id === ctx.memberId || !roleAtLeast(ctx.role, member.role)) {
      throw new ParlourError('forbidden');
    }
    if (member.role === 'owner') await refuseLastOwner(tx, workspaceId);
    await tx.queueMember.deleteMany({ where: { workspaceId, memberId: id } });
    await tx.memberSkill.deleteMany({ where: { workspaceId, memberId: id } });
    await tx.member.update({
      where: { id, workspaceId },
      data: { removedAt: new Date(), authRev: { increment: 1 } },
    });
    return {
      output: { id },
      change: {
        action: 'member.removed',
        targetKind: 'member',
        targetId: id,
        before: { email: member.user.email, role: member.role },
      },
    };
  },
});
