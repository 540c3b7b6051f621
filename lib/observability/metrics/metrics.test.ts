import { expect, test } from 'vitest';
import { metrics, renderMetrics } from './index.ts';
import { Level } from './level.ts';
import { Spread } from './spread.ts';
import { MOST_SERIES, Tally } from './tally.ts';

const series = (tally: Tally) =>
  [...tally.series].map(([labels, { count }]) => [labels.join(' ').trim(), count]);

test('a tally counts by its labels', () => {
  const tally = new Tally('parlour_a_total', 'a', ['kind', 'actor']);
  tally.add('x', 'y');
  tally.add('x', 'y');
  tally.addMany(3, 'x', 'z');
  expect(series(tally)).toEqual([
    ['x y', 2],
    ['x z', 3],
  ]);
});

test('a label that strangers choose cannot grow without bound: the rest is counted as other', () => {
  const tally = new Tally('parlour_b_total', 'b', ['name']);
  for (let n = 0; n < MOST_SERIES + 500; n += 1) tally.add(`name-${n}`);
  const all = series(tally);
  expect(all).toHaveLength(MOST_SERIES + 1);
  expect(all.at(-1)).toEqual(['other other other', 500]);
});

test('a spread puts each value under the first bound that holds it', () => {
  const spread = new Spread('parlour_c_seconds', 'c', [1, 2]);
  for (const value of [0.5, 1, 1.5, 9]) spread.observe(value);
  const counts = spread.series.of();
  expect([...counts.buckets]).toEqual([2, 1, 1]);
  expect(counts.sum).toBe(12);
});

test('a level sums its sources, and one that fails costs only its own readings', async () => {
  const level = new Level('parlour_d', 'd', ['place']);
  const stop = level.from(() => [[['here'], 1]]);
  level.from(async () => [
    [['here'], 2],
    [['there'], 5],
  ]);
  level.from(async () => {
    throw new Error('the database is lost');
  });
  expect(await level.read()).toEqual([
    [['here'], 3],
    [['there'], 5],
  ]);
  stop();
  expect(await level.read()).toEqual([
    [['here'], 2],
    [['there'], 5],
  ]);
});

test('the text is Prometheus’s: each family with help and type, buckets cumulative', async () => {
  metrics.groupItems.observe(3);
  metrics.errors.add('overloaded');
  const text = await renderMetrics();
  expect(text).toContain('# TYPE parlour_append_group_items histogram');
  expect(text).toMatch(/^parlour_append_group_items_bucket\{le="2"\} 0$/m);
  expect(text).toMatch(/^parlour_append_group_items_bucket\{le="5"\} 1$/m);
  expect(text).toMatch(/^parlour_append_group_items_bucket\{le="\+Inf"\} 1$/m);
  expect(text).toMatch(/^parlour_append_group_items_sum 3$/m);
  expect(text).toMatch(/^parlour_edge_errors_total\{code="overloaded"\} 1$/m);
  expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
  for (const one of Object.values(metrics)) {
    expect(text).toContain(`# HELP ${one.name} `);
    expect(one.name).toMatch(/^parlour(_[a-z]+){2,}$/);
  }
});
