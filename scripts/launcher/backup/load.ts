import { createReadStream } from 'node:fs';
import { finished, pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { z } from 'zod';
import { type Migration, migrate, readMigrations } from '#lib/db/migrate.ts';
import { LaunchError } from '../launch-error.ts';
import { type Frame, frames } from './archive.ts';
import { quote, tablesInOrder } from './catalogue.ts';
import { Header, TableEnd, TableStart, Trailer } from './header.ts';

export type LoadResult = { header: Header; rows: number; tables: number };

const parse = <T>(schema: { parse: (value: unknown) => T }, frame: Frame): T =>
  schema.parse(JSON.parse(frame.payload.toString('utf8')));

/** Opened at the first read, so that its errors have a reader. */
async function* unzipped(file: string): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  const reading = pipeline(createReadStream(file), gunzip);
  reading.catch(() => undefined);
  yield* gunzip;
  await reading;
}

/** The files of the backup's migrations, in order. @throws LaunchError when this release lacks one */
function filesFor(header: Header, files: Migration[]): Migration[] {
  return header.migrations.map(({ name, checksum }) => {
    const file = files.find((candidate) => candidate.name === name);
    if (!file || file.checksum !== checksum) {
      throw new LaunchError(
        `The backup was made by another release (${header.version}): migration ${name} is ${file ? 'different' : 'unknown'} here.`,
        'Nothing was changed. Restore it with that release or a newer one.',
      );
    }
    return file;
  });
}

/** Builds the tables as they were when the backup was made, inside the running transaction. */
async function rebuild(client: Client, header: Header, files: Migration[]): Promise<void> {
  await client.query('DROP SCHEMA public CASCADE');
  await client.query('CREATE SCHEMA public');
  await client.query(`
    CREATE TABLE _prisma_migrations (
      id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
      migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
      started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`);
  for (const file of files) {
    // Nobody else uses these tables yet, and CONCURRENTLY cannot run in a transaction.
    await client.query(file.sql.replace(/\bCONCURRENTLY\b/gi, ''));
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count)
       VALUES (gen_random_uuid()::text, $1, now(), $2, 1)`,
      [file.checksum, file.name],
    );
  }
  for (const { parent, name, bounds } of header.partitions) {
    const { rows } = await client.query<{ exists: boolean }>(
      'SELECT to_regclass($1) IS NOT NULL AS exists',
      [quote(name)],
    );
    if (rows[0]?.exists) continue;
    await client.query(`CREATE TABLE ${quote(name)} PARTITION OF ${quote(parent)} ${bounds}`);
  }
  const tables = await tablesInOrder(client);
  // Migrations may have written rows, which the backup holds as well.
  if (tables.length > 0)
    await client.query(`TRUNCATE ${tables.map((table) => quote(table.name)).join(', ')}`);
}

/** A table that no migration makes, such as a month taken out of the log, comes back plain. */
async function ensureTable(client: Client, table: z.infer<typeof TableStart>): Promise<void> {
  const columns = table.columns.map((column, index) => `${quote(column)} ${table.types[index]}`);
  await client.query(`CREATE TABLE IF NOT EXISTS ${quote(table.name)} (${columns.join(', ')})`);
}

async function copyRows(
  client: Client,
  table: { name: string; columns: string[] },
  source: AsyncIterator<Frame>,
): Promise<number> {
  const copy = client.query(
    copyFrom(`COPY ${quote(table.name)} (${table.columns.map(quote).join(', ')}) FROM STDIN`),
  );
  const done = finished(copy);
  // Awaited below; without this an error that comes first would count as unhandled.
  done.catch(() => undefined);
  for (;;) {
    const next = await source.next();
    if (next.done)
      throw new LaunchError('The backup is damaged: a table does not end.', 'Nothing was changed.');
    if (next.value.kind === 'E') {
      copy.end();
      await done;
      const expected = parse(TableEnd, next.value).rows;
      if (copy.rowCount !== expected) {
        throw new LaunchError(
          `The backup is damaged: ${table.name} should have ${expected} rows and has ${copy.rowCount}.`,
          'Nothing was changed. Use another copy of the file.',
        );
      }
      return expected;
    }
    if (copy.destroyed) await done;
    if (!copy.write(next.value.payload)) {
      await Promise.race([
        new Promise<void>((resolve) => copy.once('drain', () => resolve())),
        done,
      ]);
    }
  }
}

async function loadAll(
  client: Client,
  source: AsyncGenerator<Frame>,
  files: Migration[],
  note: (text: string) => void,
) {
  const first = await source.next();
  if (first.done || first.value.kind !== 'H')
    throw new LaunchError('The backup is damaged: it has no header.', 'Nothing was changed.');
  const header = parse(Header, first.value);
  await rebuild(client, header, filesFor(header, files));
  let rows = 0;
  let tables = 0;
  for (;;) {
    const next = await source.next();
    if (next.done) break;
    if (next.value.kind === 'Z') {
      const trailer = parse(Trailer, next.value);
      if (trailer.rows !== rows || trailer.tables !== tables) {
        throw new LaunchError(
          'The backup is damaged: its sums do not match.',
          'Nothing was changed.',
        );
      }
      continue;
    }
    const table = parse(TableStart, next.value);
    note(table.name);
    await ensureTable(client, table);
    rows += await copyRows(client, table, source);
    tables += 1;
  }
  for (const { name, value, called } of header.sequences) {
    await client.query('SELECT setval($1::regclass, $2::bigint, $3)', [quote(name), value, called]);
  }
  const { rows: epoch } = await client.query<{ exists: boolean }>(
    `SELECT to_regclass('installation') IS NOT NULL AS exists`,
  );
  // Cursors into the log belong to the life the database had before; a new epoch refuses them.
  if (epoch[0]?.exists)
    await client.query('UPDATE installation SET cluster_epoch = gen_random_uuid()');
  return { header, rows, tables };
}

/**
 * Replaces everything in the database at `url` by the backup, in one transaction: a failure leaves
 * what was there. Then applies the migrations that are newer than the backup.
 * @throws LaunchError when the file is damaged or of a newer release
 */
export async function load(
  url: string,
  file: string,
  migrationsFolder: string,
  note: (text: string) => void,
): Promise<LoadResult> {
  const files = await readMigrations(migrationsFolder);
  const client = new Client({ connectionString: url, application_name: 'parlour-restore' });
  await client.connect();
  let result: LoadResult;
  try {
    await client.query('BEGIN');
    await client.query(
      `SET LOCAL lock_timeout = '10s'; SET LOCAL statement_timeout = 0; SET LOCAL client_min_messages = warning`,
    );
    result = await loadAll(client, frames(unzipped(file)), files, note);
    await client.query('COMMIT');
    await client.query('ANALYZE');
  } catch (error) {
    if ((error as { code?: string }).code === '55P03') {
      throw new LaunchError(
        'Somebody still uses the database.',
        'Nothing was changed. Stop every Parlour that uses it, then run the same command again.',
        { cause: error },
      );
    }
    throw error;
  } finally {
    // Ends the transaction, too, when it was not committed.
    await client.end();
  }
  await migrate(url, migrationsFolder);
  return result;
}
