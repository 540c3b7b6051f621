import * as z from 'zod';
import { ParlourError } from '#lib/protocol/errors.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { defineChange, defineQuery } from '../command.ts';
import type { Tx } from '../context.ts';
import { newPublicKey } from '../create-workspace.ts';
import { ChannelFields } from './channel-fields.ts';

/** Channels with their keys' ids; what the keys are made of never leaves. */
export const listChannels = defineQuery({
  name: 'channel.list',
  role: 'admin',
  input: z.object({}),
  async run(db, { workspaceId }) {
    const channels = await db.channel.findMany({
      where: { workspaceId, disabledAt: null },
      include: { keys: { where: { revokedAt: null }, orderBy: { createdAt: 'asc' } } },
      orderBy: { createdAt: 'asc' },
    });
    return channels.map((c) => ({
      id: c.id,
      kind: c.kind,
      name: c.name,
      publicKey: c.publicKey,
      allowedOrigins: c.allowedOrigins,
      queueId: c.queueId,
      weight: c.weight,
      settings: c.settings,
      keys: c.keys.map((k) => ({
        id: k.id,
        algorithm: k.algorithm,
        createdAt: k.createdAt.toISOString(),
      })),
    }));
  },
});

/** Without a weight its conversations take 1. @throws ParlourError not_found (queue) */
export const createChannel = defineChange({
  name: 'channel.create',
  role: 'admin',
  input: z.object({ ...ChannelFields, weight: ChannelFields.weight.default(1) }),
  async run(tx, { workspaceId }, fields) {
    await queueExists(tx, workspaceId, fields.queueId);
    const flow = await tx.flow.findFirst({ where: { workspaceId }, orderBy: { createdAt: 'asc' } });
    if (!flow) throw new ParlourError('not_found');
    const id = uuidv7();
    const publicKey = newPublicKey();
    await tx.channel.create({ data: { id, workspaceId, flowId: flow.id, publicKey, ...fields } });
    return {
      output: { id, publicKey },
      change: { action: 'channel.created', targetKind: 'channel', targetId: id, after: fields },
    };
  },
});

/**
 * What is left out stays. Another weight counts for conversations opened from now on.
 * @throws ParlourError not_found
 */
export const updateChannel = defineChange({
  name: 'channel.update',
  role: 'admin',
  input: z.object(ChannelFields).partial().extend({ id: z.uuid() }),
  async run(tx, { workspaceId }, { id, ...fields }) {
    const before = await outline(tx, workspaceId, id);
    if (fields.queueId) await queueExists(tx, workspaceId, fields.queueId);
    await tx.channel.update({ where: { id, workspaceId }, data: fields });
    const after = await outline(tx, workspaceId, id);
    return {
      output: { id },
      change: { action: 'channel.updated', targetKind: 'channel', targetId: id, before, after },
    };
  },
});

/** Its widget stops at once; its conversations stay. @throws ParlourError not_found */
export const disableChannel = defineChange({
  name: 'channel.disable',
  role: 'admin',
  input: z.object({ id: z.uuid() }),
  async run(tx, { workspaceId }, { id }) {
    const before = await outline(tx, workspaceId, id);
    await tx.channel.update({ where: { id, workspaceId }, data: { disabledAt: new Date() } });
    return {
      output: { id },
      change: { action: 'channel.disabled', targetKind: 'channel', targetId: id, before },
    };
  },
});

async function queueExists(tx: Tx, workspaceId: string, id: string): Promise<void> {
  const queue = await tx.queue.findFirst({ where: { id, workspaceId, archivedAt: null } });
  if (!queue)
    throw new ParlourError('not_found', { issues: [{ path: 'queueId', message: 'gone' }] });
}

async function outline(tx: Tx, workspaceId: string, id: string) {
  const channel = await tx.channel.findFirst({ where: { id, workspaceId, disabledAt: null } });
  if (!channel) throw new ParlourError('not_found');
  const { name, queueId, weight, allowedOrigins, settings } = channel;
  return { name, queueId, weight, allowedOrigins, settings: settings as object };
}
