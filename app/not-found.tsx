import { Compass } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';

export default function NotFound() {
  const t = useTranslations('common.notFound');
  return (
    <main className="h-dvh">
      <EmptyState
        icon={<Compass />}
        title={t('title')}
        text={t('text')}
        action={
          <Button asChild>
            <Link href="/inbox">{t('action')}</Link>
          </Button>
        }
      />
    </main>
  );
}
