import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, parse } from 'node:path';
import { LaunchError } from '../launch-error.ts';

/** PostgreSQL refuses to run as root; this is `nobody`, who exists everywhere. */
const NOBODY = 65_534;

/** How a PostgreSQL program is started on this machine. `owner` is who must own its files. */
export type Privileges = {
  how: 'as-is' | 'user-namespace' | 'other-user';
  command: (program: string, args: string[]) => { file: string; args: string[] };
  spawnOptions: { uid?: number; gid?: number };
  owner: number | undefined;
};

function userNamespacesWork(): boolean {
  const probe = spawnSync('unshare', [...UNSHARE, 'true'], { stdio: 'ignore', timeout: 5_000 });
  return probe.status === 0;
}

const UNSHARE = ['--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, '--'];

/**
 * Picks the way: a normal user runs it directly; root maps itself to nobody in a user namespace
 * (files stay root's, and a 0700 home stays readable), or where that is forbidden becomes nobody.
 */
export function choosePrivileges(forced?: Privileges['how']): Privileges {
  const uid = process.getuid?.();
  const how =
    forced ?? (uid !== 0 ? 'as-is' : userNamespacesWork() ? 'user-namespace' : 'other-user');
  switch (how) {
    case 'as-is':
      return { how, command: (file, args) => ({ file, args }), spawnOptions: {}, owner: uid };
    case 'user-namespace':
      return {
        how,
        command: (file, args) => ({ file: 'unshare', args: [...UNSHARE, file, ...args] }),
        spawnOptions: {},
        owner: uid,
      };
    case 'other-user':
      return {
        how,
        command: (file, args) => ({ file, args }),
        spawnOptions: { uid: NOBODY, gid: NOBODY },
        owner: NOBODY,
      };
  }
}

function handOver(path: string, uid: number): void {
  chownSync(path, uid, uid);
  if (!statSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) handOver(join(path, name), uid);
}

/** Lets others pass through a folder (not list it) up to the root, where it is ours to change. */
function letThrough(path: string, stopAt: string): void {
  for (let folder = path; folder !== parse(folder).root; folder = dirname(folder)) {
    const { mode } = statSync(folder);
    if ((mode & 0o001) !== 0) continue;
    if (!folder.startsWith(stopAt)) {
      throw new LaunchError(
        `PostgreSQL cannot run as root, and ${folder} is closed to other users.`,
        'Start Parlour as a normal user, move it to a folder such as /opt, or set DATABASE_URL.',
      );
    }
    chmodSync(folder, mode | 0o011);
  }
}

/**
 * Makes `folder` belong to the user PostgreSQL will run as. `dataDir` is ours to open up; folders
 * above it are not.
 */
export function prepareOwnership(
  privileges: Privileges,
  folder: string,
  dataDir: string,
  programs: string,
): void {
  const wanted = privileges.owner;
  if (wanted === undefined) return;
  const actual = statSync(folder).uid;
  if (actual !== wanted) {
    if (process.getuid?.() !== 0) {
      throw new LaunchError(
        `${folder} belongs to another user (uid ${actual}).`,
        `Start Parlour as that user, or hand the folder over: sudo chown -R $(id -u) ${dataDir}`,
      );
    }
    handOver(folder, wanted);
  }
  if (privileges.how === 'other-user') {
    letThrough(dirname(folder), dataDir);
    letThrough(dirname(programs), programs);
  }
}
