import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import { createPool } from './pool.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('a connection lost between two statements of its holder fails the next one, not the process', async () => {
  const pool = createPool(database.url, { max: 1 });
  const client = await pool.connect();
  await client.query('BEGIN');
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const lost = new Promise((resolve) => client.once('end', resolve));
  await database.pool.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
  await lost;
  // Without a listener of the pool's own the process would be gone by now (an unhandled 'error').
  await expect(client.query('COMMIT')).rejects.toThrow();
  client.release(true);
  const { rows: next } = await pool.query<{ one: number }>('SELECT 1 AS one');
  expect(next).toEqual([{ one: 1 }]);
  await pool.end();
});

test('a transaction left idle past its limit is the same', async () => {
  const pool = createPool(database.url, { max: 1, idle_in_transaction_session_timeout: 50 });
  const client = await pool.connect();
  const lost = new Promise((resolve) => client.once('end', resolve));
  await client.query('BEGIN');
  await lost;
  await expect(client.query('COMMIT')).rejects.toThrow();
  client.release(true);
  await pool.end();
});
