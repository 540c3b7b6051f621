import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readEnv } from '#lib/env.ts';
import { dump } from '../backup/dump.ts';
import { checkout } from '../checkout.ts';
import { clusterFolder, openDatabase } from '../database.ts';
import { LaunchError } from '../launch-error.ts';
import { step } from '../progress.mjs';

const KILOBYTE = 1024;

/** `312 KB`, `4.2 MB` */
function sizeOf(file: string): string {
  const kilobytes = statSync(file).size / KILOBYTE;
  return kilobytes < KILOBYTE
    ? `${Math.ceil(kilobytes)} KB`
    : `${(kilobytes / KILOBYTE).toFixed(1)} MB`;
}

function defaultFile(): string {
  const time = new Date()
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-');
  return join(checkout, 'backups', `parlour-${time}.backup`);
}

/** `npm run backup [-- FILE]`: works while Parlour runs, and when it does not. */
export async function backup(args: string[]): Promise<number> {
  const settings = readEnv(process.env);
  const file = resolve(args.find((arg) => !arg.startsWith('-')) ?? defaultFile());
  if (existsSync(file))
    throw new LaunchError(`${file} exists already.`, 'Name another file: npm run backup -- FILE');
  if (!settings.databaseUrl && !existsSync(clusterFolder(settings.dataDir))) {
    throw new LaunchError(
      'There is nothing to back up yet.',
      'Start Parlour once (npm start), or set DATABASE_URL.',
    );
  }
  mkdirSync(dirname(file), { recursive: true });
  const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8'));
  const secretFile = join(settings.dataDir, 'secret');
  const secret = existsSync(secretFile) ? readFileSync(secretFile, 'utf8').trim() : undefined;
  const database = await openDatabase(settings);
  try {
    await step(
      'backup',
      (note) => dump(database.url, file, { version, secret }, note),
      ({ tables, rows }) => `${rows} rows of ${tables} tables`,
    );
  } finally {
    await database.close();
  }
  console.log(`\n  ${file} (${sizeOf(file)})`);
  console.log(
    '  It holds everything, the key of all sign-ins included: keep it as safe as the server.\n',
  );
  return 0;
}
