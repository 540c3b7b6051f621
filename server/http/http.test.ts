import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { PROTOCOL_VERSION } from '#lib/protocol/version.ts';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import { createDesk, type TestDesk } from '#server/test/desk.ts';
import {
  askMember,
  askVisitor,
  message,
  type RunningDesk,
  runDesk,
} from '#server/test/running-desk.ts';

let db: TestDatabase;
let shop: TestDesk;
let desk: RunningDesk;
let web: Server;
let seen: IncomingMessage[] = [];
let key: string;
const folder = mkdtempSync(join(tmpdir(), 'parlour-widget-'));

beforeAll(async () => {
  db = await createTestDatabase();
  shop = await createDesk(db.pool);
  key = `pk_${shop.channelId}`;
  await db.pool.query('UPDATE channel SET allowed_origins = $2 WHERE id = $1', [
    shop.channelId,
    ['https://shop.example'],
  ]);
  writeFileSync(join(folder, 'loader.js'), `/* ${'loader '.repeat(200)} */`);
  writeFileSync(join(folder, 'panel-AB12CD34.js'), 'export {};');
  web = createServer((request, response) => {
    seen.push(request);
    response.setHeader('x-content-type-options', 'own');
    response.setHeader('set-cookie', ['a=1', 'b=2']);
    if (request.url === '/hangs-up') response.socket?.destroy();
    else if (request.url === '/echo') request.pipe(response);
    else response.end(`web ${request.url}`);
  });
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  desk = await runDesk(db.pool, {
    widgetFolder: folder,
    settings: {
      host: '127.0.0.1',
      port: 0,
      publicUrl: 'http://desk.example',
      trustProxyHops: 1,
      webOrigin: `http://127.0.0.1:${(web.address() as AddressInfo).port}`,
      redisUrl: undefined,
    },
  });
});

afterAll(async () => {
  await desk.close();
  await new Promise((resolve) => web.close(resolve));
  await db.drop();
  rmSync(folder, { recursive: true });
});

const bearer = (token: string, more: Record<string, string> = {}) => ({
  authorization: `Bearer ${token}`,
  ...more,
});

/** A request as it is, beyond what fetch would send; `open`: its end is for the server to say. */
function raw(text: string, open = false): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(desk.port, '127.0.0.1', () => {
      if (open) socket.write(text);
      else socket.end(text);
    });
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

