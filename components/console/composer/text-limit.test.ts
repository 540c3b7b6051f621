import { expect, it } from 'vitest';
import { bytesLeft } from './text-limit.ts';

it('D9: the limit shows near 8 KB of UTF-8, not of characters', () => {
  expect(bytesLeft('a'.repeat(7000))).toBeNull();
  expect(bytesLeft('a'.repeat(8000))).toBe(192);
  expect(bytesLeft('字'.repeat(2600))).toBe(392);
  expect(bytesLeft('字'.repeat(2800))).toBe(-208);
});
