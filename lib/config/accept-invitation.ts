import { verifyPassword } from 'better-auth/crypto';
import * as z from 'zod';
import { PASSWORD } from '#lib/auth/password.ts';
import { isRole, type Role, roleAtLeast } from '#lib/auth/roles.ts';
import type { PrismaClient } from '#lib/db/generated/client.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import type { Tx } from './context.ts';
import { createMember, createUser } from './create-workspace.ts';
import { record } from './run.ts';

export const AcceptInvitation = z.object({
  id: z.uuid(),
  name: z.string().trim().min(1).max(120),
  password: z.string().min(PASSWORD.min).max(PASSWORD.max),
});
export type AcceptInvitation = z.infer<typeof AcceptInvitation>;

/** What the invitation's page shows. @throws ParlourError not_found (unknown, used or expired) */
export async function invitationFor(db: PrismaClient, id: string) {
  const invitation = await pending(db, id);
  const known = await db.user.findUnique({ where: { email: invitation.email } });
  return {
    workspace: invitation.workspace.name,
    inviter: invitation.inviter.name,
    email: invitation.email,
    role: invitation.role,
    /** The address has an account already: its password joins. */
    known: known !== null,
  };
}

/**
 * Joins the workspace. The link is the secret that proves the address; somebody who has an account
 * already proves it with its password besides.
 * @throws ParlourError not_found | forbidden (wrong password of an existing account)
 */
export async function acceptInvitation(db: PrismaClient, input: AcceptInvitation) {
  return db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT id FROM invitation WHERE id = ${input.id}::uuid FOR UPDATE`;
    const invitation = await pending(tx, input.id);
    const { workspaceId, email } = invitation;
    const role = invitation.role ?? 'agent';
    if (!isRole(role) || !(await stillMayInvite(tx, invitation, role))) {
      throw new ParlourError('not_found');
    }
    const userId = await userFor(tx, email, input);
    const earlier = await tx.member.findUnique({
      where: { workspaceId_userId: { workspaceId, userId } },
    });
    const memberId = earlier
      ? (
          await tx.member.update({
            where: { id: earlier.id },
            data: { removedAt: null, role, authRev: { increment: 1 } },
          })
        ).id
      : await createMember(tx, workspaceId, userId, role);
    await tx.invitation.update({ where: { id: input.id }, data: { status: 'accepted' } });
    await record(tx, workspaceId, memberId, {
      action: 'member.joined',
      targetKind: 'member',
      targetId: memberId,
      after: { email, role },
    });
    return { email, workspaceId, memberId };
  });
}

/** A link is worth what its inviter may do now: somebody removed or demoted since invites nobody. */
async function stillMayInvite(
  tx: Tx,
  { workspaceId, inviterId }: { workspaceId: string; inviterId: string },
  role: Role,
): Promise<boolean> {
  const inviter = await tx.member.findFirst({
    where: { workspaceId, userId: inviterId, removedAt: null },
  });
  return (
    inviter !== null &&
    isRole(inviter.role) &&
    roleAtLeast(inviter.role, 'admin') &&
    roleAtLeast(inviter.role, role)
  );
}

async function userFor(tx: Tx, email: string, input: AcceptInvitation): Promise<string> {
  const user = await tx.user.findUnique({
    where: { email },
    include: { accounts: { where: { providerId: 'credential' } } },
  });
  if (!user) return createUser(tx, { name: input.name, email, password: input.password });
  const hash = user.accounts[0]?.password;
  if (!hash || !(await verifyPassword({ hash, password: input.password }))) {
    throw new ParlourError('forbidden', {
      issues: [{ path: 'password', message: 'password_wrong' }],
    });
  }
  return user.id;
}

async function pending(db: Tx, id: string) {
  const invitation = z.uuid().safeParse(id).success
    ? await db.invitation.findUnique({
        where: { id },
        include: { workspace: true, inviter: true },
      })
    : null;
  if (invitation?.status !== 'pending' || invitation.expiresAt < new Date()) {
    throw new ParlourError('not_found');
  }
  return invitation;
}
