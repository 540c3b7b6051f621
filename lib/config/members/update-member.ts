import * as z from 'zod';
import { ROLES, roleAtLeast } from '#lib/auth/roles.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import { defineChange } from '../command.ts';
import type { Tx } from '../context.ts';

const QueuePlace = z.object({ queueId: z.uuid(), tier: z.int().min(1).max(2) });
const SkillLevel = z.object({ skillId: z.uuid(), level: z.int().min(1).max(5) });

/**
 * Role, shown name, capacity, queues and skills of a member; what is left out stays.
 * @throws ParlourError not_found | forbidden (somebody above, or a role above one's own) |
 *   conflict (the last owner keeps the role)
 */
export const updateMember = defineChange({
  name: 'member.update',
  role: 'admin',
  input: z.object({
    id: z.uuid(),
    role: z.enum(ROLES).optional(),
    displayName: z.string().trim().max(120).nullable().optional(),
    capacity: z.int().min(0).max(100).optional(),
    queues: z.array(QueuePlace).max(200).optional(),
    skills: z.array(SkillLevel).max(200).optional(),
  }),
  async run(tx, ctx, { id, role, displayName, capacity, queues, skills }) {
    const { workspaceId } = ctx;
    const before = await outline(tx, workspaceId, id);
    if (!roleAtLeast(ctx.role, before.role)) throw new ParlourError('forbidden');
    if (role && !roleAtLeast(ctx.role, role)) throw new ParlourError('forbidden');
    if (role && role !== 'owner' && before.role === 'owner') {
      await refuseLastOwner(tx, workspaceId);
    }
    await tx.member.update({
      where: { id, workspaceId },
      data: {
        ...(role ? { role, authRev: { increment: 1 } } : {}),
        ...(displayName !== undefined ? { displayName: displayName || null } : {}),
        ...(capacity !== undefined ? { capacity } : {}),
      },
    });
    if (queues) {
      const known = await tx.queue.count({
        where: { workspaceId, id: { in: queues.map((q) => q.queueId) } },
      });
      if (known !== queues.length) throw new ParlourError('not_found');
      await tx.queueMember.deleteMany({ where: { workspaceId, memberId: id } });
      await tx.queueMember.createMany({
        data: queues.map((q) => ({ ...q, workspaceId, memberId: id })),
      });
    }
    if (skills) {
      const known = await tx.skill.count({
        where: { workspaceId, id: { in: skills.map((s) => s.skillId) } },
      });
      if (known !== skills.length) throw new ParlourError('not_found');
      await tx.memberSkill.deleteMany({ where: { workspaceId, memberId: id } });
      await tx.memberSkill.createMany({
        data: skills.map((s) => ({ ...s, workspaceId, memberId: id })),
      });
    }
    const after = await outline(tx, workspaceId, id);
    return {
      output: { id },
      change: { action: 'member.updated', targetKind: 'member', targetId: id, before, after },
    };
  },
});

/** @throws ParlourError conflict when only one owner is left */
export async function refuseLastOwner(tx: Tx, workspaceId: string): Promise<void> {
  // Locked, so that two owners cannot each remove the other.
  const owners = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM member
    WHERE workspace_id = ${workspaceId}::uuid AND role = 'owner' AND removed_at IS NULL
    ORDER BY id FOR UPDATE`;
  if (owners.length <= 1) {
    throw new ParlourError('conflict', { issues: [{ path: 'role', message: 'last_owner' }] });
  }
}

async function outline(tx: Tx, workspaceId: string, id: string) {
  const member = await tx.member.findFirst({
    where: { id, workspaceId, removedAt: null },
    include: { queues: true, skills: true },
  });
  const role = ROLES.find((r) => r === member?.role);
  if (!member || !role) throw new ParlourError('not_found');
  return {
    role,
    displayName: member.displayName,
    capacity: member.capacity,
    queues: Object.fromEntries(member.queues.map((q) => [q.queueId, q.tier])),
    skills: Object.fromEntries(member.skills.map((s) => [s.skillId, s.level])),
  };
}
