import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createProxy } from './proxy.ts';

const undo: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const work of undo.splice(0).reverse()) await work();
});

async function listening(server: Server | HttpServer): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  undo.push(() => new Promise((resolve) => server.close(resolve)));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A web process by hand: `answer` says what the nth request on a connection meets. */
async function upstream(answer: (socket: Socket, nth: number, request: string) => void) {
  const seen: string[] = [];
  const connections: Socket[] = [];
  const server = createServer((socket) => {
    let nth = 0;
    connections.push(socket);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      const line = /^(GET|HEAD|POST) \S+/.exec(String(chunk))?.[0];
      if (line === undefined) return;
      seen.push(line);
      nth += 1;
      answer(socket, nth, line);
    });
  });
  return { origin: await listening(server), seen, connections };
}

/** The proxy behind a server, as the desk has it. */
async function through(webOrigin: string, silenceMs?: number): Promise<string> {
  const proxy = createProxy(webOrigin, 0, silenceMs);
  const server = createHttpServer((raw, response) => {
    const abort = new AbortController();
    response.on('close', () => abort.abort());
    proxy.web(raw, response, {
      method: raw.method ?? 'GET',
      url: new URL(raw.url ?? '/', 'http://desk.invalid'),
      headers: raw.headers,
      client: { address: '127.0.0.1', protocol: 'http', host: 'desk' },
      ofThisMachine: false,
      trace: '0'.repeat(32),
      origin: undefined,
      json: () => Promise.reject(new Error('not asked for')),
      signal: abort.signal,
    });
  });
  const origin = await listening(server);
  undo.push(async () => {
    proxy.close();
    server.closeAllConnections();
  });
  return origin;
}

const ok = (socket: Socket, request: string, headers = '') =>
  socket.write(
    `HTTP/1.1 200 OK\r\n${headers}Content-Length: 2\r\n\r\n${request.startsWith('HEAD') ? '' : 'ok'}`,
  );

test.each([
  ['reset', (socket: Socket) => socket.resetAndDestroy()],
  ['closed', (socket: Socket) => socket.destroy()],
])('a kept connection that is %s as it is used again costs no GET', async (_, leave) => {
  const web = await upstream((socket, nth, request) =>
    nth === 1 ? ok(socket, request) : leave(socket),
  );
  const desk = await through(web.origin);
  for (let round = 0; round < 6; round++) {
    const method = round % 2 === 0 ? 'GET' : 'HEAD';
    const answer = await fetch(`${desk}/_next/static/${round}.js`, { method });
    expect(answer.status).toBe(200);
    await answer.text();
  }
  // Otherwise no connection was ever used again, and nothing is shown.
  expect(web.seen.length).toBeGreaterThan(6);
});

test('a connection that was never used before proves that the web process fails: asked once', async () => {
  const web = await upstream((socket) => socket.resetAndDestroy());
  const desk = await through(web.origin);
  expect((await fetch(`${desk}/page`)).status).toBe(503);
  expect(web.seen).toEqual(['GET /page']);
});

test('an answer that breaks off is not asked for again', async () => {
  const web = await upstream((socket, nth, request) => {
    if (nth === 1) ok(socket, request);
    else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok', () => socket.destroy());
  });
  const desk = await through(web.origin);
  await (await fetch(`${desk}/first`)).text();
  const broken = await fetch(`${desk}/second`);
  await expect(broken.text()).rejects.toThrow();
  expect(web.seen).toEqual(['GET /first', 'GET /second']);
});

test('a POST is sent once, over a connection that nobody can have left', async () => {
  const web = await upstream((socket, nth, request) => {
    if (request === 'POST /fails') socket.resetAndDestroy();
    else if (nth > 1) socket.resetAndDestroy();
    else ok(socket, request);
  });
  const desk = await through(web.origin);
  const post = (path: string, body?: string) => fetch(`${desk}${path}`, { method: 'POST', body });
  expect((await fetch(`${desk}/page`)).status).toBe(200);
  expect((await post('/saves', 'x')).status).toBe(200);
  expect((await post('/saves')).status).toBe(200);
  expect((await post('/fails', 'x')).status).toBe(503);
  expect((await post('/fails')).status).toBe(503);
  expect(web.seen).toEqual([
    'GET /page',
    'POST /saves',
    'POST /saves',
    'POST /fails',
    'POST /fails',
  ]);
});

test('an idle connection is dropped before the web process drops it', async () => {
  const web = await upstream((socket, _nth, request) =>
    ok(socket, request, 'Keep-Alive: timeout=2\r\n'),
  );
  const desk = await through(web.origin);
  await (await fetch(`${desk}/page`)).text();
  await new Promise((resolve) => web.connections[0]?.once('close', resolve));
  expect(web.connections).toHaveLength(1);
});

test('silence ends a request, and is not tried a second time', async () => {
  const web = await upstream((socket, nth, request) => nth === 1 && ok(socket, request));
  const desk = await through(web.origin, 50);
  expect((await fetch(`${desk}/page`)).status).toBe(200);
  expect((await fetch(`${desk}/silent`)).status).toBe(503);
  expect(web.seen).toEqual(['GET /page', 'GET /silent']);
});
