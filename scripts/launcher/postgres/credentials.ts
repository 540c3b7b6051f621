import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LaunchError } from '../launch-error.ts';

export const DATABASE_USER = 'parlour';
export const DATABASE_NAME = 'parlour';

/** What is needed to reach a cluster; lies beside its data, mode 0600. */
export type Credentials = { password: string; port: number };

const fileOf = (folder: string) => join(folder, 'credentials.json');

export const newPassword = () => randomBytes(24).toString('base64url');

/** Replaces the file as a whole, so that a crash leaves the old or the new one. */
export function writeCredentials(folder: string, credentials: Credentials): void {
  const file = fileOf(folder);
  writeFileSync(`${file}.new`, `${JSON.stringify(credentials)}\n`, { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
}

export function readCredentials(folder: string): Credentials {
  try {
    const read: Partial<Credentials> = JSON.parse(readFileSync(fileOf(folder), 'utf8'));
    if (typeof read.password === 'string' && typeof read.port === 'number') {
      return { password: read.password, port: read.port };
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') {
      throw new LaunchError(
        `${fileOf(folder)} belongs to another user.`,
        'Start Parlour as the user who started it first, or hand the data folder over with chown -R.',
        { cause: error },
      );
    }
  }
  throw new LaunchError(
    `${fileOf(folder)} is missing or damaged, and without it the database cannot be opened.`,
    'Restore that file from a copy of the folder, or start over with `npm run reset` and restore a backup.',
  );
}

export function databaseUrlOf({ password, port }: Credentials, database = DATABASE_NAME): string {
  return `postgresql://${DATABASE_USER}:${password}@127.0.0.1:${port}/${database}`;
}
