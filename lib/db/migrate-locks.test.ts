import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createEmptyDatabase, type TestDatabase } from '#server/test/database.ts';
import { migrate } from './migrate.ts';

let database: TestDatabase;
let folder: string;
let holder: Client;

async function write(name: string, sql: string) {
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, name, 'migration.sql'), sql);
}

/** A report, a backup, a forgotten session: it has read the table and stays in its transaction. */
beforeEach(async () => {
  database = await createEmptyDatabase();
  folder = await mkdtemp(join(tmpdir(), 'migrations-'));
  await write('1_first', 'CREATE TABLE a (id int)');
  await migrate(database.url, folder);
  holder = new Client({ connectionString: database.url, application_name: 'monthly-report' });
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query('SELECT count(*) FROM a');
  await write('2_second', 'ALTER TABLE a ADD COLUMN more int');
});

afterEach(async () => {
  await holder.end();
  await database.drop();
  await rm(folder, { recursive: true });
});

/** Resolves when a statement of a migration waits for a lock. */
async function untilItWaits(): Promise<void> {
  for (;;) {
    const { rowCount } = await database.pool.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database()
        AND application_name = 'parlour-migrate' AND wait_event_type = 'Lock'`,
    );
    if (rowCount) return;
  }
}

/** Short waits, and tries until the test lets it pass. */
const KEEN = { lockMs: 600, pauseMs: 20, attempts: 10_000 };

test('a statement behind a migration that waits gets through while the lock is still held', async () => {
  const migrating = migrate(database.url, folder, { patience: KEEN });
  await untilItWaits();
  // Behind an ALTER without a limit this would wait for the report's end.
  const { rows } = await database.pool.query('SELECT count(*)::int AS count FROM a');
  expect(rows).toEqual([{ count: 0 }]);
  await holder.query('COMMIT');
  expect((await migrating).applied).toEqual(['2_second']);
});

test('a migration tries again and says for whom it waits, and is applied once they are gone', async () => {
  const told: string[] = [];
  const result = await migrate(database.url, folder, {
    patience: KEEN,
    onBusy: (name, holders) => {
      told.push(`${name}: ${holders}`);
      if (holders.length > 0) void holder.query('COMMIT');
    },
  });
  expect(result.applied).toEqual(['2_second']);
  expect(told.at(-1)).toMatch(
    /^2_second: process \d+ \(monthly-report, idle in transaction\) for \d+ s$/,
  );
});

test('in vain: nothing was changed, and it is said what to do', async () => {
  const patience = { ...KEEN, lockMs: 10, attempts: 3 };
  await expect(migrate(database.url, folder, { patience })).rejects.toThrow(
    /^Migration 2_second did not get its locks[\s\S]*pg_terminate_backend/,
  );
  await holder.query('ROLLBACK');
  expect((await migrate(database.url, folder)).applied).toEqual(['2_second']);
});

test('an index built outside a transaction waits without a limit, in nobody’s way', async () => {
  await rm(join(folder, '2_second'), { recursive: true });
  await write('2_index', '-- no-transaction\nCREATE INDEX CONCURRENTLY a_id ON a (id)');
  await holder.query('LOCK TABLE a IN SHARE UPDATE EXCLUSIVE MODE');
  const patience = { ...KEEN, lockMs: 1 };
  const migrating = migrate(database.url, folder, { patience });
  await untilItWaits();
  await database.pool.query('INSERT INTO a VALUES (1)');
  await holder.query('COMMIT');
  expect((await migrating).applied).toEqual(['2_index']);
});
