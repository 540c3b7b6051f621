import { expect, test } from 'vitest';
import { planOf } from '../commands/test.ts';
import { countPlaywright, countVitest } from './suites.ts';
import { succeeded } from './tally.ts';

const vitest = (numPassedTests: number, numFailedTests: number, ...files: [string, number][]) => ({
  numPassedTests,
  numFailedTests,
  testResults: files.map(([status, tests]) => ({
    status,
    assertionResults: Array(tests).fill({}),
  })),
});

test('a test file that cannot be loaded counts as a failure', () => {
  expect(countVitest(vitest(5, 0, ['passed', 5]))).toEqual({ passed: 5, failed: 0 });
  expect(countVitest(vitest(5, 1, ['failed', 6], ['failed', 0]))).toEqual({ passed: 5, failed: 2 });
});

test('a journey that passes only when repeated, and an error outside of tests, count as failures', () => {
  const report = (expected: number, unexpected: number, flaky: number, errors: unknown[] = []) =>
    countPlaywright({ stats: { expected, unexpected, flaky }, errors });
  expect(report(3, 0, 0)).toEqual({ passed: 3, failed: 0 });
  expect(report(3, 1, 1)).toEqual({ passed: 3, failed: 2 });
  expect(report(0, 0, 0, ['the desk did not start'])).toEqual({ passed: 0, failed: 1 });
});

test('a run that found nothing to do has not passed', () => {
  expect(succeeded({ passed: 0, failed: 0 })).toBe(false);
  expect(succeeded({ passed: 1, failed: 0 })).toBe(true);
  expect(succeeded({ passed: 1, failed: 1 })).toBe(false);
});

test('arguments choose what runs', () => {
  expect(planOf([])).toEqual({ checks: true, unit: [], journeys: [] });
  expect(planOf(['unit'])).toEqual({ checks: false, unit: [], journeys: undefined });
  expect(planOf(['e2e'])).toEqual({ checks: false, unit: undefined, journeys: [] });
  expect(planOf(['lib/db'])).toEqual({ checks: false, unit: ['lib/db'], journeys: undefined });
  expect(planOf(['e2e/visit.spec.ts'])).toEqual({
    checks: false,
    unit: undefined,
    journeys: ['e2e/visit.spec.ts'],
  });
});
