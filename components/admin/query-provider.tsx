'use client';

import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { ConfigError } from './api.ts';

/** Retries only what may pass by itself. */
export function ConfigProvider({ children }: { children: ReactNode }) {
  const [client] = useState(
    () =>
      new QueryClient({
        defaultOptions: {
          // Nothing counts as fresh: a form must not offer, or write back, what a colleague changed.
          queries: {
            staleTime: 0,
            retry: (count, error) =>
              count < 4 && error instanceof ConfigError && error.code === 'unavailable',
          },
        },
      }),
  );
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}
