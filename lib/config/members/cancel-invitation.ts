import * as z from 'zod';
import { ROLES, roleAtLeast } from '#lib/auth/roles.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import { defineChange } from '../command.ts';

/** The link stops working. @throws ParlourError not_found (unknown or used) | forbidden (into a role above one's own) */
export const cancelInvitation = defineChange({
  name: 'member.cancel-invitation',
  role: 'admin',
  input: z.object({ id: z.uuid() }),
  async run(tx, { workspaceId, role }, { id }) {
    const where = { id, workspaceId, status: 'pending' };
    const invitation = await tx.invitation.findFirst({ where });
    if (!invitation) throw new ParlourError('not_found');
    const invited = ROLES.find((r) => r === invitation.role) ?? 'agent';
    if (!roleAtLeast(role, invited)) throw new ParlourError('forbidden');
    await tx.invitation.update({ where: { id }, data: { status: 'canceled' } });
    return {
      output: { id },
      change: {
        action: 'member.invitation_canceled',
        targetKind: 'invitation',
        targetId: `…${id.slice(-6)}`,
        before: { email: invitation.email, role: invitation.role },
      },
    };
  },
});
