import { metrics } from '#lib/observability/metrics/instruments.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import type { Outcome } from './group-plan.ts';
import type { Appended, AppendItem, ConversationRecord } from './records.ts';

/** An item on its way, with the caller who waits for it. */
export interface Waiting {
  item: AppendItem;
  /** Of its coming among all items of the node. */
  order: number;
  /** When it was asked and when it is given up, by the process's own steady clock (performance.now). */
  since: number;
  deadline: number;
  resolve(appended: Appended): void;
  reject(error: ParlourError): void;
}

export function overloaded(retryAfterMs: number): ParlourError {
  return new ParlourError('overloaded', { retryAfterMs });
}

/** Answers and drops those past their deadline, or `tooLate` by their age. */
export function expire(
  waiting: Waiting[],
  now: number,
  tooLate: (since: number) => boolean = () => false,
): Waiting[] {
  const alive: Waiting[] = [];
  for (const one of waiting) {
    if (one.deadline > now && !tooLate(one.since)) alive.push(one);
    else {
      metrics.shed.add('append', 'late');
      one.reject(overloaded(1_000));
    }
  }
  return alive;
}

/** Both in the order of their coming, as the result is. */
export function merged(some: readonly Waiting[], others: readonly Waiting[]): Waiting[] {
  const all: Waiting[] = [];
  let at = 0;
  for (const one of some) {
    for (let other = others[at]; other && other.order < one.order; other = others[at]) {
      all.push(other);
      at += 1;
    }
    all.push(one);
  }
  return all.concat(others.slice(at));
}

/** Answers a caller with what a committed group did. */
export function answer(
  one: Waiting,
  outcome: Extract<Outcome, { kind: 'appended' | 'known' | 'failed' }>,
  record: ConversationRecord | undefined,
): void {
  if (outcome.kind === 'failed') {
    one.reject(outcome.error);
    return;
  }
  if (!record) {
    one.reject(new ParlourError('internal'));
    return;
  }
  const conversationId = record.conversationId;
  if (outcome.kind === 'known') {
    const { seq, publicSeq, at } = outcome.known;
    one.resolve({ conversationId, seq, publicSeq, at, moved: false, repeated: true, row: record });
    return;
  }
  const { event, moved } = outcome;
  one.resolve({
    conversationId,
    seq: event?.seq ?? record.lastSeq,
    publicSeq: event ? event.publicSeq : record.lastPublicSeq,
    at: event?.at ?? record.enteredAt,
    moved,
    repeated: false,
    row: record,
  });
}
