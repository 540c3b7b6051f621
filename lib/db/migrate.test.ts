import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createEmptyDatabase, type TestDatabase } from '#server/test/database.ts';
import { migrate } from './migrate.ts';

let database: TestDatabase;
let folder: string;

async function write(name: string, sql: string) {
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, name, 'migration.sql'), sql);
}

beforeEach(async () => {
  database = await createEmptyDatabase();
  folder = await mkdtemp(join(tmpdir(), 'migrations-'));
});

afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

describe('migrate', () => {
  test('applies in order of name, once', async () => {
    await write('2_second', 'ALTER TABLE a ADD COLUMN more int');
    await write('1_first', 'CREATE TABLE a (id int)');
    expect((await migrate(database.url, folder)).applied).toEqual(['1_first', '2_second']);
    expect((await migrate(database.url, folder)).applied).toEqual([]);
  });

  test('starters that come at once apply each migration once', async () => {
    await write('1_first', 'CREATE TABLE a (id int); SELECT pg_sleep(0.1)');
    const results = await Promise.all([1, 2, 3].map(() => migrate(database.url, folder)));
    expect(results.flatMap((result) => result.applied)).toEqual(['1_first']);
  });

  test('a failing migration leaves nothing behind, and can be corrected', async () => {
    await write('1_first', 'CREATE TABLE a (id int); SELECT 1/0');
    await expect(migrate(database.url, folder)).rejects.toThrow(/1_first failed: division by zero/);
    await write('1_first', 'CREATE TABLE a (id int)');
    expect((await migrate(database.url, folder)).applied).toEqual(['1_first']);
  });

  test('refuses a migration edited after it was applied', async () => {
    await write('1_first', 'CREATE TABLE a (id int)');
    await migrate(database.url, folder);
    await write('1_first', 'CREATE TABLE a (id bigint)');
    await expect(migrate(database.url, folder)).rejects.toThrow(/edited after it was applied/);
  });

  test('refuses a database written by a newer release', async () => {
    await write('1_first', 'CREATE TABLE a (id int)');
    await write('2_second', 'CREATE TABLE b (id int)');
    await migrate(database.url, folder);
    await rm(join(folder, '2_second'), { recursive: true });
    await expect(migrate(database.url, folder)).rejects.toThrow(/newer release/);
  });

  test('refuses a migration that comes before one already applied', async () => {
    await write('2_second', 'CREATE TABLE b (id int)');
    await migrate(database.url, folder);
    await write('1_first', 'CREATE TABLE a (id int)');
    await expect(migrate(database.url, folder)).rejects.toThrow(/Give it a later name/);
  });

  test('a migration outside a transaction that stops half-way is refused until repaired', async () => {
    await write('1_first', 'CREATE TABLE a (id int)');
    await write('2_index', '-- no-transaction\nCREATE INDEX CONCURRENTLY i ON missing (id)');
    await expect(migrate(database.url, folder)).rejects.toThrow(/outside a transaction/);
    await expect(migrate(database.url, folder)).rejects.toThrow(/stopped half-way/);
  });
});

describe('the project’s own migrations', () => {
  let empty: TestDatabase;
  beforeAll(async () => {
    empty = await createEmptyDatabase();
  });
  afterAll(() => empty.drop());

  test('apply to an empty database', async () => {
    const result = await migrate(empty.url, join(import.meta.dirname, '../../prisma/migrations'));
    expect(result.applied).toHaveLength(result.total);
    expect(result.total).toBeGreaterThan(0);
  });
});
