import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { readEnv } from '#lib/env.ts';
import { confirmed } from '../ask.ts';
import { clusterFolder, openDatabase } from '../database.ts';
import { LaunchError } from '../launch-error.ts';
import { refuseWhileRunning } from '../launcher-running.ts';
import { runningPostmaster } from '../postgres/server.ts';
import { endOrphans, endProcess } from '../processes.mjs';
import { step } from '../progress.mjs';

/** Only what Parlour made: somebody may have pointed PARLOUR_DATA at a folder with other things. */
const OURS = /^(postgres(\.new-\d+)?|secret(\.before-restore)?|logs|run)$/;

async function emptyExternal(url: string): Promise<void> {
  const client = new Client({ connectionString: url, application_name: 'parlour-reset' });
  await client.connect();
  try {
    const { rows } = await client.query<{ users: number }>(`
      SELECT count(*)::int AS users FROM pg_stat_activity
      WHERE datname = current_database() AND application_name LIKE 'parlour%' AND pid <> pg_backend_pid()`);
    if ((rows[0]?.users ?? 0) > 0) {
      throw new LaunchError(
        'Parlour is running on this database.',
        'Stop it everywhere, then run the same command again.',
      );
    }
    await client.query(`SET lock_timeout = '10s'`);
    await client.query('BEGIN; DROP SCHEMA public CASCADE; CREATE SCHEMA public; COMMIT');
  } finally {
    await client.end();
  }
}

async function removeData(dataDir: string): Promise<void> {
  await endOrphans(dataDir);
  const orphan = runningPostmaster({ data: join(clusterFolder(dataDir), 'data') });
  if (orphan) await endProcess(orphan, { signal: 'SIGINT', graceMs: 30_000 });
  if (!existsSync(dataDir)) return;
  for (const name of readdirSync(dataDir)) {
    if (OURS.test(name)) rmSync(join(dataDir, name), { recursive: true, force: true });
  }
}

/** `npm run reset [-- --yes]`: the next start is a first start. */
export async function reset(args: string[]): Promise<number> {
  const settings = readEnv(process.env);
  refuseWhileRunning(settings.dataDir, 'reset');
  const where = settings.databaseUrl
    ? `the database of DATABASE_URL (${new URL(settings.databaseUrl).host}${new URL(settings.databaseUrl).pathname}) and ${settings.dataDir}`
    : settings.dataDir;
  if (
    !(await confirmed(
      `This deletes every conversation, account and setting in ${where}. Go on?`,
      args,
    ))
  ) {
    console.log('Nothing was changed.');
    return 1;
  }
  await step('reset', async () => {
    if (settings.databaseUrl) {
      const database = await openDatabase(settings);
      await emptyExternal(database.url);
    }
    await removeData(settings.dataDir);
  });
  console.log('\n  The next `npm start` begins anew.\n');
  return 0;
}
