'use client';

import { useTranslations } from 'next-intl';

const KNOWN = [
  'origin_form',
  'color_form',
  'shortcut_form',
  'key_form',
  'text_malformed',
  'last_owner',
] as const;

/** The text for a field's issue: ours by its code, otherwise that the form is wrong. */
export function useFieldIssue() {
  const t = useTranslations('admin.issues');
  return (issue: string | undefined) => {
    if (!issue) return undefined;
    const known = KNOWN.find((code) => code === issue);
    return known ? t(known) : t('other');
  };
}
