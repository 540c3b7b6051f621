import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { LaunchError } from '../launch-error.ts';
import { freePort, whyTaken } from '../port.mjs';
import { endProcess, type ProcessRecord, startTimeOf } from '../processes.mjs';
import type { Cluster } from './cluster.ts';
import {
  type Credentials,
  DATABASE_NAME,
  databaseUrlOf,
  readCredentials,
  writeCredentials,
} from './credentials.ts';
import { fillLogAhead } from './log-ahead.ts';

const MEGABYTE = 1024 * 1024;
const LOG_LIMIT = 20 * MEGABYTE;
/** Crash recovery replays at most max_wal_size; a slow disk needs this long for 2 GB. */
const START_LIMIT_MS = 120_000;

/** A running server. `stop` returns once its files are closed and synced. */
export type RunningServer = {
  url: string;
  credentials: Credentials;
  pid: number;
  adopted: boolean;
  stop: () => Promise<void>;
};

function settings(cluster: Cluster, port: number): string[] {
  // A quarter of memory is the usual advice; the desk shares the machine, so that it is capped.
  const buffers = Math.min(512, Math.max(64, Math.floor(totalmem() / MEGABYTE / 8)));
  const all: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: `${buffers}MB`,
    effective_cache_size: `${buffers * 3}MB`,
    maintenance_work_mem: '64MB',
    work_mem: '8MB',
    max_wal_size: '2GB',
    // Used files of the log are kept for what comes, so that no commit waits for a new one (log-ahead.ts).
    min_wal_size: '512MB',
    checkpoint_timeout: '15min',
    wal_compression: 'on',
    random_page_cost: 1.1,
    // Short statements only: compiling them costs more than it saves.
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_duration_statement: 2_000,
    log_checkpoints: 'off',
    logging_collector: 'off',
    cluster_name: 'parlour',
  };
  if (cluster.durability === 'throwaway') {
    Object.assign(all, {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      wal_level: 'minimal',
      max_wal_senders: 0,
      autovacuum: 'off',
      max_connections: 400,
      log_min_duration_statement: -1,
    });
  }
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** The postmaster that holds the cluster's lock file, when it is really one on our data. */
export function runningPostmaster(cluster: Pick<Cluster, 'data'>): ProcessRecord | undefined {
  const file = join(cluster.data, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  const startedAt = Number.isInteger(pid) && pid > 0 ? startTimeOf(pid) : undefined;
  if (!startedAt || !isOnData(pid, cluster.data)) return undefined;
  return { name: 'postgres', pid, startedAt, info: {} };
}

function isOnData(pid: number, data: string): boolean {
  if (process.platform !== 'linux') return true;
  try {
    // A postmaster works inside its data folder; a stranger who got the same id does not.
    return readlinkSync(`/proc/${pid}/cwd`) === data;
  } catch (error) {
    if (['EACCES', 'EPERM', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(data);
    }
    throw error;
  }
}

async function answers(url: string): Promise<true | Error> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch (error) {
    return error as Error;
  } finally {
    await client.end();
  }
}

function lastLines(file: string, count: number): string {
  if (!existsSync(file)) return '';
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
}

function openLog(file: string): number {
  if (existsSync(file) && statSync(file).size > LOG_LIMIT) renameSync(file, `${file}.1`);
  return openSync(file, 'a', 0o600);
}

async function untilReady(cluster: Cluster, child: ChildProcess, url: string): Promise<void> {
  let exited = false;
  child.once('exit', () => {
    exited = true;
  });
  const deadline = performance.now() + START_LIMIT_MS;
  while (performance.now() < deadline) {
    if (exited) break;
    if ((await answers(url)) === true) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  if (!exited) child.kill('SIGQUIT');
  throw new LaunchError(
    `PostgreSQL ${exited ? 'stopped while starting' : 'did not become ready'}. Its last lines (${cluster.log}):\n` +
      lastLines(cluster.log, 8),
    'Most often the disk is full or the folder not writable. Your data is untouched; mend that and start again.',
  );
}

/** Smart enough to let nothing be lost, quick enough not to wait for idle clients. */
async function stopPostmaster(record: ProcessRecord): Promise<void> {
  await endProcess(record, { signal: 'SIGINT', graceMs: 60_000 });
}

async function portFor(cluster: Cluster, remembered: Credentials): Promise<Credentials> {
  if (!(await whyTaken('127.0.0.1', remembered.port))) return remembered;
  const moved = { ...remembered, port: await freePort() };
  writeCredentials(cluster.folder, moved);
  return moved;
}

async function ensureDatabase(
  credentials: Credentials,
  { durability }: Pick<Cluster, 'durability'>,
): Promise<void> {
  const client = new Client({ connectionString: databaseUrlOf(credentials, 'postgres') });
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [
      DATABASE_NAME,
    ]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE_NAME}`);
    if (durability === 'durable') await fillLogAhead(client);
  } finally {
    await client.end();
  }
}

/**
 * Starts the cluster's server. One that still runs is used as it is when `shared` (another command
 * of ours needs it); otherwise it is an orphan of a killed launcher, and is stopped first, so that
 * the new one has the present settings and programs.
 */
export async function startServer(cluster: Cluster, shared: boolean): Promise<RunningServer> {
  const remembered = readCredentials(cluster.folder);
  const running = runningPostmaster(cluster);
  if (running && shared && (await answers(databaseUrlOf(remembered, 'postgres'))) === true) {
    await ensureDatabase(remembered, cluster);
    return serverOf(remembered, running, true);
  }
  if (running) await stopPostmaster(running);
  else rmSync(join(cluster.data, 'postmaster.pid'), { force: true });

  const credentials = await portFor(cluster, remembered);
  const { file, args } = cluster.privileges.command(cluster.binaries.postgres, [
    '-D',
    cluster.data,
    ...settings(cluster, credentials.port),
  ]);
  const log = openLog(cluster.log);
  const child = spawn(file, args, {
    ...cluster.privileges.spawnOptions,
    cwd: cluster.folder,
    // Its own process group: Ctrl-C in the terminal must not stop it before the desk has drained.
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
  });
  closeSync(log);
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  child.unref();
  await untilReady(cluster, child, databaseUrlOf(credentials, 'postgres'));
  await ensureDatabase(credentials, cluster);
  const record = runningPostmaster(cluster);
  if (!record) throw new Error('a ready PostgreSQL has no lock file');
  return serverOf(credentials, record, false);
}

function serverOf(
  credentials: Credentials,
  record: ProcessRecord,
  adopted: boolean,
): RunningServer {
  return {
    url: databaseUrlOf(credentials),
    credentials,
    pid: record.pid,
    adopted,
    stop: () => stopPostmaster(record),
  };
}
