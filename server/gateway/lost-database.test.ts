import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPool } from '#lib/db/pool.ts';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import { createDesk, type TestDesk } from '#server/test/desk.ts';
import { ask, askVisitor, message, type RunningDesk, runDesk } from '#server/test/running-desk.ts';
import { createTcpProxy, type TcpProxy } from '#server/test/tcp-proxy.ts';

let db: TestDatabase;
let line: TcpProxy;
let pool: Pool;
let shop: TestDesk;
let desk: RunningDesk;

beforeAll(async () => {
  db = await createTestDatabase();
  shop = await createDesk(db.pool);
  const url = new URL(db.url);
  line = await createTcpProxy({ host: url.hostname, port: Number(url.port) });
  url.hostname = '127.0.0.1';
  url.port = String(line.port);
  pool = createPool(url.href);
  desk = await runDesk(pool, { roles: new Set(['realtime', 'worker']) });
});

afterAll(async () => {
  await desk.close();
  await pool.end();
  await line.close();
  await db.drop();
});

const isReady = async () => (await fetch(`${desk.url}/readyz`)).status;

test('a lost database is said with a code, costs no socket, and is used again when it is back', async () => {
  const key = `pk_${shop.channelId}`;
  const { token } = await desk.session(key);
  const visitor = await desk.visitor(token);
  const sent = message('before');
  await askVisitor(visitor, 'message.send', sent);
  expect(await isReady()).toBe(200);

  await line.cut();
  const lost = message('meanwhile', sent.conversationId);
  for (const [name, input] of [
    ['message.send', lost],
    ['conversation.list', {}],
  ] as const) {
    const reply = await ask(visitor, name, input);
    expect(reply).toMatchObject({ ok: false, error: { retryAfterMs: expect.any(Number) } });
    if (!reply.ok) expect(['unavailable', 'timeout', 'overloaded']).toContain(reply.error.code);
  }
  const session = await desk.post('/api/v1/visitor/session', { v: 2, key });
  expect(session).toMatchObject({
    status: 503,
    body: { ok: false, error: { code: 'unavailable' } },
  });
  expect(session.headers.get('retry-after')).toBe('1');
  await expect.poll(isReady, { timeout: 5_000 }).toBe(503);
  expect((await fetch(`${desk.url}/healthz`)).status).toBe(200);

  await line.restore();
  await expect.poll(isReady, { timeout: 10_000 }).toBe(200);
  expect(visitor.socket.connected).toBe(true);
  // The client repeats with the same key until it is answered: it is in the log once.
  await askVisitor(visitor, 'message.send', lost);
  await askVisitor(visitor, 'message.send', lost);
  const { rows } = await db.pool.query(
    `SELECT data->>'text' AS text FROM event WHERE conversation_id = $1 AND kind = 'message.sent' ORDER BY seq`,
    [sent.conversationId],
  );
  expect(rows.map(({ text }) => text)).toEqual(['before', 'meanwhile']);
  expect((await desk.session(key)).token).toEqual(expect.any(String));
});
