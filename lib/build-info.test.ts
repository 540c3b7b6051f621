import { expect, test } from 'vitest';
import { buildInfo } from './build-info.ts';
import { readEnv } from './env.ts';

test('a build says the commit it was given, else that of the checkout', () => {
  expect(buildInfo('0123456789ab+').commit).toBe('0123456789ab+');
  expect(buildInfo('').commit).toMatch(/^([0-9a-f]{12})?$/);
});

test('PARLOUR_COMMIT is one word, and an image built without one has none', () => {
  expect(readEnv({ PARLOUR_COMMIT: '0123456789ab+' }).commit).toBe('0123456789ab+');
  expect(readEnv({ PARLOUR_COMMIT: '' }).commit).toBeUndefined();
  expect(() => readEnv({ PARLOUR_COMMIT: 'a "quoted" one' })).toThrow(/PARLOUR_COMMIT/);
});
