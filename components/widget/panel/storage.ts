import type { StoragePort } from '#lib/sdk/api.ts';
import type { Bridge } from './bridge.ts';

/** What the panel keeps besides the client's token and outbox. */
export interface PanelStorage extends StoragePort {
  /** From the loader: another tab changed a name. */
  changed(name: string, value: string | null): void;
}

/**
 * The loader keeps everything in the host page's storage; where that refuses, the panel tries its
 * own. The client prefixes its keys with the channel, and so does the loader: over the bridge they
 * travel bare, so that the loader reads its few (`session`, `live`) without knowing the client.
 * @param own returns the iframe's storage; the getter itself may throw
 */
export function panelStorage(
  bridge: Pick<Bridge, 'init' | 'send'>,
  own: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>,
): PanelStorage {
  const prefix = `parlour:${bridge.init.key}:`;
  const bare = (key: string) => (key.startsWith(prefix) ? key.slice(prefix.length) : key);
  const values = new Map(Object.entries(bridge.init.stored));
  const listeners = new Set<(key: string, value: string | null) => void>();
  const fallBack = bridge.init.kept === false;

  const attempt = (use: (store: ReturnType<typeof own>) => void) => {
    try {
      use(own());
    } catch {
      // Neither storage works: the values live as long as the panel.
    }
  };
  if (fallBack) {
    attempt((store) => {
      for (let i = 0; i < store.length; i += 1) {
        const key = store.key(i);
        const value = key?.startsWith(prefix) ? store.getItem(key) : null;
        if (key && value !== null && !values.has(bare(key))) values.set(bare(key), value);
      }
    });
  }

  return {
    get: (key) => values.get(bare(key)) ?? null,
    keys: (start) =>
      [...values.keys()].map((name) => prefix + name).filter((key) => key.startsWith(start)),
    set(key, value) {
      const name = bare(key);
      if (value === null) values.delete(name);
      else values.set(name, value);
      bridge.send({ type: 'store', key: name, value });
      if (!fallBack) return;
      attempt((store) =>
        value === null ? store.removeItem(prefix + name) : store.setItem(prefix + name, value),
      );
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    changed(name, value) {
      if (value === null) values.delete(name);
      else values.set(name, value);
      for (const listener of listeners) listener(prefix + name, value);
    },
  };
}
