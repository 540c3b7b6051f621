import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import { createDesk, type TestDesk } from '#server/test/desk.ts';
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

interface Run {
  child: ChildProcess;
  output: () => string;
  /** Resolves with the port once it says so; rejects when it ends before. */
  ready: Promise<number>;
  ended: Promise<number | null>;
}

/** The real process, as the launcher starts it. */
function run(env: Record<string, string> = {}, args: string[] = []): Run {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      PORT: '3347',
      DATABASE_URL: db.url,
      PARLOUR_DATA: folder,
      ...env,
    },
  });
  children.push(child);
  let text = '';
  const read = (chunk: Buffer) => {
    text += chunk;
  };
  child.stdout?.on('data', read);
  child.stderr?.on('data', read);
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const ready = new Promise<number>((resolve, reject) => {
    child.on('message', (said: { type?: string; port?: number }) => {
      if (said.type === 'ready' && said.port) resolve(said.port);
    });
    child.once('close', () => reject(new Error(text)));
  });
  ready.catch(() => undefined);
  return { child, output: () => text, ready, ended };
}

/** A port nobody has right now. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

test('starts, says so in one JSON line, and SIGTERM finishes what was accepted', async () => {
  const desk = run({ PORT: String(await freePort()) }, ['--roles', 'realtime,worker']);
  const port = await desk.ready;
  const line =
    desk
      .output()
      .split('\n')
      .find((one) => one.includes('desk_ready')) ?? '';
  expect(JSON.parse(line)).toMatchObject({ level: 'info', port, roles: ['realtime', 'worker'] });
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
