import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';
import { migrate } from '#lib/db/migrate.ts';
import { createPool } from '#lib/db/pool.ts';
import { checkout } from '#scripts/launcher/checkout.ts';
import type { BenchDatabase, Seed } from './bench.ts';

function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

async function onServer(serverUrl: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

const newName = () => `bench_${randomBytes(6).toString('hex')}`;

function opened(serverUrl: string, name: string): BenchDatabase {
  const url = withDatabase(serverUrl, name);
  const pool = createPool(url, { max: 8, statement_timeout: 0, query_timeout: 0 });
  return {
    url,
    pool,
    async drop() {
      await pool.end();
      await onServer(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

/** A migrated database of its own on the given server, which must allow CREATE DATABASE. */
export async function createBenchDatabase(
  serverUrl: string,
  name = newName(),
): Promise<BenchDatabase> {
  await onServer(serverUrl, `CREATE DATABASE ${name}`);
  await migrate(withDatabase(serverUrl, name), join(checkout, 'prisma', 'migrations'));
  return opened(serverUrl, name);
}

async function fill(serverUrl: string, name: string, seed: Seed): Promise<BenchDatabase> {
  const database = await createBenchDatabase(serverUrl, name);
  try {
    await seed.fill(database.pool);
  } catch (error) {
    await database.drop();
    throw error;
  }
  return database;
}

/** Names of the databases kept for seeds of this name, old versions and half made ones included. */
async function keptOf(serverUrl: string, prefix: string): Promise<string[]> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ datname: string }>(
      'SELECT datname FROM pg_database WHERE starts_with(datname, $1)',
      [prefix],
    );
    return rows.map(({ datname }) => datname);
  } finally {
    await client.end();
  }
}

async function isWhole(serverUrl: string, name: string, seed: Seed): Promise<boolean> {
  const client = createPool(withDatabase(serverUrl, name), { max: 1 });
  try {
    return await seed.isWhole(client);
  } finally {
    await client.end();
  }
}

/**
 * A database with the seed in it. With `keep` the seed stays on the server as a template for the next
 * run and this is a copy of it, file by file; another version of the same seed is dropped.
 */
export async function createSeeded(
  serverUrl: string,
  seed: Seed,
  keep: boolean,
): Promise<BenchDatabase> {
  const name = newName();
  if (!keep) return await fill(serverUrl, name, seed);
  const prefix = `bench_kept_${seed.name}_`;
  const wanted = `${prefix}${seed.version}`;
  const kept = await keptOf(serverUrl, prefix);
  const usable = kept.includes(wanted) && (await isWhole(serverUrl, wanted, seed));
  for (const old of kept) {
    if (usable && old === wanted) continue;
    await onServer(serverUrl, `DROP DATABASE ${old} WITH (FORCE)`);
  }
  if (!usable) {
    // Under its name only when it is whole: a run that was killed leaves `…_unfinished`.
    const unfinished = `${prefix}unfinished`;
    const made = await fill(serverUrl, unfinished, seed);
    await made.pool.end();
    await onServer(serverUrl, `ALTER DATABASE ${unfinished} RENAME TO ${wanted}`);
  }
  await onServer(serverUrl, `CREATE DATABASE ${name} TEMPLATE ${wanted} STRATEGY FILE_COPY`);
  return opened(serverUrl, name);
}
