import { readFileSync } from 'node:fs';
import type { Pool } from 'pg';

/** CPU used so far, µs. `postgres` is null where its processes cannot be seen (another machine). */
export interface Cpu {
  desk: number;
  postgres: number | null;
}

/** Linux counts in ticks of 10 ms on every platform Node runs on. */
const TICK_US = 10_000;

/** utime + stime of one process, µs; null when it cannot be seen. */
function cpuOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_US;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES') return null;
    throw error;
  }
}

/** Whether the process is a PostgreSQL server process of this machine, not a stranger of the same id. */
function isPostgres(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('postgres: ');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES') return false;
    throw error;
  }
}

/**
 * Reads the CPU of this process and of PostgreSQL: the backends of the pool's database and the
 * background processes. A backend that ended in between is lost to the count; pools keep theirs.
 */
export class CpuMeter {
  readonly #pool: Pool;
  readonly #seen = new Map<number, number>();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async read(): Promise<Cpu> {
    const { rows } = await this.#pool.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE datname = current_database()
         OR backend_type IN ('checkpointer', 'background writer', 'walwriter', 'autovacuum worker', 'io worker')`,
    );
    for (const { pid } of rows) {
      if (!this.#seen.has(pid) && !isPostgres(pid)) continue;
      const used = cpuOf(pid);
      if (used !== null) this.#seen.set(pid, used);
    }
    const { user, system } = process.cpuUsage();
    let postgres = 0;
    for (const used of this.#seen.values()) postgres += used;
    return { desk: user + system, postgres: this.#seen.size > 0 ? postgres : null };
  }
}

/** µs per item between two readings. */
export function perItem(before: Cpu, after: Cpu, items: number): Cpu {
  return {
    desk: (after.desk - before.desk) / items,
    postgres:
      before.postgres === null || after.postgres === null
        ? null
        : (after.postgres - before.postgres) / items,
  };
}
