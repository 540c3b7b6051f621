import * as z from 'zod';
import { isRole, type Role, roleAtLeast } from '#lib/auth/roles.ts';
import { defineQuery } from '../command.ts';

/**
 * An invitation's id is the link itself: whoever reads it can join in that role. So it is listed only
 * for those who may invite into that role.
 */
function mayHandOver(reader: Role, invited: string | null): boolean {
  const role = invited ?? 'agent';
  return roleAtLeast(reader, 'admin') && isRole(role) && roleAtLeast(reader, role);
}

/** Everybody of the workspace with queues and skills, and the open invitations. */
export const listMembers = defineQuery({
  name: 'member.list',
  role: 'supervisor',
  input: z.object({}),
  async run(db, { workspaceId, role }) {
    const [members, invitations] = await Promise.all([
      db.member.findMany({
        where: { workspaceId, removedAt: null },
        include: { user: true, queues: true, skills: true },
        orderBy: { createdAt: 'asc' },
      }),
      db.invitation.findMany({
        where: { workspaceId, status: 'pending', expiresAt: { gt: new Date() } },
        orderBy: { createdAt: 'desc' },
      }),
    ]);
    return {
      members: members.map((m) => ({
        id: m.id,
        name: m.user.name,
        displayName: m.displayName,
        email: m.user.email,
        role: m.role,
        capacity: m.capacity,
        queues: m.queues.map(({ queueId, tier }) => ({ queueId, tier })),
        skills: m.skills.map(({ skillId, level }) => ({ skillId, level })),
        createdAt: m.createdAt.toISOString(),
      })),
      invitations: invitations
        .filter((i) => mayHandOver(role, i.role))
        .map((i) => ({
          id: i.id,
          email: i.email,
          role: i.role,
          expiresAt: i.expiresAt.toISOString(),
        })),
    };
  },
});
