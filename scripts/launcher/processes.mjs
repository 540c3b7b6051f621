// Which processes are ours. A process id alone is not enough: after a crash the system may have
// given it to somebody else, so that its start time is kept beside it.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {{ name: string, pid: number, startedAt: string, info: Record<string, unknown> }} ProcessRecord
 */

/**
 * A text that differs between two processes which had the same id one after another.
 * @param {number} pid
 * @returns {string | undefined} undefined when there is no such process
 */
export function startTimeOf(pid) {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The command may hold spaces and parentheses: fields are counted from its last one.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
      const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
      return `${boot}/${fields[19]}`;
    }
    const shown = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return shown.trim() || undefined;
  } catch {
    // No such process: both ways above fail in exactly that case.
    return undefined;
  }
}

/** @param {ProcessRecord} record */
export function isAlive(record) {
  return startTimeOf(record.pid) === record.startedAt;
}

/** @param {string} dataDir */
const folder = (dataDir) => join(dataDir, 'run');

/**
 * Remembers a process of ours in `<dataDir>/run/<name>.json`.
 * @param {string} dataDir
 * @param {string} name
 * @param {number} pid
 * @param {Record<string, unknown>} [info]
 */
export function remember(dataDir, name, pid, info = {}) {
  const startedAt = startTimeOf(pid);
  if (!startedAt) return;
  mkdirSync(folder(dataDir), { recursive: true, mode: 0o700 });
  const file = join(folder(dataDir), `${name}.json`);
  writeFileSync(`${file}.${process.pid}`, JSON.stringify({ name, pid, startedAt, info }), {
    mode: 0o600,
  });
  renameSync(`${file}.${process.pid}`, file);
}

/**
 * @param {string} dataDir
 * @param {string} name
 */
export function forget(dataDir, name) {
  rmSync(join(folder(dataDir), `${name}.json`), { force: true });
}

/**
 * Every process of ours that still runs; the records of dead ones are removed.
 * @param {string} dataDir
 * @returns {ProcessRecord[]}
 */
export function livingProcesses(dataDir) {
  /** @type {ProcessRecord[]} */
  const living = [];
  let files;
  try {
    files = readdirSync(folder(dataDir));
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return living;
    throw error;
  }
  for (const file of files.filter((name) => name.endsWith('.json'))) {
    const path = join(folder(dataDir), file);
    let record;
    try {
      record = JSON.parse(readFileSync(path, 'utf8'));
    } catch {
      // Removed meanwhile by its owner, or unreadable and so of no use.
      record = undefined;
    }
    if (record && isAlive(record)) living.push(record);
    else rmSync(path, { force: true });
  }
  return living;
}

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Ends a process that may not be a child of this one: first asks, then forces.
 * @param {ProcessRecord} record
 * @param {{ signal?: NodeJS.Signals, graceMs?: number }} [options]
 */
export async function endProcess(record, { signal = 'SIGTERM', graceMs = 10_000 } = {}) {
  for (const [attempt, limit] of /** @type {const} */ ([
    [signal, graceMs],
    ['SIGKILL', 5_000],
  ])) {
    if (!isAlive(record)) return;
    try {
      process.kill(record.pid, attempt);
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH') return;
      throw error;
    }
    for (let waited = 0; waited < limit && isAlive(record); waited += 50) await pause(50);
  }
}

/**
 * Ends what a killed launcher left behind. PostgreSQL is left to its own module.
 * @param {string} dataDir
 * @returns {Promise<string[]>} the names of the processes ended
 */
export async function endOrphans(dataDir) {
  const orphans = livingProcesses(dataDir).filter((record) => record.name.startsWith('child-'));
  await Promise.all(
    orphans.map(async (record) => {
      await endProcess(record);
      forget(dataDir, record.name);
    }),
  );
  return orphans.map((record) => record.name.replace('child-', ''));
}
