import { spawn } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { LaunchError } from '../launch-error.ts';
import { freePort } from '../port.mjs';
import { type Binaries, findBinaries } from './binaries.ts';
import { DATABASE_USER, newPassword, writeCredentials } from './credentials.ts';
import { choosePrivileges, type Privileges, prepareOwnership } from './privileges.ts';

/** Durable for the operator's data; throwaway for tests, which may lose everything in a crash. */
export type Durability = 'durable' | 'throwaway';

/**
 * A cluster on disk: `folder` holds `data/`, `credentials.json` and `server.log`.
 */
export type Cluster = {
  folder: string;
  data: string;
  log: string;
  binaries: Binaries;
  privileges: Privileges;
  durability: Durability;
};

function run(cluster: Cluster, args: string[]): Promise<{ code: number | null; output: string }> {
  const { file, args: all } = cluster.privileges.command(cluster.binaries.initdb, args);
  return new Promise((resolve, reject) => {
    const child = spawn(file, all, {
      ...cluster.privileges.spawnOptions,
      cwd: cluster.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

function syncFolder(path: string): void {
  const handle = openSync(path, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

/** Folders of an initialisation that was interrupted; nobody ever used them. */
function removeLeftovers(parent: string, name: string): void {
  for (const entry of readdirSync(parent)) {
    if (entry.startsWith(`${name}.new-`)) rmSync(join(parent, entry), { recursive: true });
  }
}

async function initialise(cluster: Cluster): Promise<void> {
  const { folder, durability } = cluster;
  const draft: Cluster = {
    ...cluster,
    folder: `${folder}.new-${process.pid}`,
    data: join(`${folder}.new-${process.pid}`, 'data'),
  };
  mkdirSync(draft.folder, { mode: 0o700 });
  const password = newPassword();
  const passwordFile = join(draft.folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  prepareDraft(draft);
  const { code, output } = await run(draft, [
    '-D',
    draft.data,
    '-U',
    DATABASE_USER,
    '-E',
    'UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--data-checksums',
    `--pwfile=${passwordFile}`,
    ...(durability === 'durable' ? ['-A', 'scram-sha-256'] : ['-A', 'trust', '--no-sync']),
  ]);
  rmSync(passwordFile, { force: true });
  if (code !== 0) {
    rmSync(draft.folder, { recursive: true, force: true });
    throw new LaunchError(
      `PostgreSQL could not make its database:\n${output.trim()}`,
      'Look at the disk space and the rights of the data folder, or set DATABASE_URL to a PostgreSQL of your own.',
    );
  }
  writeCredentials(draft.folder, { password, port: await freePort() });
  // Only a complete, synced cluster ever bears the real name.
  if (durability === 'durable') syncFolder(draft.folder);
  renameSync(draft.folder, folder);
  if (durability === 'durable') syncFolder(dirname(folder));
}

function prepareDraft(draft: Cluster): void {
  prepareOwnership(draft.privileges, draft.folder, dirname(draft.folder), draft.binaries.root);
  if (draft.privileges.how === 'other-user') chmodSync(draft.folder, 0o700);
}

function checkVersion(cluster: Cluster): void {
  const has = readFileSync(join(cluster.data, 'PG_VERSION'), 'utf8').trim();
  const control = readFileSync(join(cluster.binaries.root, 'package.json'), 'utf8');
  const brings = String(JSON.parse(control).version).split('.')[0];
  if (has === brings) return;
  throw new LaunchError(
    `The data was written by PostgreSQL ${has}; this release of Parlour brings PostgreSQL ${brings}.`,
    'Make a backup with the release you used before, then `npm run reset` and `npm run restore -- FILE` with this one.',
  );
}

/** Opens the cluster in `folder`, making it when there is none. */
export async function openCluster(
  folder: string,
  durability: Durability,
  how?: Privileges['how'],
): Promise<Cluster> {
  const cluster: Cluster = {
    folder,
    data: join(folder, 'data'),
    log: join(folder, 'server.log'),
    binaries: await findBinaries(),
    privileges: choosePrivileges(how),
    durability,
  };
  const parent = dirname(folder);
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  removeLeftovers(parent, folder.slice(parent.length + 1));
  if (!existsSync(folder)) await initialise(cluster);
  prepareOwnership(cluster.privileges, folder, parent, cluster.binaries.root);
  checkVersion(cluster);
  return cluster;
}
