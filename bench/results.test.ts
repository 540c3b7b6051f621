import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readResults, type SavedResult, saveResult } from './results.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'results-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = (at: string): SavedResult => ({
  bench: 'append',
  quick: true,
  at,
  commit: 'abc',
  machine: { cpu: 'a cpu', cores: 2, memoryGiB: 24, node: 'v24', loadBefore: 0.1 },
  metrics: [{ metric: 'rows_per_second', value: 1, unit: '1/s' }],
  series: [{ title: 't', x: 'x', y: 'y', lines: [{ name: 'l', points: [[1, 2]] }] }],
  notes: [],
  problems: ['it lost one'],
});

test('what was saved is read, from the oldest to the newest', () => {
  const [old, young] = [run('2026-01-01T00:00:00.000Z'), run('2026-01-02T00:00:00.000Z')];
  saveResult(folder, young);
  saveResult(folder, old);
  expect(readResults(folder)).toEqual({ results: [old, young], damaged: [] });
});

test('no folder, no results', () => {
  expect(readResults(join(folder, 'none'))).toEqual({ results: [], damaged: [] });
});

test('a damaged file is named, and takes no other with it', () => {
  saveResult(folder, run('2026-01-01T00:00:00.000Z'));
  mkdirSync(join(folder, 'relay'));
  writeFileSync(join(folder, 'relay', 'half.json'), '{"bench": "rel');
  writeFileSync(join(folder, 'relay', 'other.json'), '{"bench": "relay", "quick": 1}');
  writeFileSync(join(folder, 'report.html'), '<p>');
  const { results, damaged } = readResults(folder);
  expect(results).toHaveLength(1);
  expect(damaged.map(({ file }) => file)).toEqual(['relay/half.json', 'relay/other.json']);
  expect(damaged[1]?.reason).toMatch(/^quick: /);
});
