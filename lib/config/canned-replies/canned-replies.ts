import * as z from 'zod';
import { ParlourError } from '#lib/protocol/errors.ts';
import { MessageText } from '#lib/protocol/primitives.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { defineChange, defineQuery } from '../command.ts';
import type { Tx } from '../context.ts';

/** What follows the slash: letters of any language, digits, dot, dash, underscore. */
const Shortcut = z
  .string()
  .trim()
  .min(1)
  .max(40)
  .regex(/^[\p{L}\p{N}._-]+$/u, 'shortcut_form');

const Body = z.string().refine((text) => MessageText.safeParse(text).success, 'text_malformed');

export const listCannedReplies = defineQuery({
  name: 'canned-reply.list',
  role: 'agent',
  input: z.object({}),
  async run(db, { workspaceId }) {
    const replies = await db.cannedReply.findMany({
      where: { workspaceId },
      orderBy: { shortcut: 'asc' },
    });
    return replies.map(({ id, shortcut, body, updatedAt }) => ({
      id,
      shortcut,
      body,
      updatedAt: updatedAt.toISOString(),
    }));
  },
});

/** @throws ParlourError already_exists */
export const createCannedReply = defineChange({
  name: 'canned-reply.create',
  role: 'supervisor',
  input: z.object({ shortcut: Shortcut, body: Body }),
  async run(tx, { workspaceId }, fields) {
    const id = uuidv7();
    await tx.cannedReply.create({ data: { id, workspaceId, ...fields } });
    return {
      output: { id },
      change: {
        action: 'canned_reply.created',
        targetKind: 'canned_reply',
        targetId: id,
        after: fields,
      },
    };
  },
});

/** @throws ParlourError not_found | already_exists */
export const updateCannedReply = defineChange({
  name: 'canned-reply.update',
  role: 'supervisor',
  input: z.object({ id: z.uuid(), shortcut: Shortcut, body: Body }),
  async run(tx, { workspaceId }, { id, ...fields }) {
    const before = await outline(tx, workspaceId, id);
    await tx.cannedReply.update({ where: { id, workspaceId }, data: fields });
    return {
      output: { id },
      change: {
        action: 'canned_reply.updated',
        targetKind: 'canned_reply',
        targetId: id,
        before,
        after: fields,
      },
    };
  },
});

/** @throws ParlourError not_found */
export const deleteCannedReply = defineChange({
  name: 'canned-reply.delete',
  role: 'supervisor',
  input: z.object({ id: z.uuid() }),
  async run(tx, { workspaceId }, { id }) {
    const before = await outline(tx, workspaceId, id);
    await tx.cannedReply.delete({ where: { id, workspaceId } });
    return {
      output: { id },
      change: { action: 'canned_reply.deleted', targetKind: 'canned_reply', targetId: id, before },
    };
  },
});

async function outline(tx: Tx, workspaceId: string, id: string) {
  const reply = await tx.cannedReply.findFirst({ where: { id, workspaceId } });
  if (!reply) throw new ParlourError('not_found');
  return { shortcut: reply.shortcut, body: reply.body };
}
