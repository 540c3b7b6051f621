import { randomBytes } from 'node:crypto';
import { Client, type Pool } from 'pg';
import { inject } from 'vitest';
import { createPool } from '#lib/db/pool.ts';
import { TEMPLATE_DATABASE, withDatabase } from './database-url.ts';

/** A database of a test file's own: migrated, empty, on the run's real PostgreSQL. */
export type TestDatabase = {
  url: string;
  pool: Pool;
  /** Ends the pool and removes the database; fails when a connection other than the pool's is left. */
  drop: () => Promise<void>;
};

async function onServer<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: inject('testServerUrl') });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function createFrom(template: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  // Copying files skips the write-ahead log: 19 ms instead of 211.
  await onServer((client) =>
    client.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`),
  );
  const url = withDatabase(inject('testServerUrl'), name);
  const pool = createPool(url, { max: 10 });
  const drop = async () => {
    await pool.end();
    await onServer(async (client) => {
      const left = await leftovers(client, name);
      await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
      if (left.length > 0) {
        throw new Error(`connections left open to the test database: ${left.join(', ')}`);
      }
    });
  };
  return { url, pool, drop };
}

/** Closing a connection is noticed by the server a moment later, so that it gets that moment. */
async function leftovers(client: Client, database: string): Promise<string[]> {
  for (let attempt = 0; ; attempt += 1) {
    const { rows } = await client.query<{ what: string }>(
      `SELECT application_name || ' (' || coalesce(left(query, 60), '') || ')' AS what
       FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'`,
      [database],
    );
    if (rows.length === 0 || attempt === 40) return rows.map((row) => row.what);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** A clone of the migrated template; call it in `beforeAll`, and its `drop` in `afterAll`. */
export function createTestDatabase(): Promise<TestDatabase> {
  return createFrom(TEMPLATE_DATABASE);
}

/** A database without any table, for tests of migration and restore. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return createFrom('template0');
}
