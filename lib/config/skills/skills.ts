import * as z from 'zod';
import { ParlourError } from '#lib/protocol/errors.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { defineChange, defineQuery } from '../command.ts';
import type { Tx } from '../context.ts';

const Name = z.string().trim().min(1).max(60);

/** Skills with how many members have and how many queues require them. */
export const listSkills = defineQuery({
  name: 'skill.list',
  role: 'agent',
  input: z.object({}),
  async run(db, { workspaceId }) {
    const skills = await db.skill.findMany({
      where: { workspaceId },
      include: { _count: { select: { members: true, queues: true } } },
      orderBy: { name: 'asc' },
    });
    return skills.map((s) => ({
      id: s.id,
      name: s.name,
      members: s._count.members,
      queues: s._count.queues,
    }));
  },
});

/** @throws ParlourError already_exists */
export const createSkill = defineChange({
  name: 'skill.create',
  role: 'admin',
  input: z.object({ name: Name }),
  async run(tx, { workspaceId }, { name }) {
    const id = uuidv7();
    await tx.skill.create({ data: { id, workspaceId, name } });
    return {
      output: { id },
      change: { action: 'skill.created', targetKind: 'skill', targetId: id, after: { name } },
    };
  },
});

/** @throws ParlourError not_found | already_exists */
export const renameSkill = defineChange({
  name: 'skill.rename',
  role: 'admin',
  input: z.object({ id: z.uuid(), name: Name }),
  async run(tx, { workspaceId }, { id, name }) {
    const before = await named(tx, workspaceId, id);
    await tx.skill.update({ where: { id, workspaceId }, data: { name } });
    return {
      output: { id },
      change: {
        action: 'skill.renamed',
        targetKind: 'skill',
        targetId: id,
        before,
        after: { name },
      },
    };
  },
});

/** Members lose it. @throws ParlourError not_found | in_use (a queue requires it) */
export const deleteSkill = defineChange({
  name: 'skill.delete',
  role: 'admin',
  input: z.object({ id: z.uuid() }),
  async run(tx, { workspaceId }, { id }) {
    const before = await named(tx, workspaceId, id);
    if (await tx.queueSkill.count({ where: { workspaceId, skillId: id } })) {
      throw new ParlourError('in_use');
    }
    await tx.skill.delete({ where: { id, workspaceId } });
    return {
      output: { id },
      change: { action: 'skill.deleted', targetKind: 'skill', targetId: id, before },
    };
  },
});

async function named(tx: Tx, workspaceId: string, id: string) {
  const skill = await tx.skill.findFirst({ where: { id, workspaceId } });
  if (!skill) throw new ParlourError('not_found');
  return { name: skill.name };
}
