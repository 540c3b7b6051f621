import { expect, test } from 'vitest';
import { backoffMs, reconnectMs } from './backoff.ts';

const first = (delay: typeof backoffMs, chance: number) =>
  Array.from({ length: 13 }, (_, attempt) => delay(attempt, () => chance));

test('S10, S13: repeats double from 0.5 s to 15 s, the upper half by chance', () => {
  expect(first(backoffMs, 1).slice(0, 7)).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
  expect(first(backoffMs, 0).slice(0, 7)).toEqual([250, 500, 1000, 2000, 4000, 7500, 7500]);
});

test('S30: a connection is tried every 2 s at least, before it is tried less and less', () => {
  const row = [500, 1000, ...Array.from({ length: 7 }, () => 2000), 4000, 8000, 15_000, 15_000];
  expect(first(reconnectMs, 1)).toEqual(row);
  expect(first(reconnectMs, 0)).toEqual(row.map((ms) => ms / 2));
});
