import { expect, test } from 'vitest';
import type { SavedResult } from '../results.ts';
import { TARGETS } from '../targets.ts';
import { change, figure } from './figures.ts';
import { html } from './markup.ts';
import { reportPage } from './page.ts';

const run = (more: Partial<SavedResult> = {}): SavedResult => ({
  bench: 'relay',
  quick: false,
  at: '2026-01-02T03:04:05.000Z',
  commit: 'abcdef0',
  machine: { cpu: 'a cpu', cores: 2, memoryGiB: 24, node: 'v24', loadBefore: 0 },
  metrics: [{ metric: 'ratio_to_bare', value: 0.61, unit: 'ratio' }],
  notes: [],
  problems: [],
  ...more,
});

test('nothing of a result is taken for markup', () => {
  const page = reportPage(
    {
      results: [
        run({
          notes: ['<script>alert(1)</script>'],
          series: [
            {
              title: '"><img src=x>',
              x: '<x>',
              y: '&',
              lines: [{ name: '<b>', points: [[1, 2]] }],
            },
          ],
        }),
      ],
      damaged: [{ file: 'relay/<i>.json', reason: '<u>' }],
    },
    [],
  );
  expect(page).not.toMatch(/<(script|img|x|b|i|u)>|<img/);
  expect(page).toContain('&lt;script&gt;');
});

test('the page needs nothing but itself', () => {
  const page = reportPage({ results: [run()], damaged: [] }, ['relay']);
  expect(page).not.toMatch(/<(link|script|iframe|img)\b|@import|url\(|https?:\/\//);
});

test('every target has its line, measured or not', () => {
  const page = reportPage({ results: [run()], damaged: [] }, []);
  for (const { metric } of TARGETS) expect(page).toContain(`<code>${metric}</code>`);
  expect(page).toContain(`<strong>1 of ${TARGETS.length}</strong> met`);
  expect(reportPage({ results: [], damaged: [] }, [])).toContain('No bench has run yet');
});

test('a series without points, and points without a logarithm, are drawn', () => {
  const lines = [
    { name: 'none', points: [] },
    { name: 'zero', points: [[0, 0] as [number, number]] },
  ];
  const series = [{ title: 'odd', x: 'x', y: 'y', scale: 'log' as const, lines }];
  const page = reportPage({ results: [run({ series })], damaged: [] }, []);
  expect(page).toContain('odd');
  expect(page).not.toContain('NaN');
});

test.each([
  [12_345.6, '12,346'],
  [14.94, '14.9'],
  [0.043_21, '0.0432'],
  [0, '0'],
])('%d reads %s', (value, text) => {
  expect(figure(value)).toBe(text);
});

test.each([
  [100, 112, '+12 %'],
  [100, 95.8, '−4.2 %'],
  [100, 100.2, null],
  [0, 5, null],
])('from %d to %d: %s', (before, after, text) => {
  expect(change(before, after)).toBe(text);
});

test('markup escapes what is put into it, and joins lists', () => {
  expect(html`<p title="${'"'}">${['<', html`<br>`]}${false}${null}${0}</p>`.text).toBe(
    '<p title="&quot;">&lt;<br>0</p>',
  );
});
