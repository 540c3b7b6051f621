import type { Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import { logger } from '#lib/observability/logger.ts';
import { metrics } from '#lib/observability/metrics/instruments.ts';
import type { Reply } from '#lib/protocol/envelope.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import { LIMITS } from '#lib/protocol/limits.ts';
import type { Ctx } from '#server/conversation/index.ts';
import { PRESENCE_LEASE_MS } from '#server/conversation/members/index.ts';
import type { Reads } from '#server/conversation/reads/index.ts';
import type { VisitorIdentity } from '#server/conversation/visitors/index.ts';
import { createRegistry, type Registry } from '#server/registry.ts';
import { connectRedis, type FanOutTransport, localTransport } from './adapter.ts';
import { readCommands } from './command-frames.ts';
import { socketCommands } from './commands.ts';
import { type Caller, type DispatchDeps, dispatch } from './dispatch.ts';
import { createFanOut } from './fan-out.ts';
import { admit } from './handshake.ts';
import { serveMembers } from './member-namespace.ts';
import { moveOut } from './move-out.ts';
import { createOverload } from './overload.ts';
import type { GatewayContext } from './ports.ts';
import { createRateLimiter, RATES, type RateLimiter, type RateTable } from './rate-limit.ts';
import { remindSockets } from './reminder.ts';
import { rooms } from './rooms.ts';
import { createRowPushes } from './row-pushes.ts';
import { createTyping } from './typing.ts';
import { serveVisitors } from './visitor-namespace.ts';
import { createVisitorPresence } from './visitor-presence.ts';
import { startWatch, type Watch } from './watch.ts';
import { batchWrites } from './write-batches.ts';

const log = logger.child({ scope: 'gateway' });

/** As long as a lock is waited for at most; who is not answered by then repeats elsewhere (D7). */
const DRAIN_MS = 2_000;
/** Refused while leaving: until a balancer has noticed, or the restart is over. */
const COME_BACK = { leastMs: 500, spreadMs: 1_500 };

export type GatewayDeps = Omit<
  GatewayContext,
  'dispatch' | 'frames' | 'transport' | 'visitorSockets' | 'memberSockets'
> & {
  server: HttpServer;
  reads: Reads;
  redisUrl?: string | undefined;
  rates?: RateTable;
};

export interface Gateway {
  registry: Registry;
  limiter: RateLimiter;
  /** Runs one command; the same for sockets and HTTP. */
  dispatch(caller: Caller, body: unknown): Promise<Reply<unknown>>;
  /** Runs the making of a visitor's session, unless the desk is overloaded. Throws ParlourError then. */
  admitSession<T>(work: () => Promise<T>): Promise<T>;
  /** Turns a visitor's sockets out on every node: logged out, or its token was rotated. */
  revokeVisitor(visitorId: string): void;
  /** A visitor became the site's person: old tokens go, inboxes look again. */
  visitorIdentified(visitor: VisitorIdentity): void;
  /** Heard of over HTTPS: online for a while, as a socket would be. */
  visitorSeen(visitor: VisitorIdentity): void;
  watch: Watch;
  /** Lets nobody in, moves clients to other nodes, answers what was accepted. Then `close`. */
  leave(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the namespaces `/visitor` and `/member` on the desk's HTTP server. */
export async function attachGateway(deps: GatewayDeps): Promise<Gateway> {
  const io = new Server(deps.server, {
    transports: ['websocket'],
    perMessageDeflate: false,
    serveClient: false,
    pingInterval: LIMITS.heartbeatPingMs,
    pingTimeout: LIMITS.heartbeatTimeoutMs,
    maxHttpBufferSize: LIMITS.frameBytes,
    connectTimeout: 10_000,
    // Other upgrades on this server are the web process's.
    destroyUpgrade: false,
  });
  batchWrites(io);
  // The default namespace serves nobody: without this, anyone could hold a connection there.
  admit(io.of('/'), async () => {
    throw new ParlourError('not_found');
  });
  let transport: FanOutTransport = localTransport;
  if (deps.redisUrl) {
    transport = await connectRedis(io, deps.redisUrl, () => remindSockets(gateway));
  }
  const limiter = createRateLimiter(deps.rates ?? RATES);
  const { isOverloaded: isBehind, isFull } = deps.conversations;
  const overload = createOverload({ isBehind, isFull });
  const dispatchDeps = { limiter, overload } as DispatchDeps;
  const gateway: GatewayContext = {
    ...deps,
    dispatch: dispatchDeps,
    frames: readCommands(io, overload),
    transport: () => transport,
    visitorSockets: io.of('/visitor'),
    memberSockets: io.of('/member'),
  };
  const typing = createTyping();
  const presence = createVisitorPresence(gateway);
  const { commands } = deps.conversations;
  const stored = [...commands.visitor.values(), ...commands.member.values()];
  const registry = createRegistry([
    ...stored.map((spec) => ({
      ...spec,
      run: (ctx: Ctx, input: unknown) => spec.run(deps.conversations, ctx, input),
    })),
    ...socketCommands({ gateway, typing, presence, reads: deps.reads }),
  ]);
  dispatchDeps.registry = registry;
  await transport.settled();

  const rowPushes = createRowPushes(gateway, deps.reads);
  const fanOut = createFanOut(gateway, rowPushes.queueMoved);
  const watch = startWatch(gateway, (workspaceId) => fanOut.forget(workspaceId));
  const stopMembers = deps.members.onMemberChanged(({ workspaceId, memberId, view, own }) => {
    const mine = rooms.member(memberId);
    if (view) gateway.memberSockets.to(rooms.inbox(workspaceId)).except(mine).emit('member', view);
    if (own) gateway.memberSockets.to(mine).emit('member', own);
    fanOut.hintInbox(workspaceId);
  });
  const renewal = setInterval(() => {
    deps.members
      .renew(deps.nodeId)
      .catch((error: unknown) => log.warn({ err: error }, 'presence_renewal_failed'));
  }, PRESENCE_LEASE_MS / 3);
  let leaving = false;
  for (const namespace of [gateway.visitorSockets, gateway.memberSockets]) {
    admit(namespace, async () => {
      if (!leaving) return;
      const retryAfterMs = COME_BACK.leastMs + Math.round(Math.random() * COME_BACK.spreadMs);
      throw new ParlourError('unavailable', { retryAfterMs });
    });
  }
  serveVisitors(gateway, presence);
  const memberPresence = serveMembers(gateway);
  // Nobody has business in the main namespace; a connection without another one is closed in 10 s.
  io.use((_socket, next) => next(new Error('not_found')));

  const unwatch = [
    metrics.connections.from(() => [
      [['visitor'], gateway.visitorSockets.sockets.size],
      [['member'], gateway.memberSockets.sockets.size],
    ]),
    metrics.inFlight.from(() => [[[], overload.inFlight]]),
  ];

  const revokeVisitor = (visitorId: string) => {
    const audience = gateway.visitorSockets.in(rooms.visitor(visitorId));
    audience.emit('revoked', {});
    audience.disconnectSockets(true);
  };

  return {
    registry,
    limiter,
    watch,
    visitorSeen: presence.seen,
    dispatch: (caller, body) => dispatch(dispatchDeps, caller, body),
    admitSession: (work) => overload.arrive('session', work),
    revokeVisitor,
    visitorIdentified(visitor) {
      revokeVisitor(visitor.visitorId);
      fanOut.hintInbox(visitor.workspaceId);
    },
    async leave() {
      leaving = true;
      await moveOut([gateway.visitorSockets, gateway.memberSockets]);
      // What was accepted is answered before the sockets go: an ack not sent is a message sent twice.
      await overload.drain(DRAIN_MS);
      clearInterval(renewal);
      watch.close();
      for (const stop of unwatch) stop();
      stopMembers();
      typing.close();
      presence.close();
      rowPushes.close();
      fanOut.close();
      gateway.visitorSockets.local.disconnectSockets(true);
      gateway.memberSockets.local.disconnectSockets(true);
      await memberPresence.settled();
      await deps.members
        .release(deps.nodeId)
        .catch((error: unknown) => log.warn({ err: error }, 'presence_release_failed'));
    },
    async close() {
      // Closes the engine, and waits for the HTTP server's last connection.
      await io.close();
      await transport.close();
    },
  };
}
