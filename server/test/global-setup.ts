import { existsSync, mkdtempSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { migrate } from '#lib/db/migrate.ts';
import { checkout } from '#scripts/launcher/checkout.ts';
import { generateClient } from '#scripts/launcher/generate-client.ts';
import { openCluster } from '#scripts/launcher/postgres/cluster.ts';
import { runningPostmaster, startServer } from '#scripts/launcher/postgres/server.ts';
import { endProcess, livingProcesses, remember } from '#scripts/launcher/processes.mjs';
import { TEMPLATE_DATABASE, withDatabase } from './database-url.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address of the throwaway server's maintenance database. */
    testServerUrl: string;
  }
}

const MEMORY_FOLDER = '/dev/shm';
const ENOUGH_BYTES = 2 * 1024 ** 3;

/** Memory where there is plenty: cloning the template takes 19 ms there, 428 ms on a disk. */
function folderForData(): string {
  if (existsSync(MEMORY_FOLDER)) {
    const { bavail, bsize } = statfsSync(MEMORY_FOLDER);
    if (bavail * bsize > ENOUGH_BYTES) return MEMORY_FOLDER;
  }
  return tmpdir();
}

const PREFIX = 'parlour-test-';
/** A run that has just made its folder has not written its name into it yet. */
const YOUNG_MS = 60_000;

/** Servers and data of runs that were killed: memory would fill up with them. */
async function removeLeftovers(parent: string): Promise<void> {
  for (const name of readdirSync(parent).filter((entry) => entry.startsWith(PREFIX))) {
    const folder = join(parent, name);
    try {
      if (Date.now() - statSync(folder).mtimeMs < YOUNG_MS || livingProcesses(folder).length > 0)
        continue;
      const orphan = runningPostmaster({ data: join(folder, 'postgres', 'data') });
      if (orphan) await endProcess(orphan, { signal: 'SIGQUIT', graceMs: 5_000 });
      rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      // Another user's, or another run is removing it at this moment.
      if (
        !['EACCES', 'EPERM', 'ENOENT', 'ENOTEMPTY'].includes(
          (error as NodeJS.ErrnoException).code ?? '',
        )
      )
        throw error;
    }
  }
}

async function makeTemplate(serverUrl: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  await client.query(`CREATE DATABASE ${TEMPLATE_DATABASE}`);
  await migrate(withDatabase(serverUrl, TEMPLATE_DATABASE), join(checkout, 'prisma', 'migrations'));
  await client.query(
    `ALTER DATABASE ${TEMPLATE_DATABASE} IS_TEMPLATE true ALLOW_CONNECTIONS false`,
  );
  await client.end();
}

/** One throwaway PostgreSQL for the whole run, with a migrated template to clone from. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await generateClient();
  const parent = folderForData();
  await removeLeftovers(parent);
  const folder = mkdtempSync(join(parent, PREFIX));
  remember(folder, 'owner', process.pid);
  const cluster = await openCluster(join(folder, 'postgres'), 'throwaway');
  const server = await startServer(cluster, false);
  const url = withDatabase(server.url, 'postgres');
  try {
    await makeTemplate(url);
  } catch (error) {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  project.provide('testServerUrl', url);
  return async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
