import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLogSink } from './log-sink.ts';
import { freePort } from './port.mjs';
import { livingProcesses, startTimeOf } from './processes.mjs';
import { accepts, answersWell, type ChildSpec, type Supervised, supervise } from './supervisor.ts';

let dataDir: string;
let port: number;
let said: string[];
const running: Supervised[] = [];

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'supervisor-test-'));
  port = await freePort();
  said = [];
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((child) => child.stop()));
  rmSync(dataDir, { recursive: true });
});

const SERVER = `
  const server = require('node:http').createServer((request, response) => {
    if (request.url === '/crash') process.exit(7);
    response.end(String(process.pid));
  });
  server.listen(Number(process.env.TEST_PORT), '127.0.0.1', () => console.log('listening'));
  process.once('disconnect', () => process.exit(0));`;

function start(script: string, more: Partial<ChildSpec> = {}): Supervised {
  const child = supervise(dataDir, {
    name: 'desk',
    args: ['--eval', script],
    env: { TEST_PORT: String(port) },
    isReady: () => accepts(port),
    log: createLogSink(dataDir, 'desk', 'nothing'),
    say: (text) => said.push(text),
    ...more,
  });
  running.push(child);
  return child;
}

const pidServing = async () => Number(await (await fetch(`http://127.0.0.1:${port}/`)).text());

test('a crashed child is started again, and both are said', async () => {
  const child = start(SERVER);
  await child.ready;
  const first = await pidServing();
  expect(livingProcesses(dataDir)).toMatchObject([{ name: 'child-desk', pid: first }]);
  await expect(fetch(`http://127.0.0.1:${port}/crash`)).rejects.toThrow();
  await vi.waitFor(() => expect(said.at(-1)).toBe('desk is back'), { timeout: 10_000 });
  expect(said[0]).toMatch(
    /^desk ended with code 7; starting it again in 0\.5 s \(log: .*desk\.log\)$/,
  );
  const second = await pidServing();
  expect(second).not.toBe(first);
  await child.stop();
  // Not the port: another test may have got it in the meantime.
  expect(startTimeOf(second)).toBeUndefined();
  expect(livingProcesses(dataDir)).toEqual([]);
});

test('a child that never starts is given up, with its last lines', async () => {
  const child = start(`console.error('the reason'); process.exit(3)`);
  await expect(child.ready).rejects.toMatchObject({
    name: 'LaunchError',
    message: expect.stringContaining('the reason'),
    advice: expect.stringContaining('desk.log'),
  });
});

test('stopping ends the children of a child, too', async () => {
  const child = start(`
    const inner = require('node:child_process').spawn(process.execPath, ['--eval', 'setInterval(() => 0, 1000)']);
    console.log(inner.pid);
    ${SERVER}`);
  await child.ready;
  const file = join(dataDir, 'logs', 'desk.log');
  const inner = await vi.waitFor(() => {
    const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
    expect(pid).toBeGreaterThan(0);
    return pid;
  });
  expect(startTimeOf(inner)).toBeDefined();
  await child.stop();
  await vi.waitFor(() => expect(startTimeOf(inner)).toBeUndefined());
});

test('answersWell wants a success', async () => {
  expect(await answersWell(`http://127.0.0.1:${port}/`)).toBe(false);
  const child = start(SERVER);
  await child.ready;
  expect(await answersWell(`http://127.0.0.1:${port}/`)).toBe(true);
});
