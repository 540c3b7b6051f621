import { expect, test } from 'vitest';
import type { SavedResult } from '../results.ts';
import { historyOfBenches, median } from './history.ts';

let day = 0;
function run(commit: string, value: number, more: Partial<SavedResult> = {}): SavedResult {
  day += 1;
  return {
    bench: 'relay',
    quick: false,
    at: new Date(Date.UTC(2026, 0, day)).toISOString(),
    commit,
    machine: { cpu: 'a cpu', cores: 2, memoryGiB: 24, node: 'v24', loadBefore: 0 },
    metrics: [{ metric: 'ratio_to_bare', value, unit: 'ratio' }],
    notes: [],
    problems: [],
    ...more,
  };
}
const ratio = (...results: SavedResult[]) => historyOfBenches(results, [])[0]?.metrics[0];

test.each([
  [[3, 1, 2], 2],
  [[4, 1], 2.5],
  [[7], 7],
])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected);
});

test('the figure is the median of the newest commit’s runs, beside that of the commit before', () => {
  expect(ratio(run('a', 0.4), run('b', 0.6), run('b', 0.8), run('b', 0.61))).toMatchObject({
    value: 0.61,
    spread: [0.6, 0.8],
    verdict: 'met',
    before: 0.4,
    lines: [{ moments: [{ value: 0.4 }, { value: 0.6 }, { value: 0.8 }, { value: 0.61 }] }],
  });
});

test('a quick run is shown only where none was made in full', () => {
  expect(ratio(run('a', 0.4), run('b', 0.9, { quick: true }))).toMatchObject({
    value: 0.4,
    verdict: 'missed',
    before: null,
  });
  expect(ratio(run('b', 0.9, { quick: true }))).toMatchObject({ value: 0.9 });
});

test('other machines have lines of their own and are not compared', () => {
  const big = { cpu: 'a cpu', cores: 64, memoryGiB: 24, node: 'v24', loadBefore: 0 };
  const shown = ratio(run('a', 0.9, { machine: big }), run('b', 0.5));
  expect(shown?.before).toBeNull();
  expect(shown?.lines.map(({ ground }) => ground)).toEqual([
    'a cpu, 2 cores, 24 GiB',
    'a cpu, 64 cores, 24 GiB',
  ]);
});

test('a run with problems proves no target, and gives way to one without', () => {
  const lost = { problems: ['1 acknowledged message is not stored'] };
  expect(ratio(run('a', 0.9, lost))).toMatchObject({ value: 0.9, verdict: 'doubtful' });
  expect(ratio(run('a', 0.9, lost), run('a', 0.6))).toMatchObject({ value: 0.6, verdict: 'met' });
});

test('benches come in the order named', () => {
  const results = ['zeta', 'append', 'relay'].map((bench) => run('a', 1, { bench }));
  expect(historyOfBenches(results, ['relay', 'append']).map(({ bench }) => bench)).toEqual([
    'relay',
    'append',
    'zeta',
  ]);
});
