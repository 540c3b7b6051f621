'use client';

import { CircleAlert } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useEffect } from 'react';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';

export default function PageError({ error }: { error: Error }) {
  const t = useTranslations('common');
  useEffect(() => console.error(error), [error]);
  return (
    <main className="h-dvh">
      <EmptyState
        icon={<CircleAlert />}
        title={t('crash.title')}
        text={t('crash.text')}
        action={<Button onClick={() => location.reload()}>{t('reload')}</Button>}
      />
    </main>
  );
}
