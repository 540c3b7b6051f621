'use client';

import { useTranslations } from 'next-intl';
import { ERRORS, type ErrorCode } from '#lib/protocol/errors.ts';

/** A function from an error's code to a text of the reader's language. */
export function useErrorText(): (error: { code: ErrorCode }) => string {
  const t = useTranslations('errors');
  // A newer server may know codes that this page does not.
  return ({ code }) => t(code in ERRORS ? code : 'unknown');
}
