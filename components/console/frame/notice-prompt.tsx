'use client';

import { BellRing } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { setNoticePreferences, useNoticePreferences } from '../desk/preferences.ts';
import { usePermission } from './use-permission.ts';

/** Asks once whether to notify; the browser's own question comes only after a click here. */
export function NoticePrompt() {
  const t = useTranslations('console.notices');
  const permission = usePermission();
  const { desktop } = useNoticePreferences();
  const [later, setLater] = useState(false);
  if (permission.state !== 'default' || !desktop || later) return null;
  return (
    <div className="mx-2 mb-1 rounded-lg bg-surface p-3 shadow-card max-lg:hidden">
      <p className="flex gap-2 text-ink-2 text-xs">
        <BellRing aria-hidden="true" className="mt-px size-3.5 shrink-0 text-ink-3" />
        {t('ask')}
      </p>
      <div className="mt-2 flex flex-wrap gap-1">
        <Button size="sm" onClick={() => void permission.ask()}>
          {t('enable')}
        </Button>
        <Button
          size="sm"
          variant="ghost"
          onClick={() => {
            setLater(true);
            setNoticePreferences({ desktop: false });
          }}
        >
          {t('later')}
        </Button>
      </div>
    </div>
  );
}
