import { describe, expect, test } from 'vitest';
import { niceStep, scaleFor } from './scale.ts';

test.each([
  [100, 5, 20],
  [7, 5, 2],
  [0.9, 5, 0.2],
  [12_000, 4, 5_000],
  [50, 5, 10],
])('a span of %d in at most %d parts: steps of %d', (span, count, step) => {
  expect(niceStep(span, count)).toBeCloseTo(step, 10);
});

describe('linear', () => {
  test('round ticks from zero, beyond the highest value', () => {
    const scale = scaleFor([3, 47], 'linear');
    expect(scale.ticks).toEqual([0, 10, 20, 30, 40, 50]);
    expect(scale.at(0)).toBe(0);
    expect(scale.at(25)).toBe(0.5);
    expect(scale.at(50)).toBe(1);
  });

  test('values far from zero begin near themselves', () => {
    expect(scaleFor([980, 1_000], 'linear').ticks[0]).toBe(980);
  });

  test('no rounding errors in ticks', () => {
    expect(scaleFor([0, 0.5], 'linear').ticks).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5]);
  });

  test.each([[[]], [[0]], [[5, 5]], [[-3]], [[Number.NaN, 1]]])('%j is drawn, too', (values) => {
    const scale = scaleFor(values, 'linear');
    expect(scale.ticks.length).toBeGreaterThan(1);
    for (const value of values.filter(Number.isFinite)) {
      expect(scale.at(value)).toBeGreaterThanOrEqual(0);
      expect(scale.at(value)).toBeLessThanOrEqual(1);
    }
  });
});

describe('logarithmic', () => {
  test('powers of ten; a factor is the same length everywhere', () => {
    const scale = scaleFor([1, 10_000], 'log');
    expect(scale.ticks).toEqual([1, 10, 100, 1_000, 10_000]);
    expect(scale.at(100)).toBeCloseTo(0.5);
    expect(scale.at(1_000) - scale.at(100)).toBeCloseTo(scale.at(10) - scale.at(1));
  });

  test('a short span has 2 and 5 as well, and hugs the values', () => {
    expect(scaleFor([3, 40], 'log').ticks).toEqual([2, 5, 10, 20, 50]);
  });

  test('a long one is thinned out', () => {
    expect(scaleFor([1e-6, 1e9], 'log').ticks.length).toBeLessThanOrEqual(8);
  });

  test('one value, and none above zero', () => {
    expect(scaleFor([7], 'log').at(7)).toBeLessThanOrEqual(1);
    expect(scaleFor([0, -1], 'log').kind).toBe('linear');
    expect(scaleFor([0, 10, 100], 'log').at(0)).toBe(0);
  });
});
