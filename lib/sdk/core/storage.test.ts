import { describe, expect, it } from 'vitest';
import type { StoragePort } from '../api.ts';
import { createMemoryStorage, guardStorage } from './storage.ts';

const refuse = () => {
  throw new DOMException('denied', 'SecurityError');
};
const throwing: StoragePort = { get: refuse, keys: refuse, set: refuse, onChange: refuse };
const forgetful: StoragePort = { get: () => null, keys: () => [], set() {} };
const PORTS = {
  memory: createMemoryStorage,
  'guarded memory': () => guardStorage(createMemoryStorage()),
  'guarded throwing (S20)': () => guardStorage(throwing),
  'guarded forgetful (S20)': () => guardStorage(forgetful),
} satisfies Record<string, () => StoragePort>;

describe.each(Object.entries(PORTS))('storage port: %s', (_name, create) => {
  it('reads back what was set, lists by prefix, and removes with null', () => {
    const storage = create();
    storage.set('a:1', 'x');
    storage.set('a:2', 'y');
    storage.set('b:1', 'z');
    expect(storage.get('a:1')).toBe('x');
    expect([...storage.keys('a:')].sort()).toEqual(['a:1', 'a:2']);
    storage.set('a:1', null);
    expect(storage.get('a:1')).toBeNull();
    expect(storage.keys('a:')).toEqual(['a:2']);
    expect(() => storage.onChange?.(() => {})()).not.toThrow();
  });
});

it("S16: a change by another tab is told and read, one's own is not told", () => {
  const shared = createMemoryStorage();
  const one = guardStorage(shared);
  const two = guardStorage(shared);
  const heard: [string, string | null][] = [];
  one.onChange?.((key, value) => heard.push([key, value]));
  one.set('k', 'mine');
  expect(heard).toEqual([]);
  two.set('k', 'theirs');
  expect(heard).toEqual([['k', 'theirs']]);
  expect(one.get('k')).toBe('theirs');
});
