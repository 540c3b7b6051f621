import { expect, test } from 'vitest';
import { GroupSizing } from './group-sizing.ts';

test('full groups that are quick grow to four times the size, slow ones shrink back to it', () => {
  const sizing = new GroupSizing(500);
  expect(sizing.size).toBe(500);
  sizing.settled(499, 5);
  expect(sizing.size).toBe(500);
  for (const size of [1_000, 2_000, 2_000]) {
    sizing.settled(sizing.size, 100);
    expect(sizing.size).toBe(size);
  }
  sizing.settled(2_000, 300);
  expect(sizing.size).toBe(2_000);
  for (const size of [1_000, 500, 500]) {
    sizing.settled(sizing.size, 1_000);
    expect(sizing.size).toBe(size);
  }
});
