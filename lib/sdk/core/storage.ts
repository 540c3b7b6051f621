import type { StoragePort } from '../api.ts';

/** Lives as long as the page. Several clients may share one, like tabs share a browser's storage. */
export function createMemoryStorage(): StoragePort {
  const kept = new Map<string, string>();
  const listeners = new Set<(key: string, value: string | null) => void>();
  return {
    get: (key) => kept.get(key) ?? null,
    keys: (prefix) => [...kept.keys()].filter((key) => key.startsWith(prefix)),
    set(key, value) {
      if (value === null) kept.delete(key);
      else kept.set(key, value);
      for (const listener of [...listeners]) listener(key, value);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}

/**
 * Reads through to `inner` and carries on from memory where that throws or forgets (a partitioned or
 * ephemeral iframe, private mode, a full quota): what was set here is always read back here.
 */
export function guardStorage(inner: StoragePort): StoragePort {
  const own = new Map<string, string | null>();
  const attempt = <T>(action: () => T, otherwise: T): T => {
    try {
      return action();
    } catch {
      // Storage that throws is the case this exists for; memory answers instead.
      return otherwise;
    }
  };
  return {
    get(key) {
      const mine = own.get(key);
      return mine === undefined ? attempt(() => inner.get(key), null) : mine;
    },
    keys(prefix) {
      const names = new Set(attempt(() => inner.keys(prefix), []));
      for (const [key, value] of own) {
        if (value === null) names.delete(key);
        else if (key.startsWith(prefix)) names.add(key);
      }
      return [...names];
    },
    set(key, value) {
      own.set(key, value);
      attempt(() => inner.set(key, value), undefined);
    },
    onChange(listener) {
      const stop = attempt(
        () =>
          inner.onChange?.((key, value) => {
            // A port may echo our own writes; only news is passed on.
            if (own.has(key) && own.get(key) === value) return;
            own.delete(key);
            listener(key, value);
          }),
        undefined,
      );
      return stop ?? (() => {});
    },
  };
}
