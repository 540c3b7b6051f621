import * as z from 'zod';
import { ParlourError } from '#lib/protocol/errors.ts';
import { defineChange } from '../command.ts';

/** The link stops working. @throws ParlourError not_found (unknown or used) */
export const cancelInvitation = defineChange({
  name: 'member.cancel-invitation',
  role: 'admin',
  input: z.object({ id: z.uuid() }),
  async run(tx, { workspaceId }, { id }) {
    const where = { id, workspaceId, status: 'pending' };
    const invitation = await tx.invitation.findFirst({ where });
    if (!invitation) throw new ParlourError('not_found');
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
