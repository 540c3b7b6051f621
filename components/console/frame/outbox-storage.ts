import type { StoragePort } from '#lib/sdk/api.ts';

/**
 * This browser's storage for one member's outbox: on a shared computer nobody sends what a colleague
 * left unsent. May throw; the client guards itself.
 */
export function outboxStorage(memberId: string): StoragePort {
  const own = `parlour.outbox.${memberId}.`;
  return {
    get: (key) => localStorage.getItem(own + key),
    keys: (prefix) =>
      Object.keys(localStorage)
        .filter((key) => key.startsWith(own + prefix))
        .map((key) => key.slice(own.length)),
    set(key, value) {
      if (value === null) localStorage.removeItem(own + key);
      else localStorage.setItem(own + key, value);
    },
    onChange(listener) {
      const onStorage = (event: StorageEvent) => {
        if (event.storageArea !== localStorage || !event.key?.startsWith(own)) return;
        listener(event.key.slice(own.length), event.newValue);
      };
      window.addEventListener('storage', onStorage);
      return () => window.removeEventListener('storage', onStorage);
    },
  };
}