test('closing waits neither for idle, nor for upgraded, nor for half-open connections', async () => {
  const other = await runDesk(db.pool, {
    settings: {
      host: '127.0.0.1',
      port: 0,
      publicUrl: 'http://desk.example',
      trustProxyHops: 0,
      webOrigin: `http://127.0.0.1:${(web.address() as AddressInfo).port}`,
      redisUrl: undefined,
    },
  });
  web.once('upgrade', (_request, upstream) => {
    // Unread, its end would never be noticed; and it is ours to end, too.
    upstream.resume().on('end', () => upstream.end());
    upstream.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
    );
  });
  const upgradedSocket = connect(other.port, '127.0.0.1');
  upgradedSocket.write(
    'GET /hmr HTTP/1.1\r\nHost: desk\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  );
  await new Promise((resolve) => upgradedSocket.once('data', resolve));
  const idle = connect(other.port, '127.0.0.1');
  await new Promise((resolve) => idle.once('connect', resolve));
  // Half open: says nothing more, not even goodbye.
  const deaf = connect(other.port, '127.0.0.1');
  deaf.write(
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: desk\r\nConnection: Upgrade\r\n' +
      'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  );
  await new Promise((resolve) => deaf.once('data', resolve));
  const gone = [upgradedSocket, idle, deaf].map(
    (socket) => new Promise((resolve) => socket.once('close', resolve)),
  );
  await other.close();
  await Promise.all(gone);
});

describe('health', () => {
  test('alive and ready, with security headers and a trace id', async () => {
    const trace = randomBytes(16).toString('hex');
    const answer = await fetch(`${desk.url}/readyz`, {
      headers: { traceparent: `00-${trace}-${randomBytes(8).toString('hex')}-01` },
    });
    expect(answer.status).toBe(200);
    const found = { ok: true, database: 'reachable', missing: [], draining: false };
    expect(await answer.json()).toEqual(found);
    expect(answer.headers.get('x-trace-id')).toBe(trace);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect((await fetch(`${desk.url}/healthz`)).status).toBe(200);
  });

  test('a database below this release’s level is not ready', async () => {
    const behind = await createTestDatabase();
    await behind.pool.query(
      `DELETE FROM _prisma_migrations WHERE migration_name =
       (SELECT max(migration_name) FROM _prisma_migrations)`,
    );
    const older = await runDesk(behind.pool);
    const answer = await fetch(`${older.url}/readyz`);
    expect(answer.status).toBe(503);
    expect((await answer.json()).missing).toHaveLength(1);
    expect((await fetch(`${older.url}/healthz`)).status).toBe(200);
    await older.close();
    await behind.drop();
  });
});

describe('visitors over HTTPS', () => {
  test('the session names channel and visitor, and the token works for commands', async () => {
    const session = await desk.session(key, {
      locale: 'zh-CN',
      page: { url: 'https://shop.example/a', title: 'A' },
    });
    expect(session.channel.greeting).toBe('有什么可以帮您？');
    expect(session.conversations).toEqual([]);
    const sent = message('over https');
    const { status, body } = await desk.post(
      '/api/v1/visitor/command',
      { name: 'message.send', input: sent },
      bearer(session.token),
    );
    expect(status).toBe(200);
    expect(body).toMatchObject({ ok: true, data: { conversationId: sent.conversationId } });
    const again = await desk.session(key, { token: session.token });
    expect(again.visitorId).toBe(session.visitorId);
    expect(again.conversations.map(({ id }) => id)).toEqual([sent.conversationId]);
  });

  test('origins: allowed and own ones, and no others', async () => {
    const ask = (origin: string) => desk.post('/api/v1/visitor/session', { v: 2, key }, { origin });
    for (const origin of ['https://shop.example', 'http://desk.example']) {
      const answer = await ask(origin);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    }
    for (const origin of ['https://evil.example', 'null', 'http://shop.example']) {
      expect(await ask(origin)).toMatchObject({
        status: 403,
        body: { error: { code: 'origin_refused' } },
      });
    }
    const { token } = await desk.session(key);
    const foreign = await desk.post(
      '/api/v1/visitor/command',
      { name: 'conversation.list', input: {} },
      bearer(token, { origin: 'https://evil.example' }),
    );
    expect(foreign.status).toBe(403);
  });

  test('preflight is answered for visitors’ routes, not for members’', async () => {
    const ask = (path: string) =>
      fetch(`${desk.url}${path}`, {
        method: 'OPTIONS',
        headers: { origin: 'https://shop.example' },
      });
    const visitor = await ask('/api/v1/visitor/command');
    expect(visitor.status).toBe(204);
    expect(visitor.headers.get('access-control-allow-headers')).toContain('authorization');
    expect((await ask('/api/v1/member/command')).status).toBe(405);
  });

  test.each([
    ['unknown key', { v: 2, key: 'pk_nobody' }, 404, 'not_found'],
    ['no key', { v: 2 }, 400, 'invalid_input'],
    ['old protocol, whatever else', { v: 0 }, 426, 'protocol_outdated'],
    ['not JSON', '{"v":', 400, 'invalid_input'],
    ['not UTF-8 text', '"\udcff', 400, 'invalid_input'],
    ['too large', { v: 2, key: 'x'.repeat(70_000) }, 413, 'text_too_long'],
  ])('%s', async (_, body, status, code) => {
    expect(await desk.post('/api/v1/visitor/session', body)).toMatchObject({
      status,
      body: { ok: false, error: { code } },
    });
  });

  test('D8: a page ahead of this node is not held at it by a kept connection', async () => {
    const ask = async (v: number) => {
      const body = JSON.stringify({ v, key });
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${desk.url}/api/v1/visitor/session`, {
        method: 'POST',
        headers,
        body,
      });
      await answer.text();
      return [answer.status, answer.headers.get('connection')];
    };
    expect(await ask(PROTOCOL_VERSION + 1)).toEqual([503, 'close']);
    expect(await ask(0)).toEqual([426, 'keep-alive']);
  });

  test('a form’s content type is refused: it needs no preflight', async () => {
    const answer = await desk.post(
      '/api/v1/visitor/session',
      { v: 2, key },
      { 'content-type': 'text/plain' },
    );
    expect(answer.status).toBe(400);
  });

  test('no token, a forged one', async () => {
    const body = { name: 'conversation.list', input: {} };
    expect((await desk.post('/api/v1/visitor/command', body)).status).toBe(401);
    const { status } = await desk.post('/api/v1/visitor/command', body, bearer('x'.repeat(79)));
    expect(status).toBe(401);
  });

  test('poll: answers at once when a head differs, and when something is committed', async () => {
    const { token } = await desk.session(key);
    const first = message('first');
    await desk.post(
      '/api/v1/visitor/command',
      { name: 'message.send', input: first },
      bearer(token),
    );
    const poll = async (heads: Record<string, number>) =>
      (await desk.post('/api/v1/visitor/poll', { heads }, bearer(token))).body as unknown as {
        data: { changed: boolean; conversations: { id: string; head: number }[] };
      };
    const known = (await poll({})).data;
    expect(known.changed).toBe(true);
    const heads = Object.fromEntries(known.conversations.map(({ id, head }) => [id, head]));
    const waiting = poll(heads);
    const socket = await desk.visitor(token);
    const { seq } = await askVisitor(
      socket,
      'message.send',
      message('second', first.conversationId),
    );
    expect((await waiting).data.conversations[0]?.head).toBe(seq);
  });

  test('unread: counts agents’ messages; of an identified person only with the JWT', async () => {
    const secret = randomBytes(32);
    const kid = randomUUID();
    await db.pool.query(
      `INSERT INTO channel_key (id, workspace_id, channel_id, algorithm, material) VALUES ($1, $2, $3, 'HS256', $4)`,
      [kid, shop.workspaceId, shop.channelId, secret.toString('base64url')],
    );
    const identity = await new SignJWT({ sub: 'u-1', aud: key })
      .setExpirationTime('5m')
      .setProtectedHeader({ alg: 'HS256', kid })
      .sign(secret);
    const { token } = await desk.session(key, { identity });
    const visitor = await desk.visitor(token);
    const { conversationId } = await askVisitor(visitor, 'message.send', message('hi'));
    const agent = await shop.member('Ann');
    const console_ = await desk.member(agent.id);
    await askMember(console_, 'conversation.take', { conversationId, clientKey: uuidv7() });
    await askMember(console_, 'message.send', {
      conversationId,
      clientKey: uuidv7(),
      text: 'yes?',
    });
    const unread = async (headers: Record<string, string>) =>
      (await (await fetch(`${desk.url}/api/v1/visitor/unread`, { headers })).json()).data.unread;
    expect(await unread(bearer(token))).toBe(0);
    expect(await unread(bearer(token, { 'x-parlour-identity': identity }))).toBe(1);
  });

  test('logout ends the token and turns the sockets out', async () => {
    const { token } = await desk.session(key);
    const socket = await desk.visitor(token);
    const gone = new Promise((resolve) => socket.socket.once('disconnect', resolve));
    expect((await desk.post('/api/v1/visitor/logout', {}, bearer(token))).status).toBe(200);
    await gone;
    expect(socket.heard.map(({ name }) => name)).toContain('revoked');
    expect((await desk.post('/api/v1/visitor/logout', {}, bearer(token))).status).toBe(401);
  });
});

describe('members over HTTPS', () => {
  test('only from the desk’s own page (CSRF), only with a session', async () => {
    const { id } = await shop.member('Bea');
    const body = { name: 'desk.open', input: {} };
    const cookie = `member=${id}`;
    const ask = (headers: Record<string, string>) =>
      desk.post('/api/v1/member/command', body, headers);
    expect((await ask({ cookie, origin: 'http://desk.example' })).body).toMatchObject({
      ok: true,
      data: { me: { id } },
    });
    expect((await ask({ cookie, origin: 'https://shop.example' })).status).toBe(403);
    expect((await ask({ cookie })).status).toBe(403);
    expect((await ask({ origin: 'http://desk.example' })).status).toBe(401);
  });
});

describe('files of the widget', () => {
  test('a file of another release is answered with ours of its kind, for now (D8)', async () => {
    const manifest = join(folder, 'manifest.json');
    writeFileSync(manifest, JSON.stringify({ js: 'panel-AB12CD34.js', words: {} }));
    const ours = await fetch(`${desk.url}/widget/panel-AB12CD34.js`);
    const theirs = await fetch(`${desk.url}/widget/panel-99ffee00aa.js`);
    expect(theirs.status).toBe(200);
    expect(theirs.headers.get('cache-control')).toBe('no-store');
    expect(await theirs.text()).toBe(await ours.text());
    expect(ours.headers.get('cache-control')).toContain('immutable');
    // What we have nothing of goes the way of everything else: to the web process.
    const text = async (name: string) => (await fetch(`${desk.url}/widget/${name}`)).text();
    expect(await text('panel-99ffee00aa.css')).toContain('web /widget/');
    rmSync(manifest);
    expect(await text('panel-99ffee00aa.js')).toContain('web /widget/');
  });

  test('hashed ones never change, the loader is asked for after 300 s', async () => {
    const panel = await fetch(`${desk.url}/widget/panel-AB12CD34.js`);
    expect(panel.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(panel.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    const loader = await fetch(`${desk.url}/widget/loader.js`, {
      headers: { 'accept-encoding': 'gzip, br' },
    });
    expect(loader.headers.get('cache-control')).toBe('public, max-age=300');
    expect(loader.headers.get('access-control-allow-origin')).toBe('*');
    expect(loader.headers.get('content-encoding')).toBe('br');
    const etag = loader.headers.get('etag') ?? '';
    const again = await fetch(`${desk.url}/widget/loader.js`, {
      headers: { 'if-none-match': etag },
    });
    expect(again.status).toBe(304);
  });

  test('nothing outside the folder, no hidden files', async () => {
    writeFileSync(join(folder, '.secret'), 'x');
    for (const path of [
      '/widget/../package.json',
      '/widget/%2e%2e/package.json',
      '/widget/..%2fpackage.json',
      '/widget/.secret',
      '/widget/%00',
      '/widget/%ff',
    ]) {
      const answer = await raw(`GET ${path} HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n\r\n`);
      expect(answer).not.toContain('dependencies');
      expect(answer).not.toMatch(/^HTTP\/1.1 200[\s\S]*\r\n\r\nx$/);
    }
  });
});

describe('proxy to the web process', () => {
  test('passes on, with the client as TRUST_PROXY says and our default headers', async () => {
    seen = [];
    const answer = await fetch(`${desk.url}/inbox?a=1`, {
      headers: {
        'x-forwarded-for': '6.6.6.6, 203.0.113.9',
        'x-forwarded-proto': 'https',
        'x-parlour-client': 'forged',
      },
    });
    expect(await answer.text()).toBe('web /inbox?a=1');
    expect(answer.headers.get('x-content-type-options')).toBe('own');
    expect(answer.headers.get('referrer-policy')).toBe('strict-origin-when-cross-origin');
    expect(answer.headers.get('strict-transport-security')).toBe('max-age=31536000');
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(seen[0]?.headers).toMatchObject({
      'x-parlour-client': '203.0.113.9',
      'x-forwarded-proto': 'https',
      'x-forwarded-for': '6.6.6.6, 203.0.113.9, 127.0.0.1',
    });
    expect(seen[0]?.headers.traceparent).toMatch(/^00-[0-9a-f]{32}-/);
  });

  test('streams bodies of any size both ways', async () => {
    const body = randomBytes(3_000_000).toString('base64');
    const answer = await fetch(`${desk.url}/echo`, { method: 'POST', body });
    expect((await answer.text()).length).toBe(body.length);
  });

  test.each([
    ['chunked', 'Transfer-Encoding: chunked\r\nConnection: close'],
    ['its length named as a header of this hop', 'Connection: content-length, close'],
  ])('the body of a GET is never taken for a request of its own: %s', async (_, header) => {
    const hidden = 'GET /smuggled HTTP/1.1\r\nHost: web\r\nx-parlour-client: 6.6.6.6\r\n\r\n';
    const body = header.startsWith('Transfer')
      ? `\r\n${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`
      : `Content-Length: ${hidden.length}\r\n\r\n${hidden}`;
    seen = [];
    const answered = await raw(`GET /echo HTTP/1.1\r\nHost: desk\r\n${header}\r\n${body}`, true);
    expect(answered).toContain('GET /smuggled');
    expect(await (await fetch(`${desk.url}/after`)).text()).toBe('web /after');
    expect(seen.map((request) => request.url)).toEqual(['/echo', '/after']);
  });

  test('paths of the desk never reach it', async () => {
    seen = [];
    for (const path of ['/api/v1/nothing', '/healthz/x']) {
      expect((await fetch(`${desk.url}${path}`)).status).toBe(404);
    }
    expect(seen).toEqual([]);
  });

  test('WebSockets of the development server pass through', async () => {
    web.once('upgrade', (request, socket) => {
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${request.headers.upgrade}\r\nConnection: Upgrade\r\n\r\n`,
      );
      socket.pipe(socket);
    });
    const socket = connect(desk.port, '127.0.0.1');
    let answer = '';
    const echoed = new Promise<void>((resolve) => {
      socket.on('data', (chunk) => {
        answer += chunk;
        if (answer.includes('\r\n\r\n') && !answer.includes('ping')) socket.write('ping');
        if (answer.endsWith('ping')) resolve();
      });
    });
    socket.write(
      'GET /_next/webpack-hmr HTTP/1.1\r\nHost: desk\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    await echoed;
    expect(answer).toMatch(/^HTTP\/1.1 101 /);
    socket.destroy();
  });

  test('down: people get a page that tries again by itself, programs a typed error', async () => {
    const page = await fetch(`${desk.url}/hangs-up`, {
      headers: { accept: 'text/html', 'accept-language': 'zh-CN' },
    });
    expect(page.status).toBe(503);
    expect(page.headers.get('retry-after')).toBe('3');
    const text = await page.text();
    expect(text).toContain('<html lang="zh-CN">');
    expect(text).toContain('http-equiv="refresh"');
    const data = await fetch(`${desk.url}/hangs-up`, { headers: { accept: 'application/json' } });
    expect(await data.json()).toMatchObject({ ok: false, error: { code: 'unavailable' } });
  });
});
