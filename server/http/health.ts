import { join } from 'node:path';
import type { Pool } from 'pg';
import { type Migration, readMigrations } from '#lib/db/migrate.ts';
import { logger, withoutPasswords } from '#lib/observability/logger.ts';

const log = logger.child({ scope: 'health' });

/** However often it is asked, the database is asked at most once in this time. */
const KEPT_MS = 1_000;
const PATIENCE_MS = 2_000;

export interface Readiness {
  ready: boolean;
  database: 'reachable' | 'unreachable';
  /** Names of migrations this release needs and the database lacks. */
  missing: string[];
  /** Told to end: whoever balances sends new clients elsewhere. */
  draining: boolean;
}

type Database = Omit<Readiness, 'draining'>;

async function look(pool: Pool, files: readonly Migration[]): Promise<Database> {
  const { rows } = await pool.query<{ migration_name: string }>(
    `SELECT migration_name FROM _prisma_migrations
     WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
  );
  const done = new Set(rows.map((row) => row.migration_name));
  // Ones this release does not know are fine: migrations only add, so that nodes update in turn.
  const missing = files.filter((file) => !done.has(file.name)).map((file) => file.name);
  return { ready: missing.length === 0, database: 'reachable', missing };
}

/**
 * Whether this desk can do its work: the database answers within 2 s and is at this release's level.
 * @param migrations folder of the migrations, prisma/migrations
 */
export function createReadiness(pool: Pool, migrations: string) {
  let files: Promise<Migration[]> | undefined;
  let asked = Number.NEGATIVE_INFINITY;
  let answer: Promise<Database> | undefined;
  let draining = false;

  const check = async (): Promise<Database> => {
    files ??= readMigrations(join(migrations));
    const patience = AbortSignal.timeout(PATIENCE_MS);
    const tooLate = new Promise<never>((_, reject) => {
      patience.addEventListener('abort', () => reject(new Error('no answer within 2 s')));
    });
    try {
      return await Promise.race([look(pool, await files), tooLate]);
    } catch (error) {
      const reason = withoutPasswords(error instanceof Error ? error.message : String(error));
      log.warn({ reason }, 'database_unreachable');
      return { ready: false, database: 'unreachable', missing: [] };
    }
  };

  return {
    async look(): Promise<Readiness> {
      const now = performance.now();
      if (!answer || now - asked > KEPT_MS) {
        asked = now;
        answer = check();
      }
      const found = await answer;
      return { ...found, ready: found.ready && !draining, draining };
    },
    /** Not ready from now on, whatever the database says. */
    drain(): void {
      draining = true;
    },
  };
}
