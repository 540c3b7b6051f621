import type { Namespace, Socket } from 'socket.io';
import { logger } from '#lib/observability/logger.ts';
import type { Committed } from '#server/conversation/index.ts';
import { memberOfSocket } from './member-namespace.ts';
import type { GatewayContext } from './ports.ts';
import { rooms } from './rooms.ts';
import { leaveHidden, startSight } from './sight.ts';
import { visitorOf } from './visitor-namespace.ts';

const log = logger.child({ scope: 'gateway' });

/** Sockets carry what was true when they connected; this is how old it may get. */
const RECHECK_MS = 15_000;
const CONFIG_MS = 2_000;
const CHUNK = 1_000;
/** A socket that does not read: beyond this many unsent packets it is closed, and syncs when it is back. */
const MOST_UNSENT = 1_000;

function turnOut(socket: Socket): void {
  socket.emit('revoked', {});
  socket.disconnect(true);
}

function* chunks<T>(all: readonly T[]): Generator<T[]> {
  for (let at = 0; at < all.length; at += CHUNK) yield all.slice(at, at + CHUNK);
}

async function recheckVisitors(gateway: GatewayContext): Promise<void> {
  for (const sockets of chunks([...gateway.visitorSockets.sockets.values()])) {
    const ids = [...new Set(sockets.map((socket) => visitorOf(socket).visitor.visitorId))];
    const { rows } = await gateway.pool.query<{
      id: string;
      token_rev: number;
      contact_id: string;
    }>({
      name: 'gateway.recheck_visitors',
      text: `SELECT v.id, v.token_rev, v.contact_id FROM visitor v
        JOIN channel ch ON ch.id = v.channel_id AND ch.workspace_id = v.workspace_id
        WHERE v.id = ANY ($1) AND ch.disabled_at IS NULL`,
      values: [ids],
    });
    const live = new Map(rows.map((row) => [row.id, row]));
    for (const socket of sockets) {
      const { visitor } = visitorOf(socket);
      const row = live.get(visitor.visitorId);
      if (row?.token_rev !== visitor.tokenRev || row.contact_id !== visitor.contactId)
        turnOut(socket);
    }
  }
}

async function recheckMember(gateway: GatewayContext, socket: Socket): Promise<void> {
  const data = memberOfSocket(socket);
  const member = await gateway.findMember(data.headers, data.member.workspaceId);
  if (!member || member.memberId !== data.member.memberId) {
    turnOut(socket);
    return;
  }
  data.member = member;
  await leaveHidden(gateway, socket);
}

function closeUnread(nsp: Namespace): void {
  for (const socket of nsp.sockets.values()) {
    const { writeBuffer } = socket.conn as unknown as { writeBuffer: unknown[] };
    if (writeBuffer.length > MOST_UNSENT) {
      log.warn({ namespace: nsp.name, unsent: writeBuffer.length }, 'socket_too_slow');
      socket.disconnect(true);
    }
  }
}

/** Rechecks what sockets were let in with, every 15 s and at every assignment; watches config_rev. */
export function startWatch(gateway: GatewayContext, onConfig: (workspaceId: string) => void) {
  const { memberSockets, visitorSockets, members, conversations } = gateway;
  const revisions = new Map<string, string>();
  let closed = false;

  const recheckMembers = async (only?: string): Promise<void> => {
    const ids = only
      ? (memberSockets.adapter.rooms.get(rooms.member(only)) ?? [])
      : memberSockets.sockets.keys();
    for (const id of [...ids]) {
      const socket = memberSockets.sockets.get(id);
      if (socket) await recheckMember(gateway, socket);
    }
  };

  const watchConfig = async (): Promise<void> => {
    const watched = new Set<string>();
    for (const socket of memberSockets.sockets.values())
      watched.add(memberOfSocket(socket).member.workspaceId);
    for (const socket of visitorSockets.sockets.values())
      watched.add(visitorOf(socket).visitor.workspaceId);
    for (const known of revisions.keys()) if (!watched.has(known)) revisions.delete(known);
    if (watched.size === 0) return;
    const { rows } = await gateway.pool.query<{ id: string; rev: string }>({
      name: 'gateway.config_rev',
      text: 'SELECT id, config_rev::text AS rev FROM workspace WHERE id = ANY ($1)',
      values: [[...watched]],
    });
    for (const { id, rev } of rows) {
      const known = revisions.get(id);
      revisions.set(id, rev);
      if (known === rev) continue;
      // Also when first seen: what was read before may be older than this revision.
      await members.onConfigChanged(id);
      onConfig(id);
      if (known === undefined) continue;
      // Every node sees it by itself: told to this node's sockets only.
      memberSockets.local.to(rooms.inbox(id)).emit('config', { configRev: rev });
      await recheckMembers();
    }
  };

  const every = (ms: number, name: string, work: () => Promise<void>) => {
    const run = async () => {
      try {
        await work();
      } catch (error) {
        log.warn({ err: error, work: name }, 'watch_failed');
      }
      if (!closed) timers.set(name, setTimeout(run, ms));
    };
    timers.set(name, setTimeout(run, ms));
  };
  const timers = new Map<string, NodeJS.Timeout>();
  every(RECHECK_MS, 'visitors', () => recheckVisitors(gateway));
  every(RECHECK_MS, 'members', () => recheckMembers());
  every(CONFIG_MS, 'config', watchConfig);
  every(5_000, 'unsent', async () => {
    closeUnread(visitorSockets);
    closeUnread(memberSockets);
  });
  const sight = startSight(gateway);
  const stop = conversations.onCommitted(({ before, after }: Committed) => {
    if (before === after) return;
    for (const memberId of new Set([after.ownerId, after.targetMemberId])) {
      if (!memberId || memberId === before?.ownerId || memberId === before?.targetMemberId)
        continue;
      recheckMembers(memberId).catch((error: unknown) => log.warn({ err: error }, 'watch_failed'));
    }
  });

  return {
    recheckVisitors: () => recheckVisitors(gateway),
    recheckMembers,
    watchConfig,
    /** Sockets of this node that have a conversation open. */
    listeners: (conversationId: string) =>
      memberSockets.adapter.rooms.get(rooms.conversation(conversationId))?.size ?? 0,
    close(): void {
      closed = true;
      stop();
      sight.close();
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}

export type Watch = ReturnType<typeof startWatch>;
