import type { Socket } from 'socket.io';
import { logger } from '#lib/observability/logger.ts';
import { newTrace } from '#lib/observability/trace.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import { PROTOCOL_VERSION } from '#lib/protocol/version.ts';
import { VisitorHandshake } from '#lib/protocol/visitor.ts';
import type { Ctx } from '#server/conversation/index.ts';
import { authenticateArrival, type VisitorIdentity } from '#server/conversation/visitors/index.ts';
import { dispatch } from './dispatch.ts';
import { admit, forgetRequest, originOf, readHandshake } from './handshake.ts';
import type { GatewayContext } from './ports.ts';
import { rooms } from './rooms.ts';
import { connectionOf } from './socket-connection.ts';
import type { VisitorPresence } from './visitor-presence.ts';

const log = logger.child({ scope: 'gateway' });

export interface VisitorSocketData {
  visitor: VisitorIdentity;
  v: number;
  address: string;
}

export function visitorOf(socket: Socket): VisitorSocketData {
  return socket.data as VisitorSocketData;
}

/** The context of one command of a visitor. */
export function visitorCtx(visitor: VisitorIdentity, trace: string): Ctx {
  const { workspaceId, visitorId, contactId, channelId } = visitor;
  return { workspaceId, trace, actor: { kind: 'visitor', visitorId, contactId, channelId } };
}

async function enter(gateway: GatewayContext, socket: Socket): Promise<void> {
  const address = gateway.edge.addressOf(socket.request);
  gateway.dispatch.limiter.take('connect', { address });
  const { v, token } = readHandshake(VisitorHandshake, socket.handshake.auth);
  const { pool, tokenKey, now } = gateway.visitors;
  const { visitor, contactIds } = await authenticateArrival(pool, tokenKey, token, now());
  if (!gateway.edge.mayEmbed(visitor.allowedOrigins, originOf(socket))) {
    throw new ParlourError('origin_refused');
  }
  gateway.dispatch.limiter.take('connect', { visitor: visitor.visitorId });
  // Subscribed before anything can be read: what is committed from here on is pushed or in the log.
  socket.data = { visitor, v, address } satisfies VisitorSocketData;
  forgetRequest(socket);
  await socket.join([
    ...contactIds.map((contactId) => rooms.person(contactId, visitor.channelId)),
    rooms.visitor(visitor.visitorId),
  ]);
  await gateway.transport().settled();
}

/** Visitors' sockets: a token opens one visitor, and every command is that visitor's. */
export function serveVisitors(gateway: GatewayContext, presence: VisitorPresence): void {
  const { overload } = gateway.dispatch;
  admit(gateway.visitorSockets, (socket) =>
    overload.arrive('connect', () => enter(gateway, socket)),
  );
  gateway.visitorSockets.on('connection', (socket) => {
    const { visitor, v, address } = visitorOf(socket);
    const connection = connectionOf(socket, gateway.transport);
    gateway.frames.serve(socket, (body, answer) => {
      const ctx = visitorCtx(visitorOf(socket).visitor, newTrace());
      void dispatch(gateway.dispatch, { ctx, address, connection }, body, answer);
    });
    socket.on('error', (error) => log.debug({ err: error }, 'socket_failed'));
    if (v < PROTOCOL_VERSION) socket.emit('outdated', { v: PROTOCOL_VERSION });
    presence.arrived(visitor);
    socket.on('disconnect', () => presence.left(visitor));
  });
}
