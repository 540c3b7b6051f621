import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkout } from './checkout.ts';
import { fingerprint } from './freshness.ts';

let folder: string;
const path = () => relative(checkout, folder);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'freshness-test-'));
  mkdirSync(join(folder, 'inner'));
  writeFileSync(join(folder, 'inner', 'a.ts'), 'one');
});

afterEach(() => rmSync(folder, { recursive: true }));

test('a fingerprint depends on contents, names and the extra, and on nothing else', () => {
  const before = fingerprint([path()]);
  utimesSync(join(folder, 'inner', 'a.ts'), 1, 1);
  writeFileSync(join(folder, 'a.test.ts'), 'tests are not built');
  expect(fingerprint([path()])).toBe(before);
  expect(fingerprint([path(), 'no/such/file'])).toBe(before);
  expect(fingerprint([path()], ['NEXT_PUBLIC_X=1'])).not.toBe(before);
  writeFileSync(join(folder, 'inner', 'a.ts'), 'two');
  const changed = fingerprint([path()]);
  expect(changed).not.toBe(before);
  rmSync(join(folder, 'inner', 'a.ts'));
  writeFileSync(join(folder, 'inner', 'b.ts'), 'two');
  expect(fingerprint([path()])).not.toBe(changed);
});
