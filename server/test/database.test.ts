import { afterAll, expect, test } from 'vitest';
import { createTestDatabase } from './database.ts';

const first = await createTestDatabase();
const second = await createTestDatabase();

afterAll(async () => {
  await first.drop();
  await second.drop();
});

test('clones are migrated, and apart from one another', async () => {
  await first.pool.query('CREATE TABLE only_here (id int)');
  const { rows } = await second.pool.query<{ tables: string; own: string | null }>(
    `SELECT to_regclass('public._prisma_migrations')::text AS tables, to_regclass('public.only_here')::text AS own`,
  );
  expect(rows[0]).toEqual({ tables: '_prisma_migrations', own: null });
});

test('a connection that a test forgot is reported', async () => {
  const third = await createTestDatabase();
  const { Client } = await import('pg');
  const forgotten = new Client({ connectionString: third.url, application_name: 'forgotten' });
  // Dropping the database by force ends this connection, which must not end the test process.
  forgotten.on('error', () => undefined);
  await forgotten.connect();
  await expect(third.drop()).rejects.toThrow(/forgotten/);
  await forgotten.end();
});
