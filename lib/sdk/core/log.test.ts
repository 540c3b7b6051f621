import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLog } from './log.ts';

const event = (seq: number) => ({ seq, kind: 'message', clientKey: `k${seq}` });
const seqs = (log: { items(): readonly { event: { seq: number } }[] }) =>
  log.items().map((item) => item.event.seq);

describe('log', () => {
  it('S1, S3: any order, repeats and batching show each event once, in order', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }).chain((count) => {
          const all = Array.from({ length: count }, (_, i) => i + 1);
          return fc
            .tuple(
              fc.shuffledSubarray(all, { minLength: count, maxLength: count }),
              fc.array(fc.constantFrom(...all)),
            )
            .map(([order, repeats]) => ({ count, arrivals: [...repeats, ...order] }));
        }),
        ({ count, arrivals }) => {
          const log = createLog();
          const shown: number[] = [];
          for (const seq of arrivals) {
            for (const fresh of log.add([event(seq)])) shown.push(fresh.seq);
            expect(seqs(log)).toEqual(shown);
          }
          expect(shown).toEqual(Array.from({ length: count }, (_, i) => i + 1));
          expect(log.behind()).toBe(false);
        },
      ),
    );
  });

  it('S2: what lies beyond a gap is held until it is filled', () => {
    const log = createLog();
    log.add([event(1), event(3), event(4)]);
    expect(seqs(log)).toEqual([1]);
    expect(log.behind()).toBe(true);
    expect(log.add([event(2)]).map(({ seq }) => seq)).toEqual([2, 3, 4]);
    expect(log.behind()).toBe(false);
  });

  it('S60: items keep their identity, and the array while nothing came', () => {
    const log = createLog();
    log.add([event(1)]);
    const before = log.items();
    log.add([event(1)]);
    expect(log.items()).toBe(before);
    log.add([event(2)]);
    expect(log.items()[0]).toBe(before[0]);
  });
});
