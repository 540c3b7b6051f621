import { expect, it } from 'vitest';
import { createRow, idOf, ME, OTHER } from '../test/rows.ts';
import { createOffers } from './offers.ts';

it('S54: an offer is told once, ordered by when it lapses, and leaves with its target', () => {
  const told: string[] = [];
  const offers = createOffers(
    () => ME,
    (row) => told.push(row.id),
  );
  const offered = (number: number, expires: string, stateRev = 2) =>
    createRow(number, {
      phase: 'offered',
      targetMemberId: ME,
      offerExpiresAt: `2026-01-01T00:00:${expires}Z`,
      stateRev,
    });
  offers.see(offered(1, '40'));
  offers.see(offered(1, '40'));
  offers.see(offered(2, '20'));
  expect(told).toEqual([idOf(1), idOf(2)]);
  expect(offers.snapshot().map((row) => row.id)).toEqual([idOf(2), idOf(1)]);
  const before = offers.snapshot();
  offers.see(createRow(3, { targetMemberId: OTHER }));
  expect(offers.snapshot()).toBe(before);
  offers.see(createRow(2));
  offers.drop(idOf(1));
  expect(offers.snapshot()).toEqual([]);
  offers.see(offered(1, '50', 4));
  expect(told).toEqual([idOf(1), idOf(2), idOf(1)]);
});
