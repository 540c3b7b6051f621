import { randomInt } from 'node:crypto';
import { demoEmail } from '#lib/auth/demo.ts';
import type { Role } from '#lib/auth/roles.ts';
import type { Tx } from '#lib/config/context.ts';
import { createMember, createUser, createWorkspace } from '#lib/config/create-workspace.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { CANNED_REPLIES, CHANNEL_SETTINGS, PEOPLE, QUEUES, SKILLS } from './demo-data.ts';

export interface DemoAccount {
  name: string;
  role: Role;
  email: string;
  password: string;
}

// Easy to read aloud and to type: no look-alikes.
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

/** 3 × 4 letters, 59 bits. */
function newPassword(): string {
  const letters = Array.from({ length: 12 }, () => LETTERS[randomInt(LETTERS.length)]);
  return [0, 4, 8].map((i) => letters.slice(i, i + 4).join('')).join('-');
}

/** The demo shop's workspace: members, queues, skills, canned replies and the widget's channel. */
export async function seedDemo(tx: Tx): Promise<{ workspace: string; accounts: DemoAccount[] }> {
  const accounts = PEOPLE.map((p) => ({
    name: p.name,
    role: p.role,
    email: demoEmail(p.login),
    password: newPassword(),
  }));
  const [owner, ...others] = accounts;
  if (!owner) throw new Error('the demo needs an owner');
  const made = await createWorkspace(tx, {
    name: 'Lantern & Loom',
    queueName: QUEUES[0].name,
    owner,
  });
  const { workspaceId } = made;
  const members = new Map([[owner.email, made.ownerId]]);
  for (const account of others) {
    const userId = await createUser(tx, account);
    members.set(account.email, await createMember(tx, workspaceId, userId, account.role));
  }
  const skills = new Map(SKILLS.map((name) => [name, uuidv7()]));
  await tx.skill.createMany({
    data: [...skills].map(([name, id]) => ({ id, workspaceId, name })),
  });
  const queues = new Map<string, string>([[QUEUES[0].name, made.queueId]]);
  for (const queue of QUEUES.slice(1)) {
    const id = uuidv7();
    queues.set(queue.name, id);
    await tx.queue.create({ data: { id, workspaceId, name: queue.name } });
  }
  for (const queue of QUEUES) {
    if (!queue.skill) continue;
    await tx.queueSkill.create({
      data: {
        workspaceId,
        queueId: idIn(queues, queue.name),
        skillId: idIn(skills, queue.skill),
        level: 1,
      },
    });
  }
  await tx.queueMember.deleteMany({ where: { workspaceId } });
  for (const person of PEOPLE) {
    const memberId = idIn(members, demoEmail(person.login));
    for (const [name, tier] of Object.entries(person.queues)) {
      await tx.queueMember.create({
        data: { workspaceId, queueId: idIn(queues, name), memberId, tier },
      });
    }
    for (const [name, level] of Object.entries(person.skills)) {
      await tx.memberSkill.create({
        data: { workspaceId, skillId: idIn(skills, name), memberId, level },
      });
    }
  }
  await tx.cannedReply.createMany({
    data: CANNED_REPLIES.map((reply) => ({ id: uuidv7(), workspaceId, ...reply })),
  });
  await tx.channel.update({
    where: { id: made.channelId },
    data: { name: 'Demo shop', settings: CHANNEL_SETTINGS },
  });
  return { workspace: 'Lantern & Loom', accounts };
}

function idIn(map: ReadonlyMap<string, string>, name: string): string {
  const id = map.get(name);
  if (!id) throw new Error(`the demo data names an unknown ${name}`);
  return id;
}
