import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import { checkout } from '../checkout.ts';
import { compareShapes } from './compare.ts';
import { databaseShape } from './database-shape.ts';
import { prismaShape } from './prisma-shape.ts';

let database: TestDatabase;
let source: string;

beforeEach(async () => {
  database = await createTestDatabase();
  source = await readFile(join(checkout, 'prisma/schema.prisma'), 'utf8');
});

afterEach(() => database.drop());

const differences = async (schema = source) =>
  compareShapes(prismaShape(schema), await databaseShape(database.pool));

test('schema.prisma and the migrations say the same', async () => {
  expect(await differences()).toEqual([]);
});

describe('a difference is named', () => {
  test.each([
    [
      'ALTER TABLE queue DROP COLUMN offer_seconds',
      'queue.offer_seconds is missing in the database',
    ],
    ['ALTER TABLE queue ADD COLUMN extra int', 'queue.extra is missing in schema.prisma'],
    [
      'ALTER TABLE queue ALTER COLUMN offer_seconds TYPE bigint',
      'queue.offer_seconds is bigint; schema.prisma says integer',
    ],
    [
      'ALTER TABLE queue ALTER COLUMN name DROP NOT NULL',
      'queue.name may be NULL; schema.prisma says otherwise',
    ],
    [
      'ALTER TABLE queue ALTER COLUMN offer_seconds SET DEFAULT 31',
      'queue.offer_seconds has default 31; schema.prisma says 30',
    ],
    [
      'ALTER TABLE queue ALTER COLUMN accept_mode DROP DEFAULT',
      'queue.accept_mode has default none; schema.prisma says offer',
    ],
    ['CREATE TABLE stray (id int PRIMARY KEY)', 'table stray is missing in schema.prisma'],
    ['DROP TABLE lease', 'table lease is missing in the database'],
    [
      'DROP INDEX queue_workspace_id_name_key',
      'queue: unique index (workspace_id, name) is missing in the database',
    ],
    ['DROP INDEX member_user_id_idx', 'member: index (user_id) is missing in the database'],
    [
      'ALTER TABLE session DROP CONSTRAINT session_user_id_fkey',
      'session: foreign key (user_id) → user(id) ON DELETE CASCADE is missing in the database',
    ],
  ])('%s', async (change, difference) => {
    await database.pool.query(change);
    expect(await differences()).toEqual([difference]);
  });

  test('in schema.prisma, enums included', async () => {
    const added = `${source}\nenum Mood {\n  happy\n  sad @map("blue") // a comment\n}\nmodel Poem {\n  id Int @id @default(autoincrement())\n  line String @default("a // b")\n}\n`;
    await database.pool.query(
      `CREATE TYPE "Mood" AS ENUM ('happy'); CREATE TABLE "Poem" (id serial PRIMARY KEY, line text NOT NULL DEFAULT 'a // c')`,
    );
    expect(await differences(added)).toEqual([
      'Poem.line has default a // c; schema.prisma says a // b',
      'enum Mood is (happy); schema.prisma says (happy, blue)',
    ]);
  });
});
