import type { Pool, PoolClient } from 'pg';

/** Runs on one connection with memory for sorting; large loads may take longer than a query should. */
export async function withLoader<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query(
      `SET maintenance_work_mem = '512MB'; SET max_parallel_maintenance_workers = 2; SET work_mem = '64MB'`,
    );
    return await work(client);
  } finally {
    // The settings go with the connection.
    client.release(true);
  }
}

interface Index {
  name: string;
  definition: string;
  constraint: string | null;
}

/**
 * Loads `tables` without their indexes, then builds those again exactly as they were defined: sorted
 * building gives the same index in a tenth of the time. Triggers, checks and foreign keys stay on.
 */
export async function loadUnindexed(
  pool: Pool,
  tables: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  const dropped: { table: string; indexes: Index[] }[] = [];
  for (const table of tables) {
    const { rows: indexes } = await pool.query<Index>(
      `SELECT i.relname AS name, pg_get_indexdef(i.oid) AS definition, pg_get_constraintdef(c.oid) AS constraint
       FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
       LEFT JOIN pg_constraint c ON c.conindid = x.indexrelid AND c.conrelid = x.indrelid
       WHERE x.indrelid = $1::regclass ORDER BY c.oid IS NULL, i.relname`,
      [table],
    );
    for (const { name, constraint } of indexes) {
      await pool.query(
        constraint ? `ALTER TABLE ${table} DROP CONSTRAINT ${name}` : `DROP INDEX ${name}`,
      );
    }
    dropped.push({ table, indexes });
  }
  await work();
  const rebuild = ({ table, indexes }: (typeof dropped)[number]) =>
    withLoader(pool, async (client) => {
      for (const { name, definition, constraint } of indexes) {
        // `ON ONLY` is how a partitioned table's index is printed; without it the partitions get theirs.
        await client.query(
          constraint
            ? `ALTER TABLE ${table} ADD CONSTRAINT ${name} ${constraint}`
            : definition.replace(' ON ONLY ', ' ON '),
        );
      }
    });
  await Promise.all(dropped.map(rebuild));
}
