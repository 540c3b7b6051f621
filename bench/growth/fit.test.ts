import { expect, test } from 'vitest';
import { againstLog, exponentOf, medianOf, type Point } from './fit.ts';

const sizes = [10, 100, 1_000, 10_000];
const curve = (cost: (n: number) => number): Point[] => sizes.map((n) => [n, cost(n)]);

test('flat and logarithmic costs pass, linear and square-root ones do not', () => {
  expect(againstLog(curve(() => 5)).ratio).toBeLessThan(1);
  expect(againstLog(curve((n) => Math.log(n))).ratio).toBeLessThan(1);
  expect(againstLog(curve((n) => n)).ratio).toBeGreaterThan(1);
  expect(againstLog(curve((n) => Math.sqrt(n)))).toMatchObject({ at: 10_000 });
  expect(againstLog(curve((n) => Math.sqrt(n))).ratio).toBeGreaterThan(1);
});

test('exponents of power laws are found', () => {
  expect(exponentOf(curve((n) => 3 * n))).toBeCloseTo(1);
  expect(exponentOf(curve((n) => 3 * Math.sqrt(n)))).toBeCloseTo(0.5);
  expect(exponentOf(curve(() => 3))).toBeCloseTo(0);
});

test('a median of an even number is the lower one', () => {
  expect(medianOf([4, 1, 3, 2])).toBe(2);
});
