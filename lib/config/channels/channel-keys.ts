import { createPublicKey, randomBytes } from 'node:crypto';
import * as z from 'zod';
import { ParlourError } from '#lib/protocol/errors.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { defineChange } from '../command.ts';

/**
 * A key with which the site signs who its users are. HS256: we make the secret and show it once;
 * ES256: the site keeps its private key and gives the public one (SPKI PEM, P-256).
 * @throws ParlourError not_found | invalid_input (not a P-256 public key)
 */
export const createChannelKey = defineChange({
  name: 'channel.create-key',
  role: 'admin',
  input: z.discriminatedUnion('algorithm', [
    z.object({ channelId: z.uuid(), algorithm: z.literal('HS256') }),
    z.object({
      channelId: z.uuid(),
      algorithm: z.literal('ES256'),
      publicKey: z.string().max(2000),
    }),
  ]),
  async run(tx, { workspaceId }, input) {
    const channel = await tx.channel.findFirst({
      where: { id: input.channelId, workspaceId, disabledAt: null },
    });
    if (!channel) throw new ParlourError('not_found');
    const secret = input.algorithm === 'HS256' ? randomBytes(32).toString('base64url') : null;
    const material = input.algorithm === 'ES256' ? p256(input.publicKey) : (secret ?? '');
    const id = uuidv7();
    await tx.channelKey.create({
      data: { id, workspaceId, channelId: channel.id, algorithm: input.algorithm, material },
    });
    return {
      output: { id, secret },
      change: {
        action: 'channel_key.created',
        targetKind: 'channel_key',
        targetId: id,
        after: { channelId: channel.id, algorithm: input.algorithm },
      },
    };
  },
});

/** Tokens signed with it are refused from now on. @throws ParlourError not_found */
export const revokeChannelKey = defineChange({
  name: 'channel.revoke-key',
  role: 'admin',
  input: z.object({ id: z.uuid() }),
  async run(tx, { workspaceId }, { id }) {
    const key = await tx.channelKey.findFirst({ where: { id, workspaceId, revokedAt: null } });
    if (!key) throw new ParlourError('not_found');
    await tx.channelKey.update({ where: { id, workspaceId }, data: { revokedAt: new Date() } });
    return {
      output: { id },
      change: {
        action: 'channel_key.revoked',
        targetKind: 'channel_key',
        targetId: id,
        before: { channelId: key.channelId, algorithm: key.algorithm },
      },
    };
  },
});

function p256(pem: string): string {
  try {
    const key = createPublicKey(pem);
    if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') {
      return key.export({ type: 'spki', format: 'pem' }).toString();
    }
  } catch (error) {
    throw new ParlourError('invalid_input', {
      issues: [{ path: 'publicKey', message: 'key_form' }],
      cause: error,
    });
  }
  throw new ParlourError('invalid_input', { issues: [{ path: 'publicKey', message: 'key_form' }] });
}
