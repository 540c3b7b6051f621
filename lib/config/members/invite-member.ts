import * as z from 'zod';
import { ROLES, roleAtLeast } from '#lib/auth/roles.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { defineChange } from '../command.ts';

const DAYS = 7;

/**
 * A link that lets one address join. The link is returned and handed over by the inviter.
 * @throws ParlourError forbidden (a role above one's own) | already_exists (already a member)
 */
export const inviteMember = defineChange({
  name: 'member.invite',
  role: 'admin',
  input: z.object({
    email: z.email().max(254),
    role: z.enum(ROLES),
  }),
  async run(tx, ctx, input) {
    if (!roleAtLeast(ctx.role, input.role)) throw new ParlourError('forbidden');
    const email = input.email.toLowerCase();
    const member = await tx.member.findFirst({
      where: { workspaceId: ctx.workspaceId, removedAt: null, user: { email } },
    });
    if (member) throw new ParlourError('already_exists');
    const inviter = await tx.member.findUniqueOrThrow({ where: { id: ctx.memberId } });
    // Of two links for one address only the newer works; replacing one into a higher role is not ours.
    const replaced = { workspaceId: ctx.workspaceId, email, status: 'pending' };
    for (const open of await tx.invitation.findMany({ where: replaced })) {
      const invited = ROLES.find((r) => r === open.role) ?? 'agent';
      if (!roleAtLeast(ctx.role, invited)) throw new ParlourError('forbidden');
    }
    await tx.invitation.updateMany({ where: replaced, data: { status: 'canceled' } });
    const id = uuidv7();
    const expiresAt = new Date(Date.now() + DAYS * 24 * 3600 * 1000);
    await tx.invitation.create({
      data: {
        id,
        workspaceId: ctx.workspaceId,
        email,
        role: input.role,
        expiresAt,
        inviterId: inviter.userId,
      },
    });
    return {
      output: { id, path: `/invite/${id}`, expiresAt: expiresAt.toISOString() },
      change: {
        action: 'member.invited',
        targetKind: 'invitation',
        // The id is the link's secret until it is used.
        targetId: `…${id.slice(-6)}`,
        after: { email, role: input.role },
      },
    };
  },
});
