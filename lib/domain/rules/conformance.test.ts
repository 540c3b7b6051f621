import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type CaseOutcome, tryConformance } from './test/conformance.ts';

const cases = tryConformance();
const of = (kind: CaseOutcome['outcome']['kind']) =>
  cases.filter(({ outcome }) => outcome.kind === kind);

test('C1: every case within the subset gives what the specification says', () => {
  expect(of('failed')).toEqual([]);
});

test('C2: what is outside the subset, and why, is what the list says', () => {
  const excluded: Record<string, Record<string, number>> = {};
  for (const { file, outcome } of cases) {
    if (outcome.kind !== 'excluded') continue;
    excluded[file] ??= {};
    const reasons = excluded[file];
    reasons[outcome.reason] = (reasons[outcome.reason] ?? 0) + 1;
  }
  const found = {
    cases: cases.length,
    passed: of('passed').length,
    refusedWhereCelFails: of('refused').length,
    excluded,
  };
  const list: unknown = JSON.parse(
    readFileSync(new URL('test/conformance.json', import.meta.url), 'utf8'),
  );
  expect(found).toEqual(list);
});
