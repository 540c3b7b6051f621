import { randomBytes } from 'node:crypto';
import { hashPassword } from 'better-auth/crypto';
import type { Role } from '#lib/auth/roles.ts';
import { DEFAULT_FLOW } from '#lib/domain/conversation/index.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import type { Tx } from './context.ts';
import { record } from './run.ts';

export interface NewAccount {
  name: string;
  email: string;
  password: string;
}

/** A user with a password, or the one with that e-mail address as they are. */
export async function createUser(tx: Tx, account: NewAccount): Promise<string> {
  const id = uuidv7();
  await tx.user.create({
    data: { id, name: account.name, email: account.email.toLowerCase(), emailVerified: true },
  });
  await tx.account.create({
    data: {
      id: uuidv7(),
      userId: id,
      accountId: id,
      providerId: 'credential',
      password: await hashPassword(account.password),
    },
  });
  return id;
}

export async function createMember(
  tx: Tx,
  workspaceId: string,
  userId: string,
  role: Role,
  more: { displayName?: string; capacity?: number } = {},
): Promise<string> {
  const id = uuidv7();
  await tx.member.create({ data: { id, workspaceId, userId, role, ...more } });
  return id;
}

/** `pk_` + 96 random bits: public, but not guessable from another channel's. */
export function newPublicKey(): string {
  return `pk_${randomBytes(12).toString('base64url')}`;
}

/**
 * A workspace that works at once: its owner, the default flow, one queue with the owner in it and
 * one widget channel that only the desk's own pages may embed until origins are added.
 */
export async function createWorkspace(
  tx: Tx,
  input: { name: string; queueName: string; owner: NewAccount },
) {
  const workspaceId = uuidv7();
  await tx.workspace.create({
    data: { id: workspaceId, name: input.name, slug: slugOf(input.name, workspaceId) },
  });
  const ownerId = await createMember(tx, workspaceId, await createUser(tx, input.owner), 'owner');
  const flowId = uuidv7();
  const versionId = uuidv7();
  await tx.flow.create({ data: { id: flowId, workspaceId, name: 'Live chat' } });
  await tx.flowVersion.create({
    data: {
      id: versionId,
      workspaceId,
      flowId,
      number: 1,
      definition: structuredClone(DEFAULT_FLOW) as object,
      note: 'Built-in default',
    },
  });
  await tx.flow.update({ where: { id: flowId }, data: { currentVersionId: versionId } });
  const queueId = uuidv7();
  await tx.queue.create({ data: { id: queueId, workspaceId, name: input.queueName } });
  await tx.queueMember.create({ data: { workspaceId, queueId, memberId: ownerId } });
  const channelId = uuidv7();
  await tx.channel.create({
    data: {
      id: channelId,
      workspaceId,
      name: 'Website',
      publicKey: newPublicKey(),
      allowedOrigins: [],
      queueId,
      flowId,
      settings: {
        title: { en: input.name, 'zh-CN': input.name },
        greeting: {
          en: 'Hi there. Ask us anything; we usually answer within minutes.',
          'zh-CN': '您好，有什么可以帮您？我们通常几分钟内回复。',
        },
        accent: '#2f5bea',
        position: 'right',
      },
    },
  });
  await record(tx, workspaceId, ownerId, {
    action: 'workspace.created',
    targetKind: 'workspace',
    targetId: workspaceId,
    after: { name: input.name },
  });
  return { workspaceId, ownerId, queueId, flowId, channelId };
}

function slugOf(name: string, id: string): string {
  const words = name
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return `${words || 'desk'}-${id.slice(-6)}`;
}
