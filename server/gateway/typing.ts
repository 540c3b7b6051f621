import { LIMITS } from '#lib/protocol/limits.ts';
import { createCoalescer } from './coalesce.ts';

/**
 * Typing signals, at most one per writer and `typingEveryMs` (D5): what is pushed is the newest
 * state, and a state told already is only told again while it lasts, since readers forget it.
 */
export function createTyping(everyMs: number = LIMITS.typingEveryMs) {
  const newest = new Map<string, { on: boolean; push: (on: boolean) => void }>();
  const coalescer = createCoalescer<string>(everyMs, (key) => {
    const state = newest.get(key);
    if (!state) return;
    // What has ended needs no memory; the next signal makes a new entry.
    if (!state.on) newest.delete(key);
    state.push(state.on);
  });
  return {
    /** @param key the writer in the conversation */
    signal(key: string, on: boolean, push: (on: boolean) => void): void {
      if (!on && !newest.has(key)) return;
      newest.set(key, { on, push });
      coalescer.ask(key);
    },
    close: coalescer.close,
  };
}

export type Typing = ReturnType<typeof createTyping>;
