/**
 * Runs `work` for a key at once, then at most every `everyMs` while asked again; the last asking is
 * never dropped. Memory: one entry per key active within `everyMs`.
 */
export function createCoalescer<K>(everyMs: number, work: (key: K) => void) {
  const waiting = new Map<K, { timer: NodeJS.Timeout; again: boolean }>();

  const start = (key: K) => {
    const entry = {
      again: false,
      timer: setTimeout(() => {
        waiting.delete(key);
        if (!entry.again) return;
        start(key);
        work(key);
      }, everyMs),
    };
    entry.timer.unref();
    waiting.set(key, entry);
  };

  return {
    ask(key: K): void {
      const entry = waiting.get(key);
      if (entry) {
        entry.again = true;
        return;
      }
      start(key);
      work(key);
    },
    close(): void {
      for (const { timer } of waiting.values()) clearTimeout(timer);
      waiting.clear();
    },
  };
}

export type Coalescer<K> = ReturnType<typeof createCoalescer<K>>;
