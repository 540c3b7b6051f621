import { join } from 'node:path';
import { Client } from 'pg';
import type { Env } from '#lib/env.ts';
import { withoutPasswords } from '#lib/observability/logger.ts';
import { LaunchError } from './launch-error.ts';
import { openCluster } from './postgres/cluster.ts';
import { runningPostmaster, startServer } from './postgres/server.ts';
import { forget, livingProcesses, remember } from './processes.mjs';

/** A database that is ready; `close` stops the embedded server unless another command needs it. */
export type OpenDatabase = { url: string; embedded: boolean; close: () => Promise<void> };

const ADVICE: Record<string, string> = {
  ECONNREFUSED:
    'Nothing listens there: start that PostgreSQL, or unset DATABASE_URL to use the embedded one.',
  ENOTFOUND:
    'The host name is unknown: correct DATABASE_URL, or unset it to use the embedded PostgreSQL.',
  EAI_AGAIN: 'The host name cannot be looked up: check the network and DATABASE_URL.',
  ETIMEDOUT: 'The server does not answer: check the firewall and DATABASE_URL.',
  '28P01': 'User or password is wrong: correct DATABASE_URL.',
  '28000': 'The server refuses this user or connection: look at its pg_hba.conf.',
  '3D000':
    'That database does not exist: create it (createdb), or correct the name in DATABASE_URL.',
  '53300': 'The server has no connection left: raise max_connections.',
};

/** Oldest major version whose features (partitions, MERGE, xid8) the migrations use. */
const OLDEST_VERSION = 16;

async function checkExternal(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ version: number }>(
      `SELECT current_setting('server_version_num')::int / 10000 AS version`,
    );
    const version = rows[0]?.version ?? 0;
    if (version < OLDEST_VERSION) {
      throw new LaunchError(
        `The server of DATABASE_URL is PostgreSQL ${version}.`,
        `Parlour needs ${OLDEST_VERSION} or newer.`,
      );
    }
  } catch (error) {
    if (error instanceof LaunchError) throw error;
    const { code = '', message } = error as Error & { code?: string };
    const reason = withoutPasswords(message || code);
    throw new LaunchError(
      `The database of DATABASE_URL (${withoutPasswords(url)}) cannot be used: ${reason}`,
      ADVICE[code] ?? 'Correct DATABASE_URL, or unset it to use the embedded PostgreSQL.',
      { cause: error },
    );
  } finally {
    await client.end();
  }
}

function otherUsers(dataDir: string): boolean {
  return livingProcesses(dataDir).some(
    (record) => record.name.startsWith('user-') && record.pid !== process.pid,
  );
}

/** Folder of the embedded cluster. */
export const clusterFolder = (dataDir: string): string => join(dataDir, 'postgres');

/**
 * The database the settings name, or else the embedded PostgreSQL, started when it does not run.
 * Commands that use the embedded one at a time register; the last to leave stops it.
 */
export async function openDatabase(
  settings: Pick<Env, 'databaseUrl' | 'dataDir'>,
): Promise<OpenDatabase> {
  if (settings.databaseUrl) {
    await checkExternal(settings.databaseUrl);
    return { url: settings.databaseUrl, embedded: false, close: async () => undefined };
  }
  const { dataDir } = settings;
  const registration = `user-${process.pid}`;
  const shared = otherUsers(dataDir);
  remember(dataDir, registration, process.pid);
  try {
    const cluster = await openCluster(clusterFolder(dataDir), 'durable');
    const server = await startServer(cluster, shared);
    const close = async () => {
      forget(dataDir, registration);
      if (!otherUsers(dataDir)) await server.stop();
    };
    return { url: server.url, embedded: true, close };
  } catch (error) {
    forget(dataDir, registration);
    throw error;
  }
}

/** Whether an embedded server runs on this data folder now. */
export function embeddedRuns(dataDir: string): boolean {
  return runningPostmaster({ data: join(clusterFolder(dataDir), 'data') }) !== undefined;
}
