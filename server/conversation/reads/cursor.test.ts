import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeCursor, encodeCursor, type InboxCursor, parseSnapshot, partWay } from './cursor.ts';

const xid = fc.bigInt({ min: 3n, max: 2n ** 60n });

/** A snapshot: everything below `from` was seen, but for those still running. */
const cursor: fc.Arbitrary<InboxCursor> = fc
  .tuple(xid, fc.uniqueArray(fc.bigInt({ min: 1n, max: 5_000n }), { maxLength: 200 }))
  .map(([from, back]) => ({
    epoch: '0123456789ab',
    access: 'ba9876543210',
    from,
    open: back.map((one) => from - one).filter((one) => one > 0n),
  }));

const unseen = (at: InboxCursor, tx: bigint) => tx >= at.from || at.open.includes(tx);

test('D4: a cursor survives the wire; one that grew too long only forgets what was seen', () => {
  fc.assert(
    fc.property(cursor, fc.bigInt({ min: -5_100n, max: 100n }), (at, offset) => {
      const text = encodeCursor(at);
      expect(text.length).toBeLessThanOrEqual(120);
      const read = decodeCursor(text);
      expect(read).toMatchObject({ epoch: at.epoch, access: at.access });
      const tx = at.from + offset;
      // Never the other way round: what was not seen stays unseen.
      if (read && unseen(at, tx)) expect(unseen(read, tx)).toBe(true);
      if (read && at.open.length <= 8) expect(read).toEqual(at);
    }),
  );
});

test('D4: after a page up to a transaction, exactly what it showed counts as seen', () => {
  fc.assert(
    fc.property(
      cursor,
      fc.bigInt({ min: 0n, max: 50n }),
      fc.uniqueArray(fc.bigInt({ min: 0n, max: 60n }), { maxLength: 10 }),
      fc.bigInt({ min: -5_100n, max: 60n }),
      (before, ahead, running, offset) => {
        const snapshot = { open: running.map((one) => before.from + one) };
        const seen = before.from + ahead;
        const after = partWay(before, snapshot, seen);
        const tx = before.from + offset;
        const shown = tx <= seen && !snapshot.open.includes(tx);
        expect(unseen(after, tx)).toBe(unseen(before, tx) && !shown);
      },
    ),
  );
});

test('a page that ends among the old running ones keeps what lies behind them as seen', () => {
  const before = { epoch: 'e', access: 'a', from: 1_000n, open: [10n, 20n, 30n] };
  // 20 has committed and filled the page; 10 runs on.
  expect(partWay(before, { open: [10n] }, 20n)).toEqual({ ...before, open: [10n, 30n] });
});

test('what is none of ours is no cursor', () => {
  for (const text of ['', 'a', 'a.b', 'a.b.', 'a.b.-1', 'a.b.1.2..3', `a.b.${'z'.repeat(14)}`]) {
    expect(decodeCursor(text)).toBeNull();
  }
});

test('numbers that no transaction can have are none of ours either: PostgreSQL would choke on them', () => {
  const epoch = '0123456789ab.0123456789ab';
  expect(decodeCursor(`${epoch}.zzzzzzzzzzzzz`)).toBeNull();
  expect(decodeCursor(`${epoch}.a.b`)).toBeNull();
  expect(decodeCursor(`${epoch}.b.a`)).toMatchObject({ from: 11n, open: [1n] });
});

test('snapshots are read as PostgreSQL writes them', () => {
  expect(parseSnapshot('10:20:10,14,19')).toEqual({ from: 20n, open: [10n, 14n, 19n] });
  expect(parseSnapshot('20:20:')).toEqual({ from: 20n, open: [] });
});
