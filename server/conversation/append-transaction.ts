import type { Pool, PoolClient } from 'pg';
import { type FailureKind, failureOf } from './append-failure.ts';
import { type GroupResult, runGroup } from './group.ts';
import type { Contention } from './group-lock.ts';
import type { AppendItem } from './records.ts';
import type { Flows } from './store-flows.ts';

/** Longer than any lock or statement may take; then the server is taken for lost. */
const WATCHDOG_MS = 6_000;

/** A group's transaction did not come to a known end, or to none. */
export class GroupFailed extends Error {
  readonly kind: FailureKind;
  /** Set when the COMMIT was sent and its answer lost: what it did if it was done. */
  readonly perhaps: GroupResult | null;
  /** No connection could be made: there is no use in trying again at once. */
  readonly unreachable: boolean;

  constructor(
    kind: FailureKind,
    cause: unknown,
    {
      perhaps = null,
      unreachable = false,
    }: { perhaps?: GroupResult | null; unreachable?: boolean },
  ) {
    super(`append failed: ${kind}`, { cause });
    this.name = 'GroupFailed';
    this.kind = kind;
    this.perhaps = perhaps;
    this.unreachable = unreachable;
  }
}

/** Whether a group whose COMMIT answer was lost turns out to have been committed. */
export function wasCommitted(perhaps: GroupResult, now: GroupResult): boolean {
  for (const [item, then] of perhaps.outcomes) {
    const outcome = now.outcomes.get(item);
    if (then.kind !== 'appended' || !then.event || outcome?.kind !== 'known') continue;
    return outcome.known.seq === then.event.seq && outcome.known.at === then.event.at;
  }
  return false;
}

export interface TransactionOptions {
  contention: Contention;
  /** How long a lock may be waited for. Unset: what the connection allows. */
  lockTimeoutMs?: number;
  /** Told when COMMIT is sent, ms of performance.now(). */
  times?: { committing: number };
}

/** @throws GroupFailed of kind `connection` when the database cannot be reached */
export async function connect(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw new GroupFailed('connection', error, { unreachable: true });
  }
}

/**
 * Runs one group in one transaction on `client` and gives the connection back.
 * @throws GroupFailed; unless of kind `connection` nothing was written
 */
export async function transact(
  client: PoolClient,
  flows: Flows,
  items: readonly AppendItem[],
  options: TransactionOptions,
): Promise<GroupResult> {
  let result: GroupResult | null = null;
  try {
    return await onClient(client, 'transaction', async () => {
      const { lockTimeoutMs: lock } = options;
      await client.query(
        lock === undefined ? 'BEGIN' : `BEGIN; SET LOCAL lock_timeout = ${Math.ceil(lock)}`,
      );
      result = await runGroup(client, flows, items, options.contention);
      if (options.times) options.times.committing = performance.now();
      await client.query('COMMIT');
      return result;
    });
  } catch (error) {
    if (!(error instanceof GroupFailed) || error.kind !== 'connection') throw error;
    throw new GroupFailed('connection', error.cause, { perhaps: result });
  }
}

/**
 * Does `work` on a connection and gives it back, closed when it is in doubt.
 * @throws GroupFailed; unless of kind `connection` nothing was written
 */
export async function onClient<T>(
  client: PoolClient,
  what: 'transaction' | 'statement',
  work: () => Promise<T>,
): Promise<T> {
  let lost: Error | undefined;
  const onLost = (error: Error) => {
    lost = error;
  };
  client.on('error', onLost);
  const watchdog = setTimeout(() => sever(client), WATCHDOG_MS);
  try {
    return await work();
  } catch (error) {
    const kind = failureOf(error, lost !== undefined);
    if (kind === 'connection') {
      lost ??= error instanceof Error ? error : new Error('connection lost');
    } else if (what === 'transaction') {
      await client.query('ROLLBACK').catch((failure: Error) => {
        lost = failure;
      });
    }
    throw new GroupFailed(kind, error, {});
  } finally {
    clearTimeout(watchdog);
    client.off('error', onLost);
    // A connection in doubt is closed, so that nobody inherits its transaction.
    client.release(lost);
  }
}

/** Cuts the connection, which fails what is waiting on it. */
function sever(client: PoolClient): void {
  const connection: unknown = Reflect.get(client, 'connection');
  if (typeof connection !== 'object' || connection === null) return;
  const stream: unknown = Reflect.get(connection, 'stream');
  if (typeof stream === 'object' && stream !== null && 'destroy' in stream) {
    if (typeof stream.destroy === 'function') stream.destroy();
  }
}
