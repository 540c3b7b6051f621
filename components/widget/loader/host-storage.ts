/** What of `Storage` is used; the host page's may throw at any touch, or be replaced by the page. */
type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

export interface HostStorage {
  /** All that is kept for this channel. */
  all(): Record<string, string>;
  get(name: string): string | null;
  /** null removes. */
  set(name: string, value: string | null): void;
  clear(): void;
  /** False once the page's storage has refused: what is set lasts only as long as the page. */
  kept(): boolean;
  /** Translates a `storage` event of another tab: [name, value], or null when it is not ours. */
  changed(event: Pick<StorageEvent, 'key' | 'newValue'>): [string, string | null] | null;
}

/**
 * The panel's token and outbox, kept in the host page's storage under `parlour:<key>:<name>`,
 * because the iframe's own may be partitioned, thrown away with the tab, or throw.
 * Memory always holds a copy, so that a storage that throws costs persistence and nothing else.
 * @param open returns the page's storage; called at each use, because the getter itself may throw
 */
export function hostStorage(key: string, open: () => Store): HostStorage {
  const prefix = `parlour:${key}:`;
  const memory = new Map<string, string>();
  let works = true;

  function attempt(use: (store: Store) => void): void {
    try {
      use(open());
    } catch {
      // Blocked, full or replaced by the page: memory carries on, and `kept` tells the panel.
      works = false;
    }
  }

  attempt((store) => {
    for (let i = 0; i < store.length; i += 1) {
      const name = store.key(i);
      const value = name?.startsWith(prefix) ? store.getItem(name) : null;
      if (name && value !== null) memory.set(name.slice(prefix.length), value);
    }
  });

  function set(name: string, value: string | null): void {
    if (value === null) memory.delete(name);
    else memory.set(name, value);
    attempt((store) =>
      value === null ? store.removeItem(prefix + name) : store.setItem(prefix + name, value),
    );
  }

  return {
    all: () => Object.fromEntries(memory),
    get: (name) => memory.get(name) ?? null,
    set,
    clear() {
      for (const name of [...memory.keys()]) set(name, null);
    },
    kept: () => works,
    changed(event) {
      if (!event.key?.startsWith(prefix)) return null;
      const name = event.key.slice(prefix.length);
      if (event.newValue === null) memory.delete(name);
      else memory.set(name, event.newValue);
      return [name, event.newValue];
    },
  };
}
