import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { migrate } from '#lib/db/migrate.ts';
import { checkout } from '#scripts/launcher/checkout.ts';
import { openCluster } from '#scripts/launcher/postgres/cluster.ts';
import { startServer } from '#scripts/launcher/postgres/server.ts';
import { startTimeOf } from '#scripts/launcher/processes.mjs';

/** The world's own PostgreSQL: durable, and it may be killed. */
export interface ChaosPostgres {
  url: string;
  /** kill -9 of the postmaster and every backend. */
  kill(): Promise<void>;
  /** Started again, crash recovery done. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Direct children, by /proc. */
function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent;
      } catch {
        // It ended between the listing and the reading.
        return false;
      }
    });
}

function killNow(pid: number) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The order of commits, which the checker needs to play loads again, is kept from the next start on. */
async function keepCommitTimes(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('ALTER SYSTEM SET track_commit_timestamp = on');
  } finally {
    await client.end();
  }
}

export async function startPostgres(folder: string): Promise<ChaosPostgres> {
  const cluster = await openCluster(join(folder, 'postgres'), 'durable');
  let server = await startServer(cluster, false);
  await migrate(server.url, join(checkout, 'prisma', 'migrations'));
  await keepCommitTimes(server.url);
  await server.stop();
  server = await startServer(cluster, false);
  return {
    url: server.url,
    async kill() {
      const pids = [server.pid, ...childrenOf(server.pid)];
      for (const pid of pids) killNow(pid);
      // The next postmaster refuses to start while a backend of the last one holds its memory.
      while (pids.some((pid) => startTimeOf(pid) !== undefined)) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    async restart() {
      server = await startServer(cluster, false);
    },
    stop: () => server.stop(),
  };
}
