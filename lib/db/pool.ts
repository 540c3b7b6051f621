import { Pool, type PoolConfig } from 'pg';
import { databaseUrl, env } from '#lib/env.ts';
import { logger } from '#lib/observability/logger.ts';

/** Statement and lock limits in milliseconds; the design allows no lock or transaction above 2 s. */
const LIMITS = { lock: 2_000, idleInTransaction: 2_000, statement: 15_000 };

/**
 * A pool of raw connections for the hot paths. The caller ends it.
 * Limits travel as startup options, so that they hold for every connection at no extra round trip.
 */
export function createPool(url: string, options: PoolConfig = {}): Pool {
  const pool = new Pool({
    connectionString: url,
    max: 20,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    lock_timeout: LIMITS.lock,
    idle_in_transaction_session_timeout: LIMITS.idleInTransaction,
    statement_timeout: LIMITS.statement,
    // On this side too: a server that went silent (a cut network, a stopped machine) times nothing out.
    query_timeout: LIMITS.statement + 3_000,
    application_name: 'parlour',
    keepAlive: true,
    ...options,
  });
  // Without a listener a lost idle connection ends the process; the pool replaces it by itself.
  pool.on('error', (error) => logger.warn({ err: error }, 'db_connection_lost'));
  // While a connection is lent out nobody listens for the pool: lost between two statements (PostgreSQL
  // was killed, or this process starved past the idle limit) it would end the process. Whoever holds it
  // learns of it by the next statement, which fails.
  pool.on('connect', (client) => {
    client.on('error', (error) => logger.debug({ err: error }, 'db_client_lost'));
  });
  return pool;
}

let shared: Pool | undefined;

/** This process's own pool on DATABASE_URL, made at the first call. */
export function pool(): Pool {
  shared ??= createPool(databaseUrl(), { max: env().databasePoolSize });
  return shared;
}

/** Ends this process's own pool, if it was made. */
export async function endPool(): Promise<void> {
  const ending = shared;
  shared = undefined;
  await ending?.end();
}
