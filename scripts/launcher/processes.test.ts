import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { endOrphans, endProcess, livingProcesses, remember, startTimeOf } from './processes.mjs';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'processes-test-'));
});

afterEach(() => rmSync(dataDir, { recursive: true }));

const stubborn = `process.on('SIGTERM', () => undefined); process.stdout.write('up'); setInterval(() => undefined, 1000)`;

async function child(script = `process.stdout.write('up'); setInterval(() => undefined, 1000)`) {
  const started = spawn(process.execPath, ['--eval', script], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(started.stdout, 'data');
  if (!started.pid) throw new Error('no pid');
  return { pid: started.pid, exited: once(started, 'exit') };
}

test('orphans are ended, other processes are left', async () => {
  const orphan = await child();
  const other = await child();
  remember(dataDir, 'child-desk', orphan.pid);
  remember(dataDir, 'user-7', other.pid);
  expect(await endOrphans(dataDir)).toEqual(['desk']);
  await orphan.exited;
  expect(livingProcesses(dataDir).map((record) => record.pid)).toEqual([other.pid]);
  process.kill(other.pid, 'SIGKILL');
  await other.exited;
});

test('a process that got the id of a dead one is not taken for it', async () => {
  mkdirSync(join(dataDir, 'run'));
  const file = join(dataDir, 'run', 'child-desk.json');
  writeFileSync(
    file,
    JSON.stringify({ name: 'child-desk', pid: process.pid, startedAt: 'another boot/1', info: {} }),
  );
  expect(await endOrphans(dataDir)).toEqual([]);
  expect(existsSync(file)).toBe(false);
});

test('a process that does not listen to SIGTERM is killed', async () => {
  const deaf = await child(stubborn);
  const startedAt = startTimeOf(deaf.pid) ?? '';
  await endProcess({ name: 'deaf', pid: deaf.pid, startedAt, info: {} }, { graceMs: 200 });
  expect(await deaf.exited).toEqual([null, 'SIGKILL']);
});

test('a damaged record is dropped', () => {
  mkdirSync(join(dataDir, 'run'));
  writeFileSync(join(dataDir, 'run', 'launcher.json'), '{"pid":');
  expect(livingProcesses(dataDir)).toEqual([]);
});
