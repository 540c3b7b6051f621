'use client';

import { useTranslations } from 'next-intl';

/** Names of skill levels (1 … 5) and queue tiers (1, 2). */
export function useLevels() {
  const t = useTranslations('admin.levels');
  return {
    skills: [
      { value: 1, label: t('skill1') },
      { value: 2, label: t('skill2') },
      { value: 3, label: t('skill3') },
      { value: 4, label: t('skill4') },
      { value: 5, label: t('skill5') },
    ],
    tiers: [
      { value: 1, label: t('tier1') },
      { value: 2, label: t('tier2') },
    ],
  };
}
