'use client';

import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let second = Math.floor(Date.now() / 1000);
let timer: ReturnType<typeof setInterval> | null = null;

function subscribe(listener: () => void) {
  listeners.add(listener);
  timer ??= setInterval(() => {
    second = Math.floor(Date.now() / 1000);
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer) {
      clearInterval(timer);
      timer = null;
    }
  };
}

/**
 * This device's time, in ms, ticking each `everySeconds`. One timer serves all that tick; a component
 * renders only when its own step passes.
 */
export function useNow(everySeconds = 1): number {
  const step = useSyncExternalStore(
    subscribe,
    () => Math.floor((timer ? second : Date.now() / 1000) / everySeconds),
    () => 0,
  );
  return step * everySeconds * 1000;
}
