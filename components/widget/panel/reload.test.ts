import { expect, it } from 'vitest';
import { createMemoryStorage } from '#lib/sdk/core/storage.ts';
import { mayReload } from './reload.ts';

it('D8: an outdated panel reloads by itself once, not for ever', () => {
  const storage = createMemoryStorage();
  const now = 1_800_000_000_000;
  expect(mayReload(storage, now)).toBe(true);
  expect(mayReload(storage, now + 5_000)).toBe(false);
  expect(mayReload(storage, now + 700_000)).toBe(true);
});
