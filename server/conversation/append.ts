import type { Pool } from 'pg';
import { logger } from '#lib/observability/logger.ts';
import { metrics } from '#lib/observability/metrics/instruments.ts';
import { withoutTrace } from '#lib/observability/trace.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import { Admission } from './append-admission.ts';
import { isCallersFault } from './append-failure.ts';
import { type Perhaps, PlainPath } from './append-plain.ts';
import { answer, expire, merged, overloaded, type Waiting } from './append-queue.ts';
import {
  connect,
  GroupFailed,
  type TransactionOptions,
  transact,
  wasCommitted,
} from './append-transaction.ts';
import { groupCommitted } from './append-watch.ts';
import type { GroupResult } from './group.ts';
import { GroupSizing } from './group-sizing.ts';
import { type LaneLeft, Lanes } from './lanes.ts';
import type { Appended, AppendItem, Committed } from './records.ts';
import type { Flows } from './store-flows.ts';

export interface AppenderOptions {
  pool: Pool;
  flows: Flows;
  /** Called after each commit, before its callers continue. Must not throw. */
  tell(committed: Committed): void;
  /** Items in one transaction; while those are quick, up to four times as many (group-sizing.ts). */
  groupSize?: number;
  /** Items waiting before new ones are refused. */
  queueSize?: number;
  /** After this long without a place in the log an item is refused. ms */
  deadlineMs?: number;
}

/** Connections that conversations held elsewhere may occupy: at most a quarter of the pool. */
const LANE_WIDTH = 4;
/** A group waits this long at most for another node that opens the same conversation. */
const GROUP_LOCK_MS = 150;
const ATTEMPTS = 4;
const NOTHING_LEFT: LaneLeft = { waiting: [], held: false };

/**
 * The one way into the log. What queued meanwhile goes as one group, one transaction at a time; the
 * next group is what queued during it, so that groups grow with the load and nothing waits for a
 * clock.
 */
export class Appender {
  readonly #options: Required<AppenderOptions>;
  readonly #lanes: Lanes;
  readonly #plain: PlainPath;
  #queue: Waiting[] = [];
  #running: Promise<void> | null = null;
  #closed = false;
  #count = 0;
  readonly #admission: Admission;
  readonly #sizing: GroupSizing;
  #picked = { items: 0, at: 0, oldestWaitMs: 0 };

