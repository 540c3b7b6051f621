'use client';

import { useCallback, useState } from 'react';
import { toast } from '#components/ui/toaster.tsx';
import { useErrorText } from '#lib/i18n/use-error-text.ts';
import type { ActionResult } from '#lib/sdk/api.ts';

/**
 * Runs one action at a time and says in a toast why it failed. Answers whether it succeeded.
 * `pending` names what runs, so that its button alone shows it.
 */
export function useAction() {
  const errorText = useErrorText();
  const [pending, setPending] = useState<string | null>(null);
  const run = useCallback(
    async (name: string, action: () => Promise<ActionResult<unknown>>): Promise<boolean> => {
      setPending(name);
      const result = await action();
      setPending(null);
      // One toast per code: a key pressed five times is told once.
      if (!result.ok) toast.error(errorText(result.error), { id: result.error.code });
      return result.ok;
    },
    [errorText],
  );
  return { run, pending };
}
