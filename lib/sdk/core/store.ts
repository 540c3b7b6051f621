import type { ExternalStore } from '../api.ts';

export interface Store<S> extends ExternalStore<S> {
  /** Shallow: fields that are identical leave the state identical. */
  patch(part: Partial<S>): void;
}

/** Listeners hear of a batch once, in a microtask of its own. */
export function createStore<S extends object>(initial: S): Store<S> {
  let state = initial;
  let told = true;
  const listeners = new Set<() => void>();
  const tell = () => {
    told = true;
    for (const listener of [...listeners]) listener();
  };
  return {
    getState: () => state,
    subscribe(listener) {
      // A wrapper of its own: the same function subscribed twice is two subscriptions.
      const entry = () => listener();
      listeners.add(entry);
      return () => {
        listeners.delete(entry);
      };
    },
    patch(part) {
      if (!differs(state, part)) return;
      state = { ...state, ...part };
      if (told) {
        told = false;
        queueMicrotask(tell);
      }
    },
  };
}

export function differs<S extends object>(state: S, part: Partial<S>): boolean {
  for (const name in part) if (!Object.is(state[name], part[name])) return true;
  return false;
}

/** `next`, or `before` itself when no field differs. */
export function keepIfSame<S extends object>(before: S, next: S): S {
  return differs(before, next) ? next : before;
}
