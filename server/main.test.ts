import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import { createDesk, type TestDesk } from '#server/test/desk.ts';
import { type DeskProcess, freePort, startProcess } from '#server/test/desk-process.ts';
import { message } from '#server/test/running-desk.ts';

// Real processes that import everything: a second alone, many on a machine that runs all tests at once.
vi.setConfig({ testTimeout: 90_000 });

let db: TestDatabase;
let shop: TestDesk;
const folder = mkdtempSync(join(tmpdir(), 'parlour-desk-'));
const children: ChildProcess[] = [];

beforeAll(async () => {
  db = await createTestDatabase();
  shop = await createDesk(db.pool);
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

afterAll(async () => {
  await db.drop();
  rmSync(folder, { recursive: true });
});

function run(env: Record<string, string> = {}, args: string[] = []): DeskProcess {
  const settings = { PORT: '3347', DATABASE_URL: db.url, PARLOUR_DATA: folder, ...env };
  const started = startProcess(settings, args);
  children.push(started.child);
  return started;
}

test('starts, says so in one JSON line, and SIGTERM finishes what was accepted', async () => {
  const settings = { PORT: String(await freePort()), PARLOUR_COMMIT: '5a7b3a7' };
  const desk = run(settings, ['--roles', 'realtime,worker']);
  const port = await desk.ready;
  const said = { level: 'info', port, roles: ['realtime', 'worker'], commit: '5a7b3a7' };
  // Ready is heard over another pipe, and perhaps sooner.
  await vi.waitFor(() => {
    const line = desk.lines().find(({ msg }) => msg === 'desk_ready');
    expect(line).toMatchObject(said);
  }, 10_000);
  const figures = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  expect(figures).toMatch(/^parlour_build_info\{[^}]*commit="5a7b3a7"[^}]*\} 1$/m);
  expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);

  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/visitor/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ v: 2, key: `pk_${shop.channelId}` }),
  });
  const { token } = (await answer.json()).data;
  const socket = io(`http://127.0.0.1:${port}/visitor`, {
    transports: ['websocket'],
    reconnection: false,
    auth: { v: 2, token },
  });
  const sent = message('last words');
  const reply = await socket.emitWithAck('command', { name: 'message.send', input: sent });
  expect(reply.ok).toBe(true);
  const gone = new Promise((resolve) => socket.once('disconnect', resolve));
  desk.child.kill('SIGTERM');
  expect(await desk.ended).toBe(0);
  await gone;
  socket.close();
  const { rows } = await db.pool.query('SELECT 1 FROM event WHERE client_id = $1', [
    sent.clientKey,
  ]);
  expect(rows).toHaveLength(1);
  expect(desk.output()).not.toContain(token);
});

test('the log lines of a request, its command, its append and its push carry one trace', async () => {
  const desk = run({ PORT: String(await freePort()), LOG_LEVEL: 'debug' });
  const port = await desk.ready;
  const post = async (path: string, body: object, headers: Record<string, string> = {}) => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/visitor/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return (await answer.json()).data;
  };
  const { token } = await post('session', { v: 2, key: `pk_${shop.channelId}` });
  const trace = randomBytes(16).toString('hex');
  await post(
    'command',
    { name: 'message.send', input: message('traced') },
    { authorization: `Bearer ${token}`, traceparent: `00-${trace}-00f067aa0ba902b7-01` },
  );
  const said = () =>
    desk
      .lines()
      .filter((line) => line.trace === trace)
      .map((line) => line.msg);
  await vi.waitFor(
    () =>
      expect(said()).toEqual(
        expect.arrayContaining(['request_answered', 'command_done', 'appended', 'pushed']),
      ),
    { timeout: 20_000 },
  );
  desk.child.kill('SIGTERM');
  expect(await desk.ended).toBe(0);
});

test('ends itself when the launcher is gone', async () => {
  const desk = run({ PORT: String(await freePort()) });
  await desk.ready;
  desk.child.disconnect();
  expect(await desk.ended).toBe(0);
});

test('a worker alone answers health and nothing else', async () => {
  const desk = run({ PORT: String(await freePort()) }, ['--roles', 'worker']);
  const port = await desk.ready;
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  expect(
    (await fetch(`http://127.0.0.1:${port}/api/v1/visitor/session`, { method: 'POST' })).status,
  ).toBe(404);
  desk.child.kill('SIGTERM');
  expect(await desk.ended).toBe(0);
});

test('starts without its database, and says that it is not ready', async () => {
  const nobody = await freePort();
  const desk = run({
    PORT: String(await freePort()),
    DATABASE_URL: `postgres://someone:hunter2@127.0.0.1:${nobody}/nothing`,
  });
  const port = await desk.ready;
  expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(503);
  desk.child.kill('SIGTERM');
  expect(await desk.ended).toBe(0);
  expect(desk.output()).not.toContain('hunter2');
});

test('a taken port, an unknown role and a missing setting are said clearly', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const port = String((taken.address() as AddressInfo).port);
  const cases = [
    [run({ PORT: port }), `Port ${port} is taken`],
    [run({}, ['--roles', 'chef']), 'there is no role "chef"'],
    [run({ DATABASE_URL: '' }), 'DATABASE_URL is not set'],
    [run({ PORT: 'many' }), 'PORT'],
  ] as const;
  for (const [desk, words] of cases) {
    expect(await desk.ended).toBe(1);
    expect(desk.output()).toContain(words);
  }
  await new Promise((resolve) => taken.close(resolve));
});
