import type { ConversationRecord } from '#server/conversation/index.ts';
import { Inspection, type Rule } from '../rule.ts';

const isCount = (seqs: readonly number[]) => seqs.every((seq, index) => seq === index + 1);

/** I5, first half. */
export const gapless: Rule = {
  name: 'I5 gapless',
  about:
    'seq and public_seq of every conversation count from 1 without a gap, and time never runs back.',
  check({ facts }) {
    const seen = new Inspection();
    for (const [id, log] of facts.logs) {
      const seqs = log.map((event) => event.seq);
      seen.expect(isCount(seqs), () => `seqs of ${id} are ${seqs.join()}`);
      const shown = log.flatMap(({ publicSeq }) => publicSeq ?? []);
      seen.expect(isCount(shown), () => `public seqs of ${id} are ${shown.join()}`);
      const back = log.find((event, index) => event.at < (log[index - 1]?.at ?? 0));
      seen.expect(!back, () => `time runs back in ${id} at seq ${back?.seq}`, back);
    }
    for (const id of facts.rows.keys()) {
      seen.expect(facts.logs.has(id), () => `conversation ${id} has no log`, facts.rows.get(id));
    }
    for (const id of facts.logs.keys()) {
      seen.expect(facts.rows.has(id), () => `the log of ${id} has no conversation`);
    }
    return seen;
  },
};

/** Structural equality of JSON values; key order and undefined do not matter. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => same(Reflect.get(a, key), Reflect.get(b, key)));
}

/** Marks stand outside the log (D6). */
const OUTSIDE = new Set(['visitorReadSeq', 'agentReadSeq']);

function differing(folded: ConversationRecord, row: ConversationRecord): string[] {
  const keys = new Set([...Object.keys(folded), ...Object.keys(row)]);
  return [...keys].filter(
    (key) => !OUTSIDE.has(key) && !same(Reflect.get(folded, key), Reflect.get(row, key)),
  );
}

/** I5, second half. */
export const folded: Rule = {
  name: 'I5 row is fold',
  about: 'Every row is the fold of its events.',
  check({ facts, replays }) {
    const seen = new Inspection();
    for (const [id, row] of facts.rows) {
      const steps = replays.get(id) ?? [];
      const last = steps.at(-1)?.after;
      const whole = steps.length === (facts.logs.get(id)?.length ?? 0);
      const wrong = last && whole ? differing(last, row) : ['its log'];
      seen.expect(
        wrong.length === 0,
        () => `row ${id} is not the fold of its events in ${wrong.join(', ')}`,
        row,
        last,
      );
    }
    return seen;
  },
};

/** D6: marks never pass what there is to read. */
export const marks: Rule = {
  name: 'D6 read marks',
  about: 'No read mark stands beyond the end of its conversation.',
  check({ facts }) {
    const seen = new Inspection();
    for (const [id, row] of facts.rows) {
      const fits = row.visitorReadSeq <= row.lastPublicSeq && row.agentReadSeq <= row.lastPublicSeq;
      seen.expect(fits, () => `read marks of ${id} are beyond its end`, row);
    }
    for (const read of facts.reads) {
      const head = facts.rows.get(read.conversationId)?.lastSeq ?? 0;
      seen.expect(read.seq <= head, () => `a member's read mark is beyond the end`, read);
    }
    return seen;
  },
};
