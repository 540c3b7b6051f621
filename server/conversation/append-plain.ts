import type { Pool } from 'pg';
import { logger } from '#lib/observability/logger.ts';
import { answer, type Waiting } from './append-queue.ts';
import { connect, GroupFailed, onClient } from './append-transaction.ts';
import { type GroupTimes, groupCommitted } from './append-watch.ts';
import type { GroupResult } from './group.ts';
import { applied, type PlainResult, writePlain } from './group-plain.ts';
import { type PlainChange, plainChanges } from './group-plain-choice.ts';
import type { Committed } from './records.ts';
import type { Flows } from './store-flows.ts';
import { KnownRows } from './store-versions.ts';

/** What a lost answer may have done: told by what the next look at the same items found. */
export type Perhaps = (now: GroupResult) => Committed[];

/** What the plain write left over, in order. */
export interface PlainLeft {
  waiting: Waiting[];
  perhaps: Perhaps | null;
}

/**
 * Plain messages, the many: one statement instead of a transaction of five, resting on rows this
 * node wrote last itself. Whatever does not fit goes the whole way, untouched.
 */
export class PlainPath {
  readonly rows = new KnownRows();
  readonly #pool: Pool;
  readonly #flows: Flows;
  readonly #tell: (committed: Committed) => void;

  constructor(pool: Pool, flows: Flows, tell: (committed: Committed) => void) {
    this.#pool = pool;
    this.#flows = flows;
    this.#tell = tell;
  }

  /**
   * Picks a group and writes what is plain of it; listeners and callers of that are answered.
   * @throws GroupFailed when there is no connection; then nothing was picked
   */
  async write(pick: () => Waiting[]): Promise<PlainLeft> {
    const client = await connect(this.#pool);
    // Picked only now: whatever came while we waited for the connection comes along.
    const group = pick();
    const changes = plainChanges(
      group.map((one) => one.item),
      this.rows,
      this.#flows,
    );
    if (changes.length === 0) {
      client.release();
      return { waiting: group, perhaps: null };
    }
    const began = performance.now();
    try {
      const result = await onClient(client, 'statement', () =>
        writePlain(client, changes, this.rows),
      );
      // One statement, which commits by itself: there is no moment between writing and COMMIT.
      const times = { began, committing: began };
      return { waiting: this.#settle(group, result, times), perhaps: null };
    } catch (error) {
      if (!(error instanceof GroupFailed)) throw error;
      logger.debug({ err: error.cause, kind: error.kind }, 'append_plain_failed');
      if (error.kind !== 'connection') return { waiting: group, perhaps: null };
      this.rows.clear();
      return { waiting: group, perhaps: (now) => whatWasDone(changes, now) };
    }
  }

  /** Rows as a whole transaction found and left them. */
  learn({ records, versions, server }: GroupResult): void {
    this.rows.heardFrom(server);
    for (const [id, { found, version }] of versions) {
      const record = records.get(id);
      if (record) this.rows.saw(id, record, found, version);
    }
  }

  /** Listeners first, then callers; returns whom it did not answer. */
  #settle(group: readonly Waiting[], result: PlainResult, times: GroupTimes): Waiting[] {
    const done = group.filter((one) => result.outcomes.has(one.item));
    groupCommitted(done, result, times);
    for (const committed of result.committed) this.#tell(committed);
    for (const one of done) {
      const outcome = result.outcomes.get(one.item);
      if (outcome) answer(one, outcome, result.records.get(outcome.conversationId));
    }
    return group.filter((one) => !result.outcomes.has(one.item));
  }
}

/** A plain write is all or nothing per conversation: its first key stands where we put it, or not. */
function whatWasDone(changes: readonly PlainChange[], now: GroupResult): Committed[] {
  const done: Pick<PlainResult, 'committed' | 'outcomes' | 'records'> = {
    committed: [],
    outcomes: new Map(),
    records: new Map(),
  };
  for (const change of changes) {
    // Marks keep no key: they are moved again, which changes nothing.
    const first = change.items.find((item) => item.entries.length > 0);
    const outcome = first && now.outcomes.get(first);
    if (outcome?.kind !== 'known') continue;
    if (outcome.known.seq === change.row.record.lastSeq + 1)
      applied(change, outcome.known.at, done);
  }
  return done.committed;
}
