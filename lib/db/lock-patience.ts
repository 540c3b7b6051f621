import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';

/** How long and how often a migration tries for its locks; times in ms. */
export interface Patience {
  /**
   * One wait for a lock. Whoever asks for the table after us waits behind us: so it is below the 2 s for
   * which a desk's statement waits, and above PostgreSQL's deadlock_timeout (1 s), after which an
   * autovacuum that is in the way gives up.
   */
  lockMs: number;
  /** Between two attempts what queued behind us goes through. */
  pauseMs: number;
  attempts: number;
}

/** Two minutes in all: longer than any statement of ours, shorter than an operator's patience. */
export const PATIENCE: Patience = { lockMs: 1_500, pauseMs: 1_500, attempts: 40 };

const LOCK_NOT_AVAILABLE = '55P03';
const DEADLOCK = '40P01';

const isForLocks = (error: unknown): boolean =>
  [LOCK_NOT_AVAILABLE, DEADLOCK].includes(String((error as { code?: unknown }).code));

/** Others hold what a statement needs, and have for as long as it was tried. */
export class LockWaitError extends Error {
  override name = 'LockWaitError';
  /** In words, the oldest first; empty when nobody was seen. */
  readonly holders: readonly string[];

  constructor(holders: readonly string[], cause: unknown) {
    super('others hold the locks it needs', { cause });
    this.holders = holders;
  }
}

interface Holder {
  pid: number;
  application: string;
  state: string | null;
  seconds: number;
}

const HOLDERS = `SELECT pid, COALESCE(NULLIF(application_name, ''), backend_type) AS application, state,
    extract(epoch FROM clock_timestamp() - COALESCE(xact_start, backend_start))::int AS seconds
  FROM pg_stat_activity WHERE pid = ANY (pg_blocking_pids($1)) ORDER BY seconds DESC LIMIT 5`;

/** What passes by then has waited for nobody. */
const LOOK_EVERY_MS = 200;

/**
 * Looks who is in the way of a backend, while it waits: afterwards nobody is in the way of anything.
 * @returns those seen last, in words
 */
async function watchHolders(url: string, pid: number, signal: AbortSignal): Promise<string[]> {
  const rest = () => pause(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  await rest();
  if (signal.aborted) return [];
  const client = new Client({ connectionString: url, application_name: 'parlour-migrate-watch' });
  await client.connect();
  try {
    let seen: Holder[] = [];
    while (!signal.aborted) {
      const { rows } = await client.query<Holder>(HOLDERS, [pid]);
      if (rows.length > 0) seen = rows;
      await rest();
    }
    return seen.map(
      ({ pid: holder, application, state, seconds }) =>
        `process ${holder} (${application}, ${state ?? 'at work'}) for ${seconds} s`,
    );
  } finally {
    await client.end();
  }
}

/**
 * Tries `work` until it gets its locks. It limits its own waits (`lockMs`) and undoes itself when it fails.
 * @param backend whose waits are looked into, by its process id
 * @param onBusy told after each attempt but the last who was in the way
 * @throws LockWaitError after the last attempt; whatever else `work` throws, at once
 */
export async function withPatience(
  { attempts, pauseMs }: Pick<Patience, 'attempts' | 'pauseMs'>,
  backend: { url: string; pid: number },
  work: () => Promise<void>,
  onBusy: (holders: readonly string[]) => void = () => {},
): Promise<void> {
  let seen: string[] = [];
  for (let left = attempts - 1; ; left -= 1) {
    const over = new AbortController();
    // Not knowing who is in the way must fail no migration.
    const holders = watchHolders(backend.url, backend.pid, over.signal).catch((): string[] => []);
    try {
      await work();
      return;
    } catch (error) {
      if (!isForLocks(error)) throw error;
      over.abort();
      const now = await holders;
      if (now.length > 0) seen = now;
      if (left <= 0) throw new LockWaitError(seen, error);
      onBusy(seen);
    } finally {
      over.abort();
      await holders;
    }
    await pause(pauseMs);
  }
}
