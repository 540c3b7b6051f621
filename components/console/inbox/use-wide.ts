'use client';

import { useSyncExternalStore } from 'react';

/** From here on (Tailwind's xl) the details have a column of their own. */
const QUERY = '(min-width: 1280px)';

export function useWide(): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = window.matchMedia(QUERY);
      media.addEventListener('change', listener);
      return () => media.removeEventListener('change', listener);
    },
    () => window.matchMedia(QUERY).matches,
    () => true,
  );
}
