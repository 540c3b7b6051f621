import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { metrics } from '#lib/observability/metrics/index.ts';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import { createDesk, type TestDesk } from '#server/test/desk.ts';
import { ask, askVisitor, message, type RunningDesk, runDesk } from '#server/test/running-desk.ts';

let db: TestDatabase;
let shop: TestDesk;
let desk: RunningDesk;

beforeAll(async () => {
  db = await createTestDatabase();
  shop = await createDesk(db.pool);
  desk = await runDesk(db.pool, { roles: new Set(['realtime', 'worker']) });
});

afterAll(async () => {
  await desk.close();
  await db.drop();
});

/** fetch sets Host itself; here it is what the test says. */
function scrape(of: RunningDesk, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; type: string; text: string }>((resolve, reject) => {
    const asking = request(`${of.url}/metrics`, { headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => {
        text += part;
      });
      response.on('end', () => {
        const type = response.headers['content-type'] ?? '';
        resolve({ status: response.statusCode ?? 0, type, text });
      });
    });
    asking.on('error', reject).end();
  });
}

/** The value of one series, 0 when it is absent. */
function value(text: string, series: string): number {
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return line ? Number(line.slice(series.length + 1)) : 0;
}

describe('who may read /metrics', () => {
  test('without a token: programs of this machine; nobody through a proxy or a rebound name', async () => {
    const found = await scrape(desk);
    expect(found).toMatchObject({ status: 200, type: 'text/plain; version=0.0.4; charset=utf-8' });
    const strangers: Record<string, string>[] = [
      { 'x-forwarded-for': '127.0.0.1' },
      { 'x-real-ip': '203.0.113.9' },
      { forwarded: 'for=203.0.113.9' },
      { host: 'desk.example' },
      { host: 'rebound.example:3000' },
    ];
    for (const headers of strangers) {
      const refused = await scrape(desk, headers);
      expect([headers, refused.status]).toEqual([headers, 404]);
      expect(refused.text).not.toContain('parlour_');
    }
  });

  test('with a token: its bearer from anywhere, and nobody else', async () => {
    const token = 'a-token-of-some-length';
    const guarded = await runDesk(db.pool, {
      settings: {
        host: '127.0.0.1',
        port: 0,
        publicUrl: 'http://desk.example',
        trustProxyHops: 1,
        webOrigin: undefined,
        redisUrl: undefined,
        metricsToken: token,
      },
    });
    const far = { host: 'desk.example', 'x-forwarded-for': '203.0.113.9' };
    const status = async (headers: Record<string, string>) =>
      (await scrape(guarded, headers)).status;
    expect(await status({ ...far, authorization: `Bearer ${token}` })).toBe(200);
    expect(await status({})).toBe(404);
    expect(await status({ ...far, authorization: `Bearer ${token}x` })).toBe(404);
    expect(await status({ ...far, authorization: token })).toBe(404);
    await guarded.close();
  });
});

test('a message is counted from the command to the push, and a refusal by its code', async () => {
  const before = (await scrape(desk)).text;
  const { token } = await desk.session(`pk_${shop.channelId}`);
  const visitor = await desk.visitor(token);
  await askVisitor(visitor, 'message.send', message('one'));
  await visitor.until('events');
  await ask(visitor, 'a.made.up.name', {});
  const { text } = await scrape(desk);
  const grown = (series: string) => value(text, series) - value(before, series);
  const ok = '{audience="visitor",command="message.send",outcome="ok"}';
  expect(grown(`parlour_gateway_commands_total${ok}`)).toBe(1);
  expect(grown('parlour_append_events_total{kind="message.sent",actor="visitor"}')).toBe(1);
  expect(grown('parlour_append_item_seconds_count')).toBeGreaterThan(0);
  expect(grown('parlour_append_group_items_sum')).toBeGreaterThan(0);
  expect(grown('parlour_gateway_pushes_total{audience="visitor"}')).toBeGreaterThan(0);
  expect(grown('parlour_edge_errors_total{code="invalid_input"}')).toBe(1);
  expect(text).toContain('command="unknown"');
  expect(text).not.toContain('made.up');
  expect(value(text, 'parlour_gateway_connections{audience="visitor"}')).toBe(1);
  expect(value(text, 'parlour_desk_ready')).toBe(1);
  expect(text).toMatch(/parlour_build_info\{version="\d[^"]*",commit="[^"]*",node="[^"]+"/);
  const route = '{route="/api/v1/visitor/session",method="POST",status="200"}';
  expect(grown(`parlour_http_requests_total${route}`)).toBe(1);
});

test('what waits is shown by queue, and timers that nobody fires are overdue', async () => {
  const lonely = await createTestDatabase();
  const { workspaceId, channelId, queueId } = await createDesk(lonely.pool);
  const idle = await runDesk(lonely.pool);
  const { token } = await idle.session(`pk_${channelId}`);
  await askVisitor(await idle.visitor(token), 'message.send', message('hello'));
  await lonely.pool.query(
    `UPDATE conversation SET phase = 'queued', queue_id = $1, queued_at = now() - interval '1 min'`,
    [queueId],
  );
  await lonely.pool.query(`UPDATE timer SET due_at = now() - interval '1 min'`);
  const { watchDesk } = await import('#server/desk-metrics.ts');
  const { createConversations } = await import('#server/conversation/index.ts');
  const conversations = createConversations({ pool: lonely.pool });
  const stop = watchDesk({
    pool: lonely.pool,
    nodeId: idle.nodeId,
    conversations,
    readiness: async () => ({ ready: true, database: 'reachable', missing: [], draining: false }),
    worker: true,
  });
  const { text } = await scrape(idle);
  const labels = `{workspace="${workspaceId}",queue="Support"}`;
  expect(value(text, `parlour_routing_waiting_conversations${labels}`)).toBe(1);
  expect(value(text, `parlour_routing_oldest_wait_seconds${labels}`)).toBeGreaterThanOrEqual(60);
  const { rows } = await lonely.pool.query('SELECT count(*)::int AS count FROM timer');
  expect(value(text, 'parlour_timers_overdue_rows')).toBe(rows[0].count);
  stop();
  expect((await metrics.oldest.read()).some(([[id]]) => id === workspaceId)).toBe(false);
  await conversations.close();
  await idle.close();
  await lonely.drop();
});
