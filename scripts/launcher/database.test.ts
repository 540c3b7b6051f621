import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { embeddedRuns, type OpenDatabase, openDatabase } from './database.ts';
import { runningPostmaster } from './postgres/server.ts';
import { startTimeOf } from './processes.mjs';

let dataDir: string;
const open: OpenDatabase[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'launcher-test-'));
});

afterEach(async () => {
  for (const database of open.splice(0)) await database.close();
  rmSync(dataDir, { recursive: true });
});

async function start(): Promise<OpenDatabase> {
  const database = await openDatabase({ databaseUrl: undefined, dataDir });
  open.push(database);
  return database;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const data = () => join(dataDir, 'postgres', 'data');
const postmaster = () => {
  const record = runningPostmaster({ data: data() });
  if (!record) throw new Error('no postmaster');
  return record.pid;
};

async function gone(pid: number): Promise<void> {
  while (startTimeOf(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** A launcher in a process of its own, which says its database's address and stays. */
async function otherLauncher(): Promise<{ url: string; kill: () => Promise<void> }> {
  const module = join(import.meta.dirname, 'database.ts');
  const script = `
    const { openDatabase } = await import(${JSON.stringify(module)});
    const { url } = await openDatabase({ databaseUrl: undefined, dataDir: ${JSON.stringify(dataDir)} });
    console.log(url);
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  return {
    url: String(line).trim(),
    kill: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

describe('the embedded PostgreSQL', () => {
  test('is made once, asks for its password, and keeps it in a file of mode 0600', async () => {
    const { url } = await start();
    expect(await query(url, 'SHOW password_encryption')).toEqual([
      { password_encryption: 'scram-sha-256' },
    ]);
    expect(await query(url, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
    const wrong = new URL(url);
    wrong.password = 'guess';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    expect(statSync(join(dataDir, 'postgres', 'credentials.json')).mode & 0o777).toBe(0o600);
    expect(statSync(data()).mode & 0o077).toBe(0);
  });

  test('has files of its log ready, so that no commit waits for a new one', async () => {
    const { url } = await start();
    const [log] = await query(url, 'SELECT count(*)::int AS files FROM pg_ls_waldir()');
    expect(log).toMatchObject({ files: expect.toSatisfy((files: number) => files >= 8) });
  });

  test('has its data again after a kill -9 of the server', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const pid = postmaster();
    process.kill(pid, 'SIGKILL');
    await gone(pid);
    const second = await start();
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  test('has its data again after a kill -9 of the launcher, and leaves no orphan', async () => {
    const other = await otherLauncher();
    await query(other.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const orphan = postmaster();
    await other.kill();
    expect(startTimeOf(orphan)).toBeDefined();
    const { url } = await start();
    expect(postmaster()).not.toBe(orphan);
    expect(startTimeOf(orphan)).toBeUndefined();
    expect(await query(url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  test('is shared by commands that run at a time; the last one stops it', async () => {
    const other = await otherLauncher();
    const pid = postmaster();
    const mine = await openDatabase({ databaseUrl: undefined, dataDir });
    expect(postmaster()).toBe(pid);
    await mine.close();
    expect(embeddedRuns(dataDir)).toBe(true);
    const last = await openDatabase({ databaseUrl: undefined, dataDir });
    await other.kill();
    await last.close();
    expect(embeddedRuns(dataDir)).toBe(false);
  });

  test('starts although a stranger has the process id of its lock file', async () => {
    const first = await start();
    const pid = postmaster();
    const lock = readFileSync(join(data(), 'postmaster.pid'), 'utf8');
    await first.close();
    writeFileSync(join(data(), 'postmaster.pid'), lock.replace(String(pid), String(process.pid)));
    const second = await start();
    expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('keeps its port, and takes another when somebody else has it', async () => {
    const first = await start();
    const { port } = new URL(first.url);
    await first.close();
    const again = await start();
    expect(new URL(again.url).port).toBe(port);
    await again.close();
    const stranger = createServer().listen(Number(port), '127.0.0.1');
    await once(stranger, 'listening');
    const moved = await start();
    expect(new URL(moved.url).port).not.toBe(port);
    stranger.close();
  });

  test('removes what an interrupted initialisation left', async () => {
    const leftover = join(dataDir, 'postgres.new-1');
    mkdirSync(leftover);
    await start();
    expect(existsSync(leftover)).toBe(false);
  });

  test('of another major version is refused with what to do', async () => {
    const first = await start();
    await first.close();
    writeFileSync(join(data(), 'PG_VERSION'), '17\n');
    await expect(start()).rejects.toMatchObject({
      message: expect.stringContaining('written by PostgreSQL 17'),
      advice: expect.stringContaining('npm run restore'),
    });
    expect(existsSync(join(dataDir, 'run', `user-${process.pid}.json`))).toBe(false);
  });
});

describe('a DATABASE_URL that cannot be used says why, without its password', () => {
  const serverUrl = () => new URL(inject('testServerUrl'));

  test('nobody listens', async () => {
    const failure = openDatabase({
      databaseUrl: 'postgres://me:hush@127.0.0.1:1/parlour',
      dataDir,
    });
    await expect(failure).rejects.toMatchObject({
      message: expect.stringMatching(/me:\*\*\*@127\.0\.0\.1:1\/parlour.*ECONNREFUSED/),
      advice: expect.stringContaining('start that PostgreSQL'),
    });
    await expect(failure).rejects.not.toMatchObject({ message: expect.stringContaining('hush') });
  });

  test('no such database', async () => {
    const url = serverUrl();
    url.pathname = '/missing';
    await expect(openDatabase({ databaseUrl: url.href, dataDir })).rejects.toMatchObject({
      advice: expect.stringContaining('createdb'),
    });
  });

  test('one that can be used is left running', async () => {
    const database = await openDatabase({ databaseUrl: serverUrl().href, dataDir });
    await database.close();
    expect(await query(database.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(existsSync(join(dataDir, 'postgres'))).toBe(false);
  });
});
