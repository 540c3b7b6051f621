import { Agent, get } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { deriveKey } from '#lib/env.ts';
import type { VisitorClient } from '#lib/sdk/api.ts';
import { createMemoryStorage } from '#lib/sdk/core/storage.ts';
import { createVisitorClient } from '#lib/sdk/visitor/index.ts';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import { createDesk, type TestDesk } from '#server/test/desk.ts';
import { type DeskProcess, freePort, startProcess } from '#server/test/desk-process.ts';
import { type RunningDesk, runDesk } from '#server/test/running-desk.ts';
import { until } from './stage.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const SECRET = 'a secret that both nodes of this test know';
const VISITORS = 12;
const PATIENCE_MS = 30_000;

let db: TestDatabase;
let shop: TestDesk;
let leaving: DeskProcess;
let port: number;
let staying: RunningDesk;
let balancer: Server;
const clients: VisitorClient[] = [];

/** Asks the first node, and the second when the first takes no connection: any balancer does. */
async function balance(first: number, second: number): Promise<Server> {
  const join = (socket: Socket, upstream: Socket) => {
    for (const [one, other] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      one.on('error', () => one.destroy()).on('close', () => other.destroy());
    }
    socket.pipe(upstream).pipe(socket);
  };
  const server = createServer((socket) => {
    const upstream = connect(first, '127.0.0.1', () => {
      upstream.off('error', elsewhere);
      join(socket, upstream);
    });
    const elsewhere = () => join(socket, connect(second, '127.0.0.1'));
    upstream.once('error', elsewhere);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

beforeAll(async () => {
  db = await createTestDatabase();
  shop = await createDesk(db.pool);
  port = await freePort();
  leaving = startProcess({
    PORT: String(port),
    DATABASE_URL: db.url,
    PARLOUR_SECRET: SECRET,
    PUBLIC_URL: 'http://desk.example',
    RATE_LIMIT_SCALE: '1000',
    SHUTDOWN_WAIT_MS: '2500',
  });
  const tokenKey = deriveKey('visitor-tokens', { secret: SECRET, dataDir: '' });
  staying = await runDesk(db.pool, { tokenKey, roles: new Set(['realtime', 'worker']) });
  await leaving.ready;
  balancer = await balance(port, staying.port);
});

afterAll(async () => {
  for (const client of clients) client.destroy();
  leaving.child.kill('SIGKILL');
  await staying.close();
  await new Promise((resolve) => balancer.close(resolve));
  await db.drop();
});

const eventsOf = (client: VisitorClient) =>
  client.getState().thread.items.filter((item) => item.kind === 'event' && isMine(item.event));
const isMine = (event: { kind: string }) => event.kind === 'message';

/** An answered request whose connection stays open, idle. */
function keepAlive(agent: Agent): Promise<Socket> {
  return new Promise((resolve, reject) => {
    get({ port, path: '/healthz', agent }, (response) => {
      const { socket } = response;
      response.resume().on('end', () => resolve(socket));
    }).on('error', reject);
  });
}

test('SIGTERM under load: not ready first, clients move on, nothing acknowledged is lost, exit code 0', async () => {
  const { port: front } = balancer.address() as AddressInfo;
  for (let n = 0; n < VISITORS; n += 1) {
    const client = createVisitorClient({
      url: `http://127.0.0.1:${front}`,
      key: `pk_${shop.channelId}`,
      storage: createMemoryStorage(),
      locale: 'en',
    });
    clients.push(client);
    client.start();
  }
  const sent: string[] = [];
  const talking = setInterval(() => {
    for (const client of clients) {
      // An outbox is bounded; a person writes on when the last words are through.
      if (client.getState().thread.items.some((item) => item.kind === 'pending')) continue;
      const said = client.send(`words ${sent.length}`);
      if (said.ok) sent.push(said.data.clientKey);
    }
  }, 10);
  await until(
    'everybody talks',
    () => clients.every((client) => eventsOf(client).length >= 2),
    PATIENCE_MS,
  );

  const agent = new Agent({ keepAlive: true });
  const idle = await keepAlive(agent);
  const idleGone = new Promise((resolve) => idle.once('close', resolve));
  const url = `http://127.0.0.1:${port}`;
  const post = (path: string, body: object, headers: Record<string, string> = {}) =>
    fetch(`${url}/api/v1/visitor/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const session = await (await post('session', { v: 2, key: `pk_${shop.channelId}` })).json();
  const authorization = `Bearer ${session.data.token}`;
  const polled = post('poll', { heads: {} }, { authorization }).then((answer) => answer.json());

  leaving.child.kill('SIGTERM');
  await until('it says that it is not ready', async () => {
    const answer = await fetch(`${url}/readyz`);
    const { draining } = await answer.json();
    return answer.status === 503 && draining === true;
  });
  // 0 also says: within its 10 s, for it ends itself with 1 after those.
  expect(await leaving.ended).toBe(0);
  expect(leaving.lines().map((line) => line.msg)).toContain('desk_stopped');
  expect(await polled).toMatchObject({ ok: true, data: { changed: false } });
  await idleGone;
  agent.destroy();
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();

  const heardBefore = clients.map((client) => eventsOf(client).length);
  await until(
    'everybody talks on, at the other node',
    () => clients.every((client, n) => eventsOf(client).length > (heardBefore[n] ?? 0) + 1),
    PATIENCE_MS,
  );
  clearInterval(talking);
  await until(
    'every outbox is empty',
    () =>
      clients.every((client) =>
        client.getState().thread.items.every((item) => item.kind === 'event'),
      ),
    PATIENCE_MS,
  );
  const { rows } = await db.pool.query<{ client_id: string }>(
    `SELECT client_id FROM event WHERE kind = 'message.sent' ORDER BY client_id`,
  );
  expect(rows.map((row) => row.client_id)).toEqual([...sent].sort());
  // I5: gapless over both nodes, and everybody has seen all of theirs.
  const gaps = await db.pool.query(
    `SELECT conversation_id FROM event GROUP BY 1 HAVING max(seq) <> count(*)`,
  );
  expect(gaps.rows).toEqual([]);
  expect(clients.reduce((sum, client) => sum + eventsOf(client).length, 0)).toBe(sent.length);
});
