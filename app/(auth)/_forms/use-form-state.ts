'use client';

import { useTranslations } from 'next-intl';
import { type FormEvent, useState } from 'react';
import type { z } from 'zod';
import { PASSWORD } from '#lib/auth/password.ts';
import { type IssueKey, issuesByField } from './account-issues.ts';

/**
 * A small form read from the DOM (so that password managers' fills count): checks with `schema`,
 * shows one issue per field, moves the focus to the first.
 */
export function useFormState<S extends z.ZodType>(
  schema: S,
  submit: (input: z.output<S>) => Promise<string | null>,
) {
  const t = useTranslations('auth.issues');
  const [issues, setIssues] = useState<Record<string, IssueKey>>({});
  const [failure, setFailure] = useState<string | null>(null);
  const [pending, setPending] = useState(false);

  async function onSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const parsed = schema.safeParse(Object.fromEntries(new FormData(form)));
    setFailure(null);
    if (!parsed.success) {
      const found = issuesByField(parsed.error);
      setIssues(found);
      const first = [...form.elements].find(
        (element) => element instanceof HTMLInputElement && element.name in found,
      );
      if (first instanceof HTMLInputElement) first.focus();
      return;
    }
    setIssues({});
    setPending(true);
    const failed = await submit(parsed.data);
    // On success the page is left; the button keeps its spinner until then.
    if (failed !== null) {
      setFailure(failed);
      setPending(false);
    }
  }

  return {
    onSubmit,
    pending,
    failure,
    /** The text under a field, when something is wrong with it. */
    issue: (field: string) => {
      const key = issues[field];
      return key ? t(key, { min: PASSWORD.min, max: PASSWORD.max }) : undefined;
    },
  };
}
