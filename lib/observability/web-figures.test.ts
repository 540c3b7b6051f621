import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { readWebFigures, WebFigures } from './web-figures.ts';

test('answers of this process are counted by kind and status, the desk’s own asking is not', async () => {
  const started = readWebFigures();
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/inbox?gone' ? 404 : 200;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  for (const path of [
    '/inbox',
    '/inbox?gone',
    '/api/setup',
    '/_next/a.js',
    '/icon.svg',
    '/metrics',
  ])
    await (await fetch(`http://127.0.0.1:${port}${path}`)).text();
  await new Promise((resolve) => server.close(resolve));
  const figures = WebFigures.parse(readWebFigures());
  expect(figures.id).toBe(started.id);
  expect(figures.requests.map(({ kind, status, count }) => `${kind} ${status} ${count}`)).toEqual([
    'page 2xx 1',
    'page 4xx 1',
    'api 2xx 1',
    'file 2xx 2',
  ]);
  expect(figures.cpuSeconds).toBeGreaterThanOrEqual(started.cpuSeconds);
  expect(figures.memory.resident).toBeGreaterThan(figures.memory.heap);
});

test('a loop that stood still is seen once', async () => {
  readWebFigures();
  const tick = () => new Promise((resolve) => setTimeout(resolve, 30));
  await tick();
  const until = performance.now() + 120;
  while (performance.now() < until);
  await tick();
  expect(readWebFigures().delay.max).toBeGreaterThanOrEqual(0.1);
  expect(readWebFigures().delay).toMatchObject({ max: 0 });
});