  constructor(options: AppenderOptions) {
    this.#options = { groupSize: 500, queueSize: 5_000, deadlineMs: 10_000, ...options };
    const { queueSize, groupSize } = this.#options;
    this.#admission = new Admission({ most: queueSize, group: groupSize });
    this.#sizing = new GroupSizing(groupSize);
    const width = Math.max(1, Math.min(LANE_WIDTH, Math.floor(options.pool.options.max / 4)));
    this.#lanes = new Lanes(width, async (waiting, lockTimeoutMs) => {
      // Asked before: what goes on elsewhere is renamed by the attempt.
      const lane = waiting[0]?.item.conversationId ?? '';
      const left = await this.#attempt(() => waiting, { contention: 'wait', lockTimeoutMs });
      return this.#leaveLane(lane, left);
    });
    this.#plain = new PlainPath(options.pool, options.flows, options.tell);
  }

  /** Rejects with ParlourError. */
  append(item: AppendItem): Promise<Appended> {
    if (this.#closed) return Promise.reject(new ParlourError('unavailable'));
    const retryAfterMs = this.full;
    if (retryAfterMs !== null) {
      metrics.shed.add('append', 'queue');
      return Promise.reject(overloaded(retryAfterMs));
    }
    return new Promise((resolve, reject) => {
      const order = this.#count++;
      const since = performance.now();
      const deadline = since + this.#options.deadlineMs;
      this.#queue.push(...this.#sift([{ item, order, since, deadline, resolve, reject }]));
      this.#wake();
    });
  }

  /** When somebody who comes now may come again, ms; null: there is room. */
  get full(): number | null {
    const { queue, lanes } = this.waiting;
    return this.#admission.admits(queue + lanes) ? null : this.#admission.retryAfterMs();
  }

  /** Items wait longer than they should: what is not a message had better come later. */
  get overloaded(): boolean {
    return this.#admission.isBehind(this.#queue.length);
  }

  /** A group is on its way. */
  get busy(): boolean {
    return this.#running !== null;
  }

  /** Items that wait for a transaction, and those in lanes of held conversations. */
  get waiting(): { queue: number; lanes: number } {
    return { queue: this.#queue.length, lanes: this.#lanes.size };
  }

  /** Refuses new items and waits for those on their way. */
  async close(): Promise<void> {
    this.#closed = true;
    while (this.#running || !this.#lanes.idle) {
      await (this.#running ?? new Promise((resolve) => setTimeout(resolve, 5)));
    }
  }

  #wake(): void {
    if (this.#running || this.#queue.length === 0) return;
    // A group is everybody's: nothing it logs belongs to the trace of whoever woke it.
    this.#running = withoutTrace(() => this.#drain()).finally(() => {
      this.#running = null;
      this.#wake();
    });
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      const { pick, perhaps } = await this.#writePlain();
      if (pick) {
        const left = await this.#attempt(pick, { contention: 'skip' }, perhaps);
        this.#requeue(left.waiting);
      }
      const now = performance.now();
      const { items, at, oldestWaitMs } = this.#picked;
      if (items > 0) {
        this.#admission.settled(items, now - at, oldestWaitMs, now);
        this.#sizing.settled(items, now - at);
      }
      this.#picked.items = 0;
    }
  }

  /**
   * Back to the queue, to where they would be had they known where to go: nothing that came later
   * may pass them, nor may they pass what came before and goes to the same conversation.
   */
  #requeue(waiting: readonly Waiting[]): void {
    if (waiting.length > 0) this.#queue = merged(this.#queue, this.#sift(waiting));
  }

  /** Plain messages of the next group at once; then how to get the rest of it, if any. */
  async #writePlain(): Promise<{ pick: (() => Waiting[]) | null; perhaps: Perhaps | null }> {
    try {
      const { waiting, perhaps } = await this.#plain.write(() => this.#pick());
      return { pick: waiting.length > 0 ? () => waiting : null, perhaps };
    } catch (error) {
      // Without a connection nothing was picked: the whole way says what that means for the items.
      if (!(error instanceof GroupFailed)) throw error;
      return { pick: () => this.#pick(), perhaps: null };
    }
  }

  #pick(): Waiting[] {
    const now = performance.now();
    const many = this.#queue.length;
    const late = (since: number) => this.#admission.tooLate(since, now, many);
    const ready = this.#sift(expire(this.#queue, now, late));
    this.#queue = ready.splice(this.#sizing.size);
    // In order of coming: the first has waited longest.
    this.#picked = { items: ready.length, at: now, oldestWaitMs: now - (ready[0]?.since ?? now) };
    return ready;
  }

  /** Sends what has a lane by now there, which keeps its order; returns the rest. */
  #sift(waiting: readonly Waiting[]): Waiting[] {
    return waiting.filter((one) => {
      const { conversationId } = one.item;
      if (!this.#lanes.has(conversationId)) return true;
      this.#lanes.push(conversationId, one);
      return false;
    });
  }

  /**
   * What a lane's items go on with in another conversation leaves it, and what came behind them to
   * be opened as the same goes along: whoever is answered from there may write there next.
   */
  #leaveLane(lane: string, left: LaneLeft): LaneLeft {
    const staying = left.waiting.filter((one) => one.item.conversationId === lane);
    const leaving = left.waiting.filter((one) => one.item.conversationId !== lane);
    const [first] = leaving;
    if (first && staying.length === 0) {
      for (const one of this.#lanes.take(lane)) {
        if (isSameOpening(one.item, first.item)) {
          const { conversationId } = first.item;
          leaving.push({ ...one, item: { ...one.item, conversationId } });
        } else this.#lanes.push(lane, one);
      }
    }
    this.#requeue(leaving);
    this.#wake();
    return { waiting: staying, held: left.held || staying.length > 0 };
  }

  /** Runs a group to its end: every item is answered, in a lane, or returned to go first next time. */
  async #attempt(
    pick: () => Waiting[],
    options: TransactionOptions,
    lost: Perhaps | null = null,
  ): Promise<LaneLeft> {
    let group: Waiting[] | null = null;
    let perhaps = lost;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const client = await connect(this.#options.pool);
        // Picked only now: whatever came while we waited for the connection comes along.
        group ??= pick();
        if (group.length === 0) {
          client.release();
          return NOTHING_LEFT;
        }
        const items = group.map((one) => one.item);
        const times = { began: performance.now(), committing: 0 };
        const settings = { ...limited(items, options), times };
        const result = await transact(client, this.#options.flows, items, settings);
        groupCommitted(group, result, times);
        this.#plain.learn(result);
        for (const committed of perhaps?.(result) ?? []) this.#options.tell(committed);
        return this.#settle(group, result, options);
      } catch (error) {
        // Whatever else is thrown is ours to fix, and still answers every caller.
        const failed = error instanceof GroupFailed ? error : new GroupFailed('bug', error, {});
        metrics.groupFailures.add(failed.kind);
        const done = failed.perhaps;
        if (done) perhaps = (now) => (wasCommitted(done, now) ? done.committed : []);
        const again = failed.kind === 'again' || failed.kind === 'connection';
        if (again && !failed.unreachable && attempt < ATTEMPTS) {
          // A server that hangs is noticed late; who waited too long repeats with the same key.
          if (group) group = expire(group, performance.now());
          continue;
        }
        return this.#fail(group ?? pick(), failed, options);
      }
    }
  }

  async #fail(
    group: Waiting[],
    error: GroupFailed,
    options: TransactionOptions,
  ): Promise<LaneLeft> {
    switch (error.kind) {
      case 'contention':
        if (options.contention === 'wait') return { waiting: group, held: true };
        return this.#toLanes(group, options);
      case 'again':
      case 'connection':
        logger.warn({ err: error.cause, items: group.length }, 'append_unavailable');
        for (const one of group) {
          one.reject(new ParlourError('unavailable', { retryAfterMs: 1_000, cause: error.cause }));
        }
        return NOTHING_LEFT;
      case 'data':
      case 'bug':
        return this.#bisect(group, error, options);
      default:
        return error.kind satisfies never;
    }
  }

  /** Another node is opening what we want to open: those wait apart, the others go on at once. */
  async #toLanes(group: Waiting[], options: TransactionOptions): Promise<LaneLeft> {
    const some = group.some((one) => one.item.open);
    for (const one of group) {
      if (!some || one.item.open) this.#lanes.push(one.item.conversationId, one);
    }
    const rest = some ? this.#sift(group.filter((one) => !one.item.open)) : [];
    return rest.length > 0 ? this.#attempt(() => rest, options) : NOTHING_LEFT;
  }

  /** One bad item must not hurt the others: halves, in order, until it stands alone. */
  async #bisect(
    group: Waiting[],
    error: GroupFailed,
    options: TransactionOptions,
  ): Promise<LaneLeft> {
    const [only] = group;
    if (only && group.length === 1) {
      refuse(only, error.cause);
      return NOTHING_LEFT;
    }
    const middle = Math.ceil(group.length / 2);
    const first = await this.#attempt(() => group.slice(0, middle), options);
    const rest = [...first.waiting, ...group.slice(middle)];
    if (options.contention === 'wait' && first.held) return { waiting: rest, held: true };
    return this.#attempt(() => (options.contention === 'wait' ? rest : this.#sift(rest)), options);
  }

  /** After the commit: listeners first, then callers; returns what goes on elsewhere, in order. */
  #settle(
    group: readonly Waiting[],
    result: GroupResult,
    { contention }: TransactionOptions,
  ): LaneLeft {
    for (const committed of result.committed) this.#options.tell(committed);
    const waiting: Waiting[] = [];
    for (const one of group) {
      const outcome = result.outcomes.get(one.item);
      const { conversationId } = one.item;
      switch (outcome?.kind) {
        case 'appended':
        case 'known':
        case 'failed':
          answer(one, outcome, result.records.get(conversationId));
          break;
        case 'busy':
          // In its lane already when this is the lane's own attempt: then it keeps its place there.
          if (contention === 'wait') waiting.push(one);
          else this.#lanes.push(conversationId, one);
          break;
        case 'again':
          one.item = { ...one.item, conversationId: outcome.conversationId };
          // Into a lane at once: whoever was just answered may already write behind it.
          waiting.push(...(contention === 'wait' ? [one] : this.#sift([one])));
          break;
        default:
          one.reject(new ParlourError('internal'));
      }
    }
    return { waiting, held: false };
  }
}

/** Only an insert can wait for another node's transaction; without one no round trip is spent. */
function limited(items: readonly AppendItem[], options: TransactionOptions): TransactionOptions {
  const opens = options.contention === 'skip' && items.some((item) => item.open);
  return opens ? { ...options, lockTimeoutMs: GROUP_LOCK_MS } : options;
}

function isSameOpening(one: AppendItem, other: AppendItem): boolean {
  return (
    one.open !== undefined &&
    one.open.contactId === other.open?.contactId &&
    one.open.channelId === other.open.channelId
  );
}

function refuse(one: Waiting, cause: unknown): void {
  const { conversationId, ctx } = one.item;
  logger.error(
    { err: cause, conversation: conversationId, trace: ctx.trace },
    'append_item_refused',
  );
  const code = isCallersFault(cause) ? 'invalid_input' : 'internal';
  one.reject(new ParlourError(code, { cause }));
}
