import { readdirSync, readFileSync } from 'node:fs';
import type { Pool } from 'pg';

/** What a process has used, by the kernel's own books. Linux only. */
export interface Usage {
  /** User and system time of the process with all its threads. ms, in steps of 10 */
  cpuMs: number;
  /** Resident memory. bytes */
  rss: number;
}

/** USER_HZ is 100 on every Linux that Node runs on. */
const MS_PER_TICK = 10;

/** Fields of /proc/PID/stat after the command's name, which may hold spaces; [0] is the state. */
function statOf(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    // Gone, or no /proc here: not measured.
    return null;
  }
}

const ticks = (stat: string[], ...fields: number[]) =>
  fields.reduce((sum, field) => sum + Number(stat[field]), 0);

/** null: the process is gone, or this system has no /proc. */
export function usageOf(pid: number): Usage | null {
  const stat = statOf(pid);
  if (!stat) return null;
  return { cpuMs: ticks(stat, 11, 12) * MS_PER_TICK, rss: Number(stat[21]) * 4_096 };
}

/**
 * The CPU time of a PostgreSQL server on this machine: postmaster, backends and background workers,
 * those that have ended included. null when the server runs elsewhere.
 */
export async function postgresCpu(pool: Pool): Promise<(() => number) | null> {
  const { rows } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const backend = statOf(rows[0]?.pid ?? -1);
  const postmaster = Number(backend?.[1] ?? 0);
  const own = statOf(postmaster);
  if (!own || !readFileSync(`/proc/${postmaster}/comm`, 'latin1').startsWith('postgres'))
    return null;
  return () => {
    const stat = statOf(postmaster);
    // 13 and 14: of children that have ended.
    let sum = stat ? ticks(stat, 11, 12, 13, 14) : 0;
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      const child = statOf(Number(name));
      if (child && Number(child[1]) === postmaster) sum += ticks(child, 11, 12);
    }
    return sum * MS_PER_TICK;
  };
}
