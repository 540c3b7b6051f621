import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import { type RunningDesk, runDesk } from '#server/test/running-desk.ts';

const TOKEN = 'what-desk-and-web-share';
const FIGURES = {
  id: 'c0ffee',
  delay: { p50: 0.01, p99: 0.02, max: 0.5 },
  memory: { resident: 2e8, heap: 1e8 },
  cpuSeconds: 12.5,
  requests: [{ kind: 'page', status: '2xx', count: 7 }],
};

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A web process that answers so, and a desk in front of it. */
async function start(answer: RequestListener): Promise<RunningDesk> {
  const web: Server = createServer(answer);
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  ends.push(async () => {
    web.closeAllConnections();
    await new Promise((resolve) => web.close(resolve));
  });
  const { port } = web.address() as AddressInfo;
  const desk = await runDesk(db.pool, {
    webFiguresToken: TOKEN,
    settings: {
      host: '127.0.0.1',
      port: 0,
      publicUrl: 'http://desk.example',
      trustProxyHops: 0,
      webOrigin: `http://127.0.0.1:${port}`,
      redisUrl: undefined,
    },
  });
  ends.push(() => desk.close());
  return desk;
}

const scrape = async (desk: RunningDesk) => (await fetch(`${desk.url}/metrics`)).text();
const ofWeb = (text: string) => text.split('\n').filter((line) => line.startsWith('parlour_web_'));

test('the web process’s figures stand among the desk’s, counters as counters', async () => {
  const desk = await start((request, response) => {
    const knows = request.headers.authorization === `Bearer ${TOKEN}`;
    response.statusCode = knows && request.url === '/metrics' ? 200 : 404;
    response.end(JSON.stringify(FIGURES));
  });
  const text = await scrape(desk);
  expect(ofWeb(text)).toEqual([
    'parlour_web_up 1',
    'parlour_web_event_loop_seconds{web="c0ffee",at="p50"} 0.01',
    'parlour_web_event_loop_seconds{web="c0ffee",at="p99"} 0.02',
    'parlour_web_event_loop_seconds{web="c0ffee",at="max"} 0.5',
    'parlour_web_memory_bytes{web="c0ffee",kind="resident"} 200000000',
    'parlour_web_memory_bytes{web="c0ffee",kind="heap"} 100000000',
    'parlour_web_cpu_seconds_total{web="c0ffee"} 12.5',
    'parlour_web_requests_total{web="c0ffee",kind="page",status="2xx"} 7',
  ]);
  expect(text).toContain('# TYPE parlour_web_requests_total counter');
  expect(text).toContain('# TYPE parlour_web_memory_bytes gauge');
  await desk.close();
  // Closed, it asks no more.
  expect(ofWeb(await scrape(await runOther()))).toEqual([]);
});

/** A desk without a web process. */
async function runOther(): Promise<RunningDesk> {
  const other = await runDesk(db.pool);
  ends.push(() => other.close());
  return other;
}

test('one that refuses, or speaks otherwise, is down; the scrape has the rest', async () => {
  for (const [status, body] of [
    [404, ''],
    [200, '<html>'],
    [200, '{"id":1}'],
  ] as const) {
    const desk = await start((_request, response) => {
      response.statusCode = status;
      response.end(body);
    });
    const text = await scrape(desk);
    expect(ofWeb(text)).toEqual(['parlour_web_up 0']);
    expect(text).toContain('parlour_desk_ready');
    await desk.close();
  }
});

test('nobody outside reaches that path through the desk, however it is written', async () => {
  const paths: string[] = [];
  const desk = await start((request, response) => {
    if (request.headers.authorization !== `Bearer ${TOKEN}`) paths.push(request.url ?? '');
    response.statusCode = 404;
    response.end();
  });
  for (const path of ['/metrics/', '/metrics/x', '/metrics?a']) {
    const answer = await fetch(`${desk.url}${path}`, {
      headers: { 'x-forwarded-for': '203.0.113.9' },
    });
    expect(answer.status).toBe(404);
  }
  expect(paths).toEqual([]);
});
