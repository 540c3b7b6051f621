import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { LockWaitError, PATIENCE, type Patience, withPatience } from './lock-patience.ts';

/** Key of the advisory lock which lets one starter migrate at a time; Prisma uses the same number. */
const LOCK_KEY = 72_707_369;

/** Prisma's own table, so that `prisma migrate status` stays usable. */
const LEDGER = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum VARCHAR(64) NOT NULL,
    finished_at TIMESTAMPTZ,
    migration_name VARCHAR(255) NOT NULL,
    logs TEXT,
    rolled_back_at TIMESTAMPTZ,
    started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
  )`;

/** A migration which must not be wrapped in a transaction says so in its first line. */
const NO_TRANSACTION = /^\s*--\s*no-transaction\b/i;

export class MigrationError extends Error {
  override name = 'MigrationError';
}

export type Migration = { name: string; sql: string; checksum: string };

export type MigrationResult = { applied: string[]; total: number };

type LedgerRow = { migration_name: string; checksum: string; finished_at: Date | null };

/** Reads `<folder>/<name>/migration.sql`, in order of name. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/**
 * Checks what a database has against the files.
 * @returns the migrations still to apply
 * @throws MigrationError when one was edited, is half-applied, or is unknown to this release
 */
export function pendingMigrations(files: Migration[], ledger: LedgerRow[]): Migration[] {
  const half = ledger.find((row) => row.finished_at === null);
  if (half) {
    throw new MigrationError(
      `Migration ${half.migration_name} stopped half-way. Restore the backup made before the ` +
        `update (npm run restore -- FILE). If you have repaired the tables by hand, run:\n` +
        `  UPDATE _prisma_migrations SET finished_at = now() WHERE migration_name = '${half.migration_name}';`,
    );
  }
  const known = new Map(files.map((file) => [file.name, file]));
  for (const row of ledger) {
    const file = known.get(row.migration_name);
    if (!file) {
      throw new MigrationError(
        `The database has migration ${row.migration_name}, which this release does not know: it was ` +
          `written by a newer release. Start that release, or restore a backup of this one.`,
      );
    }
    if (file.checksum !== row.checksum) {
      throw new MigrationError(
        `prisma/migrations/${file.name}/migration.sql was edited after it was applied. Put the file ` +
          `back as it was (git checkout -- prisma/migrations) and write the change as a new migration.`,
      );
    }
  }
  const done = new Set(ledger.map((row) => row.migration_name));
  const pending = files.filter((file) => !done.has(file.name));
  const last = files.findLast((file) => done.has(file.name));
  const early = pending.find((file) => last && file.name < last.name);
  if (early && last) {
    throw new MigrationError(
      `Migration ${early.name} comes before ${last.name}, which is already applied. Give it a later name.`,
    );
  }
  return pending;
}

/** Applies it, or undoes what it did. */
async function attempt(client: Client, migration: Migration, lockMs: number): Promise<void> {
  const id = randomUUID();
  const wrapped = !NO_TRANSACTION.test(migration.sql);
  const begin = `INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ($1, $2, $3)`;
  const finish = `UPDATE _prisma_migrations SET finished_at = now(), applied_steps_count = 1 WHERE id = $1`;
  if (wrapped) await client.query('BEGIN');
  try {
    // Outside a transaction indexes are built concurrently: they wait for everybody and hold up nobody,
    // and a wait that is given up leaves a broken index behind.
    if (wrapped) await client.query(`SET LOCAL lock_timeout = ${lockMs}`);
    await client.query(begin, [id, migration.checksum, migration.name]);
    await client.query(migration.sql);
    await client.query(finish, [id]);
    if (wrapped) await client.query('COMMIT');
  } catch (error) {
    if (wrapped) await client.query('ROLLBACK');
    throw error;
  }
}

async function apply(client: Client, url: string, migration: Migration, options: MigrateOptions) {
  const { patience = PATIENCE, onBusy } = options;
  const wrapped = !NO_TRANSACTION.test(migration.sql);
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const backend = { url, pid: rows[0]?.pid ?? 0 };
  const work = () => attempt(client, migration, patience.lockMs);
  const told = (holders: readonly string[]) => onBusy?.(migration.name, holders);
  try {
    await (wrapped ? withPatience(patience, backend, work, told) : work());
  } catch (error) {
    if (error instanceof LockWaitError) throw busy(migration, error);
    const detail = error instanceof Error ? error.message : String(error);
    throw new MigrationError(
      `Migration ${migration.name} failed: ${detail}\n` +
        (wrapped
          ? 'Nothing was changed. Fix the cause and start again.'
          : 'It runs outside a transaction and may have changed something; look before you start again.'),
      { cause: error },
    );
  }
}

function busy({ name }: Migration, error: LockWaitError): MigrationError {
  const seen = error.holders.map((holder) => `\n  ${holder}`).join('');
  return new MigrationError(
    `Migration ${name} did not get its locks: others use the tables and do not let go. Nothing was ` +
      `changed, and desks that run were not held up.${seen ? ` In its way:${seen}` : ''}\n` +
      'Let that end (a backup, a report, a forgotten session), or end it: ' +
      'SELECT pg_terminate_backend(PROCESS); then start again.',
    { cause: error },
  );
}

/**
 * Waits for other starters. Asked over and over: a session that waits in a statement holds a snapshot, for
 * whose end an index that is built concurrently would wait.
 */
async function oneAtATime(client: Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ mine: boolean }>(
      'SELECT pg_try_advisory_lock($1) AS mine',
      [LOCK_KEY],
    );
    if (rows[0]?.mine) return;
    await pause(100);
  }
}

export interface MigrateOptions {
  patience?: Patience;
  /** A migration will be tried again: others, told in words, use its tables. */
  onBusy?: (migration: string, holders: readonly string[]) => void;
}

/**
 * Brings the database at `url` to the level of `folder` (prisma/migrations). Each migration commits
 * together with its row in `_prisma_migrations`; starters that come at once wait for one another. On a
 * database in use it waits for a lock only so long that those behind it wait too, then lets them pass
 * and tries again (decision 0156).
 * @throws MigrationError whose text says what to do
 */
export async function migrate(
  url: string,
  folder: string,
  options: MigrateOptions = {},
): Promise<MigrationResult> {
  const files = await readMigrations(folder);
  const client = new Client({ connectionString: url, application_name: 'parlour-migrate' });
  await client.connect();
  try {
    await oneAtATime(client);
    await client.query(`SET client_min_messages = warning`);
    await client.query(LEDGER);
    const ledger = await client.query<LedgerRow>(
      `SELECT migration_name, checksum, finished_at FROM _prisma_migrations
       WHERE rolled_back_at IS NULL ORDER BY started_at`,
    );
    const pending = pendingMigrations(files, ledger.rows);
    for (const migration of pending) await apply(client, url, migration, options);
    return { applied: pending.map((migration) => migration.name), total: files.length };
  } finally {
    await client.end();
  }
}
