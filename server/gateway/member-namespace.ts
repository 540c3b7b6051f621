import type { Socket } from 'socket.io';
import type { MemberSession } from '#lib/auth/session.ts';
import { logger } from '#lib/observability/logger.ts';
import { newTrace } from '#lib/observability/trace.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import { MemberHandshake } from '#lib/protocol/member.ts';
import { PROTOCOL_VERSION } from '#lib/protocol/version.ts';
import type { Ctx } from '#server/conversation/index.ts';
import { dispatch } from './dispatch.ts';
import { admit, originOf, readHandshake } from './handshake.ts';
import type { GatewayContext } from './ports.ts';
import { rooms } from './rooms.ts';
import { connectionOf } from './socket-connection.ts';

const log = logger.child({ scope: 'gateway' });

export interface MemberSocketData {
  member: MemberSession;
  v: number;
  address: string;
  headers: Headers;
}

export function memberOfSocket(socket: Pick<Socket, 'data'>): MemberSocketData {
  return socket.data as MemberSocketData;
}

/** The context of one command of a member. */
export function memberCtx(member: MemberSession, trace: string): Ctx {
  const { workspaceId, memberId, role } = member;
  return { workspaceId, trace, actor: { kind: 'member', memberId, role } };
}

async function enter(gateway: GatewayContext, socket: Socket): Promise<void> {
  const address = gateway.edge.addressOf(socket.request);
  gateway.dispatch.limiter.take('connect', { address });
  // A foreign page can open a WebSocket here with the member's cookie; only the origin tells.
  const origin = originOf(socket);
  if (!gateway.edge.isOwnPage(origin)) {
    // Usually an operator who opens the console under an address that PUBLIC_URL does not name.
    log.info({ origin, hint: 'PUBLIC_URL names the console’s address' }, 'member_origin_refused');
    throw new ParlourError('origin_refused');
  }
  const { v, workspaceId } = readHandshake(MemberHandshake, socket.handshake.auth);
  const headers = new Headers({ cookie: socket.handshake.headers.cookie ?? '' });
  const member = await gateway.findMember(headers, workspaceId);
  if (!member) throw new ParlourError('unauthenticated');
  gateway.dispatch.limiter.take('connect', { member: member.memberId });
  socket.data = { member, v, address, headers } satisfies MemberSocketData;
  await socket.join([rooms.inbox(member.workspaceId), rooms.member(member.memberId)]);
  await gateway.transport().settled();
}

/**
 * Members' sockets: the session cookie of the desk's own pages opens them.
 * @returns `settled`: resolves when every connect and disconnect so far is written
 */
export function serveMembers(gateway: GatewayContext): { settled: () => Promise<void> } {
  const pending = new Set<Promise<void>>();
  const { memberSockets, members, nodeId } = gateway;
  // As their actions: whom visitors wait for is kept out last.
  const { overload } = gateway.dispatch;
  admit(memberSockets, (socket) => overload.arrive('action', () => enter(gateway, socket)));
  memberSockets.on('connection', (socket) => {
    const { member, v, address } = memberOfSocket(socket);
    const connection = connectionOf(socket, gateway.transport);
    gateway.frames.serve(socket, (body, answer) => {
      const ctx = memberCtx(memberOfSocket(socket).member, newTrace());
      void dispatch(gateway.dispatch, { ctx, address, connection }, body, answer);
    });
    socket.on('error', (error) => log.debug({ err: error }, 'socket_failed'));
    if (v < PROTOCOL_VERSION) socket.emit('outdated', { v: PROTOCOL_VERSION });
    // A lease that could not be written is written by the next renewal.
    const noted = (work: Promise<void>) => {
      const done = work
        .catch((error: unknown) => log.warn({ err: error }, 'member_presence_failed'))
        .finally(() => pending.delete(done));
      pending.add(done);
    };
    noted(members.connect(member, member.memberId, nodeId));
    socket.on('disconnect', () => noted(members.disconnect(member, member.memberId, nodeId)));
  });
  return {
    settled: async () => {
      await Promise.all(pending);
    },
  };
}
