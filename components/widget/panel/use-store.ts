import { useEffect, useState } from 'preact/hooks';
import type { ExternalStore } from '#lib/sdk/api.ts';

/** The store's state; draws again when it changes. */
export function useStore<S>(store: ExternalStore<S>): S {
  const [state, setState] = useState(() => store.getState());
  useEffect(() => {
    // It may have changed between the first drawing and this effect.
    setState(store.getState());
    return store.subscribe(() => setState(store.getState()));
  }, [store]);
  return state;
}
