import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import type {
  ClientPorts,
  MemberClient,
  StoragePort,
  VisitorClient,
  VisitorClientOptions,
} from '#lib/sdk/api.ts';
import { browserPorts } from '#lib/sdk/core/browser-ports.ts';
import { openSocket } from '#lib/sdk/core/socket.ts';
import { createMemberClient, createMemoryStorage } from '#lib/sdk/member/index.ts';
import { type FaultyProxy, startFaultyProxy } from '#lib/sdk/test/faulty-proxy.ts';
import { createVisitorClient } from '#lib/sdk/visitor/index.ts';
import { type Desk, startDesk } from '#server/desk.ts';
import { RATES, type RateTable } from '#server/gateway/index.ts';
import { createTestDatabase } from '../database.ts';
import { createDesk, type TestDesk, type TestMember } from '../desk.ts';

const PUBLIC_URL = 'http://desk.test';
/** Client time runs so much faster than real time, so that 10 s time-outs do not take 10 s. */
const HASTE = 10;

export interface Stage {
  pool: Pool;
  desk: TestDesk;
  server: Desk;
  proxy: FaultyProxy;
  visitor(options?: Partial<VisitorClientOptions> & { direct?: boolean }): VisitorClient;
  member(member: TestMember, options?: { storage?: StoragePort; direct?: boolean }): MemberClient;
  /** What the log holds, in order. */
  messages(conversationId: string): Promise<{ seq: number; text: string; source: string }[]>;
  /** Destroys every client and stops the desk. */
  close(): Promise<void>;
}

/** Limits are another test's; here they would only make it slow. */
const WIDE: RateTable = Object.fromEntries(
  Object.entries(RATES).map(([name, subjects]) => [
    name,
    Object.fromEntries(Object.keys(subjects).map((key) => [key, { burst: 1e6, perSecond: 1e6 }])),
  ]),
) as RateTable;

function hastyPorts(): ClientPorts {
  const start = Date.now();
  return {
    ...browserPorts(),
    now: () => start + (Date.now() - start) * HASTE,
    setTimeout: (fn, ms) => setTimeout(fn, ms / HASTE),
  };
}

/** A real desk on a database of its own, behind a faulty proxy, and real clients. */
export async function createStage(
  options: { random?: () => number; rates?: RateTable } = {},
): Promise<Stage> {
  const database = await createTestDatabase();
  const { pool } = database;
  const desk = await createDesk(pool);
  const sessions = new Map<string, TestMember>();
  const server = await startDesk({
    settings: {
      host: '127.0.0.1',
      port: 0,
      publicUrl: PUBLIC_URL,
      trustProxyHops: 0,
      webOrigin: undefined,
      redisUrl: undefined,
    },
    roles: new Set(['realtime', 'worker']),
    pool,
    tokenKey: randomBytes(32),
    migrations: 'prisma/migrations',
    widgetFolder: 'public/widget',
    rates: options.rates ?? WIDE,
    async findMember(headers) {
      const member = sessions.get(headers.get('cookie') ?? '');
      if (!member) return null;
      return {
        userId: member.id,
        memberId: member.id,
        workspaceId: desk.workspaceId,
        role: member.ctx.actor.role,
        authRev: 1,
        name: member.name,
        email: 'nobody@example.test',
      };
    },
  });
  const proxy = await startFaultyProxy(server.port, options.random ?? Math.random);
  const clients = new Set<{ destroy(): void }>();
  const origin = (direct = false) => `http://127.0.0.1:${direct ? server.port : proxy.port}`;
  const kept = <C extends { destroy(): void }>(client: C): C => {
    clients.add(client);
    return client;
  };

  return {
    pool,
    desk,
    server,
    proxy,
    visitor: ({ direct, ports = {}, ...rest } = {}) =>
      kept(
        createVisitorClient({
          url: origin(direct),
          key: `pk_${desk.channelId}`,
          storage: createMemoryStorage(),
          locale: 'en',
          ...rest,
          ports: { ...hastyPorts(), ...ports },
        }),
      ),
    member(member, { storage, direct } = {}) {
      const cookie = `member=${member.id}`;
      sessions.set(cookie, member);
      const headers = { cookie, origin: PUBLIC_URL };
      return kept(
        createMemberClient({
          url: origin(direct),
          ...(storage ? { storage } : {}),
          ports: {
            ...hastyPorts(),
            openSocket: (request) =>
              openSocket(request, (url) => {
                // Node's WebSocket takes headers where a browser sends its own.
                const options: unknown = { headers };
                return new WebSocket(url, options as string[]);
              }),
          },
        }),
      );
    },
    async messages(conversationId) {
      const { rows } = await pool.query<{ seq: number; text: string; source: string }>(
        `SELECT seq, data->>'text' AS text, source FROM event
         WHERE conversation_id = $1 AND kind IN ('message.sent', 'note.added') ORDER BY seq`,
        [conversationId],
      );
      return rows;
    },
    async close() {
      for (const client of clients) client.destroy();
      await proxy.close();
      await server.close();
      await database.drop();
    },
  };
}

/** Waits for what must become true; says what did not. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 15_000,
): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`did not come true: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
