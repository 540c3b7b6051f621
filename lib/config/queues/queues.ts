import * as z from 'zod';
import { ParlourError } from '#lib/protocol/errors.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { defineChange, defineQuery } from '../command.ts';
import type { Tx } from '../context.ts';

const QueueFields = {
  name: z.string().trim().min(1).max(80),
  /** offer: the agent accepts within offerSeconds · auto: assigned at once */
  acceptMode: z.enum(['offer', 'auto']),
  offerSeconds: z.int().min(5).max(600),
  /** What who serves it must be able to do. */
  skills: z.array(z.object({ skillId: z.uuid(), level: z.int().min(1).max(5) })).max(20),
  members: z.array(z.object({ memberId: z.uuid(), tier: z.int().min(1).max(2) })).max(500),
};

/** Queues in use, with required skills, members and what waits in them. */
export const listQueues = defineQuery({
  name: 'queue.list',
  role: 'agent',
  input: z.object({}),
  async run(db, { workspaceId }) {
    const queues = await db.queue.findMany({
      where: { workspaceId, archivedAt: null },
      include: { skills: true, members: true, channels: { select: { id: true, name: true } } },
      orderBy: { createdAt: 'asc' },
    });
    return queues.map((q) => ({
      id: q.id,
      name: q.name,
      acceptMode: q.acceptMode,
      offerSeconds: q.offerSeconds,
      skills: q.skills.map(({ skillId, level }) => ({ skillId, level })),
      members: q.members.map(({ memberId, tier }) => ({ memberId, tier })),
      channels: q.channels,
    }));
  },
});

/** @throws ParlourError already_exists (name) | not_found (a skill or member) */
export const createQueue = defineChange({
  name: 'queue.create',
  role: 'admin',
  input: z.object(QueueFields),
  async run(tx, { workspaceId }, { skills, members, ...fields }) {
    const id = uuidv7();
    await tx.queue.create({ data: { id, workspaceId, ...fields } });
    await replaceLinks(tx, workspaceId, id, { skills, members });
    return {
      output: { id },
      change: {
        action: 'queue.created',
        targetKind: 'queue',
        targetId: id,
        after: await outline(tx, workspaceId, id),
      },
    };
  },
});

/** What is left out stays. @throws ParlourError not_found | already_exists */
export const updateQueue = defineChange({
  name: 'queue.update',
  role: 'admin',
  input: z.object(QueueFields).partial().extend({ id: z.uuid() }),
  async run(tx, { workspaceId }, { id, skills, members, ...fields }) {
    const before = await outline(tx, workspaceId, id);
    await tx.queue.update({ where: { id, workspaceId }, data: fields });
    await replaceLinks(tx, workspaceId, id, { skills, members });
    return {
      output: { id },
      change: {
        action: 'queue.updated',
        targetKind: 'queue',
        targetId: id,
        before,
        after: await outline(tx, workspaceId, id),
      },
    };
  },
});

/** History keeps naming it. @throws ParlourError not_found | in_use (by a channel or by who waits) */
export const archiveQueue = defineChange({
  name: 'queue.archive',
  role: 'admin',
  input: z.object({ id: z.uuid() }),
  async run(tx, { workspaceId }, { id }) {
    const before = await outline(tx, workspaceId, id);
    const [channels, open] = await Promise.all([
      tx.channel.count({ where: { workspaceId, queueId: id, disabledAt: null } }),
      tx.conversation.count({ where: { workspaceId, queueId: id, closedAt: null } }),
    ]);
    if (channels + open > 0) throw new ParlourError('in_use');
    await tx.queueMember.deleteMany({ where: { workspaceId, queueId: id } });
    await tx.queueSkill.deleteMany({ where: { workspaceId, queueId: id } });
    await tx.queue.update({
      where: { id, workspaceId },
      // The name becomes free for another queue.
      data: { archivedAt: new Date(), name: `${before.name} (${id.slice(-6)})` },
    });
    return {
      output: { id },
      change: { action: 'queue.archived', targetKind: 'queue', targetId: id, before },
    };
  },
});

interface Links {
  skills: { skillId: string; level: number }[] | undefined;
  members: { memberId: string; tier: number }[] | undefined;
}

async function replaceLinks(tx: Tx, workspaceId: string, queueId: string, links: Links) {
  if (links.skills) {
    const ids = links.skills.map((s) => s.skillId);
    const known = await tx.skill.count({ where: { workspaceId, id: { in: ids } } });
    if (known !== ids.length) throw new ParlourError('not_found');
    await tx.queueSkill.deleteMany({ where: { workspaceId, queueId } });
    await tx.queueSkill.createMany({
      data: links.skills.map((s) => ({ ...s, workspaceId, queueId })),
    });
  }
  if (links.members) {
    const ids = links.members.map((m) => m.memberId);
    const known = await tx.member.count({
      where: { workspaceId, removedAt: null, id: { in: ids } },
    });
    if (known !== ids.length) throw new ParlourError('not_found');
    await tx.queueMember.deleteMany({ where: { workspaceId, queueId } });
    await tx.queueMember.createMany({
      data: links.members.map((m) => ({ ...m, workspaceId, queueId })),
    });
  }
}

async function outline(tx: Tx, workspaceId: string, id: string) {
  const queue = await tx.queue.findFirst({
    where: { id, workspaceId, archivedAt: null },
    include: { skills: true, members: true },
  });
  if (!queue) throw new ParlourError('not_found');
  return {
    name: queue.name,
    acceptMode: queue.acceptMode,
    offerSeconds: queue.offerSeconds,
    skills: Object.fromEntries(queue.skills.map((s) => [s.skillId, s.level])),
    members: Object.fromEntries(queue.members.map((m) => [m.memberId, m.tier])),
  };
}
