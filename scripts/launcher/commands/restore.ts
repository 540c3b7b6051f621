import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import { readEnv } from '#lib/env.ts';
import { confirmed } from '../ask.ts';
import { load } from '../backup/load.ts';
import { checkout } from '../checkout.ts';
import { openDatabase } from '../database.ts';
import { LaunchError } from '../launch-error.ts';
import { refuseWhileRunning } from '../launcher-running.ts';
import { step } from '../progress.mjs';

/** Desks elsewhere use the same DATABASE_URL without this data folder knowing of them. */
async function refuseWhileUsed(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ users: number; tables: number }>(`
      SELECT (SELECT count(*)::int FROM pg_stat_activity
              WHERE datname = current_database() AND application_name LIKE 'parlour%') AS users,
             (SELECT count(*)::int FROM pg_class
              WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')) AS tables`);
    if ((rows[0]?.users ?? 0) > 0) {
      throw new LaunchError(
        'Parlour is running on this database.',
        'Stop it everywhere, then run the same command again.',
      );
    }
    return (rows[0]?.tables ?? 0) > 0;
  } finally {
    await client.end();
  }
}

/** Puts the backup's secret in place; one that differs is kept beside it. */
function restoreSecret(dataDir: string, secret: string): 'same' | 'replaced' {
  const file = join(dataDir, 'secret');
  if (existsSync(file)) {
    if (readFileSync(file, 'utf8').trim() === secret) return 'same';
    renameSync(file, `${file}.before-restore`);
  }
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(file, secret, { mode: 0o600 });
  return 'replaced';
}

/** `npm run restore -- FILE [--yes]` */
export async function restore(args: string[]): Promise<number> {
  const settings = readEnv(process.env);
  const named = args.find((arg) => !arg.startsWith('-'));
  if (!named) throw new LaunchError('Which backup?', 'Name its file: npm run restore -- FILE');
  const file = resolve(named);
  if (!existsSync(file))
    throw new LaunchError(`There is no file ${file}.`, 'Name a file that `npm run backup` wrote.');
  refuseWhileRunning(settings.dataDir, 'restore');
  const database = await openDatabase(settings);
  try {
    const hasData = await refuseWhileUsed(database.url);
    if (
      hasData &&
      !(await confirmed('Everything in the database is replaced by the backup. Go on?', args))
    ) {
      console.log('Nothing was changed.');
      return 1;
    }
    const { header } = await step(
      'restore',
      (note) => load(database.url, file, join(checkout, 'prisma', 'migrations'), note),
      ({ rows, tables }) => `${rows} rows of ${tables} tables`,
    );
    console.log(`\n  As of ${header.createdAt}.`);
    if (
      header.secret &&
      !settings.secret &&
      restoreSecret(settings.dataDir, header.secret) === 'replaced'
    ) {
      console.log('  The key of sign-ins and visitors came back with it.');
    }
    console.log('');
  } finally {
    await database.close();
  }
  return 0;
}
