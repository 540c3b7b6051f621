import { describe, expect, it } from 'vitest';
import { hostStorage } from './host-storage.ts';

function fakeStore(initial: Record<string, string> = {}) {
  const map = new Map(Object.entries(initial));
  return {
    map,
    store: {
      get length() {
        return map.size;
      },
      key: (i: number) => [...map.keys()][i] ?? null,
      getItem: (k: string) => map.get(k) ?? null,
      setItem: (k: string, v: string) => void map.set(k, v),
      removeItem: (k: string) => void map.delete(k),
    },
  };
}

const throwing = (): never => {
  throw new DOMException('denied', 'SecurityError');
};

describe('hostStorage', () => {
  it("reads and writes only this channel's names", () => {
    const { map, store } = fakeStore({
      'parlour:k:token': 't',
      'parlour:other:token': 'x',
      cart: '1',
    });
    const kept = hostStorage('k', () => store);
    expect(kept.all()).toEqual({ token: 't' });
    kept.set('outbox', '[]');
    kept.clear();
    expect([...map.keys()]).toEqual(['parlour:other:token', 'cart']);
  });

  it('carries on from memory when touching the storage throws', () => {
    const kept = hostStorage('k', throwing);
    kept.set('token', 't');
    expect(kept.get('token')).toBe('t');
    expect(kept.all()).toEqual({ token: 't' });
    expect(kept.kept()).toBe(false);
  });

  it('keeps what it has when the storage fills up', () => {
    const { store } = fakeStore();
    const kept = hostStorage('k', () => ({ ...store, setItem: throwing }));
    expect(kept.kept()).toBe(true);
    kept.set('outbox', 'x');
    expect(kept.get('outbox')).toBe('x');
    expect(kept.kept()).toBe(false);
  });

  it('takes over what another tab changed, and nothing of strangers', () => {
    const kept = hostStorage('k', () => fakeStore({ 'parlour:k:token': 't' }).store);
    expect(kept.changed({ key: 'parlour:k:token', newValue: 'u' })).toEqual(['token', 'u']);
    expect(kept.get('token')).toBe('u');
    expect(kept.changed({ key: 'parlour:k:token', newValue: null })).toEqual(['token', null]);
    expect(kept.get('token')).toBeNull();
    expect(kept.changed({ key: 'cart', newValue: '1' })).toBeNull();
    expect(kept.changed({ key: null, newValue: null })).toBeNull();
  });
});
