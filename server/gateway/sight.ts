import type { Socket } from 'socket.io';
import * as z from 'zod';
import { roleAtLeast } from '#lib/auth/roles.ts';
import type { Snapshot } from '#lib/domain/conversation/index.ts';
import { logger } from '#lib/observability/logger.ts';
import { newTrace } from '#lib/observability/trace.ts';
import type { Committed, MemberCtx } from '#server/conversation/index.ts';
import { memberCtx, memberOfSocket } from './member-namespace.ts';
import type { GatewayContext } from './ports.ts';
import { rooms } from './rooms.ts';

const log = logger.child({ scope: 'gateway' });

/** A conversation that may have gone out of somebody's sight, told from node to node. */
const SIGHT = 'sight';
const Moved = z.object({
  conversationId: z.string(),
  ownerId: z.string().nullable(),
  targetMemberId: z.string().nullable(),
});
type Moved = z.infer<typeof Moved>;

/** Who may see an agent's conversation follows from its queue, owner and target: one of them was left. */
function mayTakeAway(before: Snapshot | null, after: Snapshot): boolean {
  if (before === null || before === after) return false;
  const left = (one: string | null, other: string | null) => one !== null && one !== other;
  return (
    left(before.queueId, after.queueId) ||
    left(before.ownerId, after.ownerId) ||
    left(before.targetMemberId, after.targetMemberId)
  );
}

/** Takes the socket out of the conversation's room and says so: its page would show an old state else. */
async function hide(socket: Socket, conversationId: string): Promise<void> {
  await socket.leave(rooms.conversation(conversationId));
  socket.emit('hidden', { conversationId });
}

/** What a member may see may be less than when they opened it: another role, other queues. */
export async function leaveHidden(gateway: GatewayContext, socket: Socket): Promise<void> {
  const { member } = memberOfSocket(socket);
  if (roleAtLeast(member.role, 'supervisor')) return;
  const open = rooms.conversationsAmong(socket.rooms);
  if (open.size === 0) return;
  const ctx = memberCtx(member, newTrace()) as MemberCtx;
  const seen = await gateway.conversations.reads.rows(ctx, [...open.keys()]);
  for (const { id } of seen) open.delete(id);
  for (const id of open.keys()) await hide(socket, id);
}

/** A transition may take a conversation out of the sight of somebody here who has it open. */
async function leaveUnseen(gateway: GatewayContext, moved: Moved): Promise<void> {
  const { memberSockets, conversations } = gateway;
  const { conversationId, ownerId, targetMemberId } = moved;
  const room = rooms.conversation(conversationId);
  for (const id of [...(memberSockets.adapter.rooms.get(room) ?? [])]) {
    const socket = memberSockets.sockets.get(id);
    if (!socket) continue;
    const { member } = memberOfSocket(socket);
    const holds = member.memberId === ownerId || member.memberId === targetMemberId;
    if (holds || roleAtLeast(member.role, 'supervisor')) continue;
    const ctx = memberCtx(member, newTrace()) as MemberCtx;
    const seen = await conversations.reads.rows(ctx, [conversationId]);
    if (seen.length === 0) await hide(socket, conversationId);
  }
}

/**
 * Hides conversations from those who may no longer see them, on every node: the one that commits tells
 * the others. As all that goes over Redis it is a hint; the recheck of each node finds what was lost.
 */
export function startSight(gateway: GatewayContext): { close(): void } {
  const { memberSockets, conversations } = gateway;
  const look = (moved: Moved) => {
    leaveUnseen(gateway, moved).catch((error: unknown) => log.warn({ err: error }, 'watch_failed'));
  };
  const told = (said: unknown) => {
    const moved = Moved.safeParse(said);
    // A node of another release may say it otherwise.
    if (moved.success) look(moved.data);
  };
  memberSockets.on(SIGHT, told);
  const stop = conversations.onCommitted(({ before, after }: Committed) => {
    if (!mayTakeAway(before, after)) return;
    const { conversationId, ownerId, targetMemberId } = after;
    const moved = { conversationId, ownerId, targetMemberId };
    look(moved);
    if (gateway.transport().shared) memberSockets.serverSideEmit(SIGHT, moved);
  });
  return {
    close(): void {
      stop();
      memberSockets.off(SIGHT, told);
    },
  };
}
