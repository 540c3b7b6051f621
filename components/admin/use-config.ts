'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { toast } from 'sonner';
import type { ConfigCall, ConfigCalls } from '#lib/protocol/config.ts';
import { ConfigError, callConfig } from './api.ts';

/** Reads configuration; cached by name and input. */
export function useConfig<N extends ConfigCall>(name: N, input: ConfigCalls[N]['input']) {
  return useQuery({
    queryKey: ['config', name, input],
    queryFn: () => callConfig(name, input),
  });
}

/**
 * Changes configuration and refreshes what is shown. Failures without a place in the form are told
 * in a toast; with places, the form shows them (`fieldErrors`).
 */
export function useChange<N extends ConfigCall>(
  name: N,
  options: { done?: string; onDone?: (output: ConfigCalls[N]['output']) => void } = {},
) {
  const client = useQueryClient();
  const errors = useTranslations('errors');
  const mutation = useMutation({
    mutationFn: (input: ConfigCalls[N]['input']) => callConfig(name, input),
    onSuccess: async (output) => {
      await client.invalidateQueries({ queryKey: ['config'] });
      if (options.done) toast.success(options.done);
      options.onDone?.(output);
    },
    onError: (error) => {
      if (!(error instanceof ConfigError)) throw error;
      if (error.issues.length === 0) toast.error(errors(error.code));
    },
  });
  const places = mutation.error instanceof ConfigError ? mutation.error.issues : [];
  return {
    run: mutation.mutate,
    pending: mutation.isPending,
    reset: mutation.reset,
    /** First issue at or below a field of the input. */
    issueAt: (path: string) =>
      places.find((issue) => issue.path === path || issue.path.startsWith(`${path}.`))?.message,
  };
}
