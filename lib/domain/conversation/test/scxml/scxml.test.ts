import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCase } from './run-case.ts';
import { namesIn, readCase } from './suite.ts';

const folder = join(import.meta.dirname, 'cases');
const fitting = namesIn(folder);
const outside = JSON.parse(
  readFileSync(join(import.meta.dirname, 'outside.json'), 'utf8'),
) as Record<string, string[]>;

describe('S7: as SCXML says, by the cases of SCION and of the W3C', () => {
  test.each(fitting)('%s', (name) => {
    const found = readCase(folder, name);
    if (!found) throw new Error('no script');
    expect([...found.unfit]).toEqual([]);
    const { was, expected } = runCase(found.flow, found.script);
    expect(was).toEqual(expected);
  });
});

test('every case of the package is run or left out, and never both', () => {
  const names = readFileSync(join(import.meta.dirname, 'names.txt'), 'utf8')
    .trim()
    .split('\n');
  expect([...fitting, ...Object.keys(outside)].sort()).toEqual(names);
  expect(names).toHaveLength(335);
  expect(fitting).toHaveLength(52);
});

test('every case that is left out has reasons, and every reason is explained', () => {
  const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
  for (const [name, reasons] of Object.entries(outside)) {
    expect(reasons, name).not.toEqual([]);
    for (const reason of reasons) expect(readme).toContain(reason);
  }
});
