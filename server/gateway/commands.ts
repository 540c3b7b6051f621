import type { MemberInput, MemberOutput, VisitorInput } from '#lib/protocol/envelope.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import {
  type Conversations,
  type MemberCtx,
  mayReach,
  type VisitorCtx,
} from '#server/conversation/index.ts';
import type { Reads } from '#server/conversation/reads/index.ts';
import { viewPage } from '#server/conversation/visitors/index.ts';
import type { CommandSource } from '#server/registry.ts';
import type { GatewayContext } from './ports.ts';
import { rooms } from './rooms.ts';
import type { Typing } from './typing.ts';
import type { VisitorPresence } from './visitor-presence.ts';

export interface SocketCommandDeps {
  gateway: GatewayContext;
  typing: Typing;
  presence: VisitorPresence;
  reads: Reads;
}

async function existing(conversations: Conversations, ctx: MemberCtx | VisitorCtx, id: string) {
  const record = await conversations.find(ctx, id);
  if (!record) throw new ParlourError('not_found');
  return record;
}

/** Commands that need a socket, or tell other sockets without a trace in the log. */
export function socketCommands(deps: SocketCommandDeps): CommandSource[] {
  const { gateway, typing, presence, reads } = deps;
  const read = reads.commands.find((spec) => spec.name === 'conversation.open');
  if (!read) throw new Error('no read command conversation.open');
  const { conversations, visitorSockets, memberSockets, members } = gateway;

  const visitorTyping: CommandSource = {
    name: 'typing',
    audience: 'visitor',
    limit: 'signal',
    async run(anyCtx, anyInput) {
      const ctx = anyCtx as VisitorCtx;
      const { conversationId, on } = anyInput as VisitorInput<'typing'>;
      const record = await existing(conversations, ctx, conversationId);
      if (!mayReach(ctx.actor, record)) throw new ParlourError('not_found');
      const by = { kind: 'visitor', id: ctx.actor.visitorId };
      typing.signal(`${conversationId} v`, on, (now) => {
        memberSockets
          .to(rooms.conversation(conversationId))
          .emit('typing', { conversationId, by, on: now });
      });
      return {};
    },
  };

  const memberTyping: CommandSource = {
    name: 'typing',
    audience: 'member',
    limit: 'signal',
    async run(anyCtx, anyInput) {
      const ctx = anyCtx as MemberCtx;
      const { conversationId, on } = anyInput as MemberInput<'typing'>;
      const record = await existing(conversations, ctx, conversationId);
      // Only who may speak is announced as writing; a member at a note is nobody else's business.
      if (record.ownerId !== ctx.actor.memberId) {
        // Whether it exists at all is told only to those who see it.
        const [seen] = await reads.rows(ctx, [conversationId]);
        throw new ParlourError(seen ? 'not_owner' : 'not_found');
      }
      const { memberId } = ctx.actor;
      const name = (await members.names(ctx.workspaceId, [memberId])).get(memberId) ?? '';
      typing.signal(`${conversationId} ${memberId}`, on, (now) => {
        visitorSockets
          .to(rooms.person(record.contactId, record.channelId))
          .emit('typing', { conversationId, name, on: now });
        memberSockets
          .to(rooms.conversation(conversationId))
          .emit('typing', { conversationId, by: { kind: 'member', id: memberId }, on: now });
      });
      return {};
    },
  };

  const pageView: CommandSource = {
    name: 'page.view',
    audience: 'visitor',
    limit: 'signal',
    async run(anyCtx, anyInput) {
      const ctx = anyCtx as VisitorCtx;
      const page = anyInput as VisitorInput<'page.view'>;
      await viewPage(gateway.pool, ctx, page);
      await presence.viewed({ workspaceId: ctx.workspaceId, ...ctx.actor }, page);
      return {};
    },
  };

  const open: CommandSource = {
    name: 'conversation.open',
    audience: 'member',
    limit: 'read',
    async run(anyCtx, anyInput, connection) {
      const ctx = anyCtx as MemberCtx;
      const input = anyInput as MemberInput<'conversation.open'>;
      // Whether this member may see it; only then the room, and then the log, so that what is
      // committed in between is pushed, or read, or both.
      const [row] = await reads.rows(ctx, [input.conversationId]);
      if (!row) throw new ParlourError('not_found');
      const room = rooms.conversation(input.conversationId);
      await connection?.join(room);
      // It may have gone out of sight between the look and the joining: then the read refuses, and
      // nobody else would take the socket out of the room again.
      const opened = (await read.run(conversations, ctx, input).catch(async (error: unknown) => {
        await connection?.leave(room);
        throw error;
      })) as MemberOutput<'conversation.open'>;
      const online = await presence.isOnline(row.contact.id, row.channelId);
      return { ...opened, visitor: { ...opened.visitor, online } };
    },
  };

  const leave: CommandSource = {
    name: 'conversation.leave',
    audience: 'member',
    limit: 'action',
    async run(_ctx, anyInput, connection) {
      const { conversationId } = anyInput as MemberInput<'conversation.leave'>;
      await connection?.leave(rooms.conversation(conversationId));
      return {};
    },
  };

  return [visitorTyping, memberTyping, pageView, open, leave];
}
