import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Env } from '#lib/env.ts';
import { logger } from '#lib/observability/logger.ts';
import { createConversations } from '#server/conversation/index.ts';
import {
  attachGateway,
  type FindMember,
  type Gateway,
  RATES,
  type RateTable,
  scaleRates,
} from '#server/gateway/index.ts';
import {
  addressKey,
  clientOf,
  createHttp,
  createReadiness,
  type Http,
  healthRoutes,
  isOwnPage,
  mayEmbed,
  memberRoutes,
  metricsRoute,
  ownOrigins,
  visitorRoutes,
} from '#server/http/index.ts';
import { startRouting } from '#server/routing/index.ts';
import { startTimers } from '#server/timers/index.ts';
import { watchDesk } from './desk-metrics.ts';
import { startMaintenance } from './maintenance.ts';
import { watchWebProcess } from './web-metrics.ts';

export const ROLES = ['realtime', 'worker'] as const;
export type DeskRole = (typeof ROLES)[number];

export interface DeskOptions {
  settings: Pick<Env, 'host' | 'port' | 'publicUrl' | 'trustProxyHops' | 'webOrigin' | 'redisUrl'> &
    Partial<Pick<Env, 'rateLimitScale' | 'metricsToken' | 'shutdownWaitMs'>>;
  roles: ReadonlySet<DeskRole>;
  /** The caller's; it ends it after `close`. */
  pool: Pool;
  findMember: FindMember;
  /** 32 bytes: `deriveKey('visitor-tokens')` */
  tokenKey: Buffer;
  /** prisma/migrations */
  migrations: string;
  /** public/widget */
  widgetFolder: string;
  /** Milliseconds since the epoch, for the expiry of tokens. */
  now?: () => number;
  rates?: RateTable;
  /** What the web process asks for before it tells its figures; without it nobody asks. */
  webFiguresToken?: string;
}

export interface Desk {
  nodeId: string;
  /** Where it listens. */
  port: number;
  http: Http;
  gateway: Gateway | null;
  /**
   * Says it is not ready, waits `shutdownWaitMs`, moves clients away, finishes what was accepted and
   * closes everything but the pool: within 10 s, each part bounded.
   */
  close(): Promise<void>;
}

/** Puts the rooms together: one desk process with the roles it was given. */
export async function startDesk(options: DeskOptions): Promise<Desk> {
  const { settings, roles, pool } = options;
  const nodeId = randomUUID();
  const conversations = createConversations({ pool });
  const { members, reads } = conversations;
  const http = createHttp({
    webOrigin: roles.has('realtime') ? settings.webOrigin : undefined,
    hops: settings.trustProxyHops,
    widgetFolder: options.widgetFolder,
  });
  const readiness = createReadiness(pool, options.migrations);
  http.add([...healthRoutes(readiness.look), metricsRoute(settings.metricsToken)]);
  const worker = roles.has('worker');
  const unwatch = watchDesk({ pool, nodeId, conversations, readiness: readiness.look, worker });

  const own = ownOrigins(settings.publicUrl);
  const visitors = { pool, tokenKey: options.tokenKey, now: options.now ?? Date.now };
  let unwatchWeb = () => {};
  let gateway: Gateway | null = null;
  let stopPolls = () => {};
  if (roles.has('realtime')) {
    const { findMember, webFiguresToken } = options;
    if (settings.webOrigin && webFiguresToken)
      unwatchWeb = watchWebProcess(settings.webOrigin, webFiguresToken);
    gateway = await attachGateway({
      server: http.server,
      pool,
      nodeId,
      conversations,
      members,
      reads,
      visitors,
      findMember,
      edge: {
        isOwnPage: (origin) => isOwnPage(own, origin),
        mayEmbed: (allowed, origin) => mayEmbed(own, allowed, origin),
        addressOf: (request) => addressKey(clientOf(request, settings.trustProxyHops).address),
      },
      redisUrl: settings.redisUrl,
      rates: options.rates ?? scaleRates(RATES, settings.rateLimitScale ?? 1),
    });
    const visitor = visitorRoutes({ conversations, reads, visitors, gateway, own });
    stopPolls = visitor.close;
    http.add(visitor.routes);
    http.add(memberRoutes({ gateway, findMember, own }));
  }

  const workers = worker
    ? [
        startTimers({ pool, conversations, log: logger, nodeId }),
        startRouting({ pool, conversations, members, log: logger, nodeId }),
        startMaintenance({ pool, members }),
      ]
    : [];

  // Each part is closed whatever happened to the others: without the database some cannot say goodbye.
  const end = async (part: string, work: () => Promise<unknown> | undefined) => {
    try {
      await work();
    } catch (error) {
      logger.warn({ err: error, part }, 'desk_part_stop_failed');
    }
  };
  // First nothing but the word that we are leaving; then no new connections, and those there are go.
  const close = async () => {
    readiness.drain();
    await pause(settings.shutdownWaitMs ?? 0);
    http.leave();
    stopPolls();
    await Promise.all([
      ...workers.map((one) => end('worker', () => one.stop())),
      end('gateway', () => gateway?.leave()),
    ]);
    unwatch();
    unwatchWeb();
    await Promise.all([end('gateway', () => gateway?.close()), end('http', () => http.close())]);
    await end('conversations', () => conversations.close());
  };
  try {
    const port = await http.listen(settings.port, settings.host);
    return { nodeId, port, http, gateway, close };
  } catch (error) {
    await close();
    throw error;
  }
}
