'use client';

import { CloudOff, RefreshCw } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Button } from '#components/ui/button.tsx';
import type { MemberState } from '#lib/sdk/api.ts';
import { useDesk } from '../desk/desk-context.tsx';
import { useNow } from '../time/use-now.ts';
import { Banner } from './banner.tsx';

function unsent(state: MemberState): number {
  let count = 0;
  for (const thread of Object.values(state.threads)) {
    for (const item of thread.items) {
      if (item.kind === 'pending' && item.status !== 'failed') count += 1;
    }
  }
  return count;
}

/** Says what is wrong with the connection, and what becomes of what was written. */
export function ConnectionBanner() {
  const t = useTranslations('console.connection');
  const common = useTranslations('common');
  const connection = useDesk((state) => state.connection);
  const outdated = useDesk((state) => state.outdated);
  const known = useDesk((state) => state.desk !== null);
  const waiting = useDesk(unsent);
  const outbox = waiting > 0 ? t('outbox', { count: waiting }) : null;

  switch (connection.kind) {
    case 'outdated':
      return (
        <Banner tone="warn" action={<Reload text={common('reload')} />}>
          {t('outdatedHard')}
        </Banner>
      );
    case 'refused':
      return (
        <Banner
          tone="danger"
          action={
            <Button size="sm" onClick={() => window.location.assign('/sign-in')}>
              {t('signIn')}
            </Button>
          }
        >
          {t('refused')}
        </Banner>
      );
    case 'offline':
      return (
        <Banner tone="warn" icon={<CloudOff />}>
          <OfflineText retryAt={connection.retryAt} />
          {outbox ? <span> · {outbox}</span> : null}
        </Banner>
      );
    case 'connecting':
      // The first attempt has its own skeletons.
      return known ? (
        <Banner tone="warn" icon={<RefreshCw className="motion-safe:animate-spin" />}>
          {t('retrying')}
          {outbox ? <span> · {outbox}</span> : null}
        </Banner>
      ) : null;
    case 'online':
    case 'idle':
      return outdated ? (
        <Banner tone="info" action={<Reload text={common('reload')} />}>
          {t('outdated')}
        </Banner>
      ) : null;
  }
}

function OfflineText({ retryAt }: { retryAt: number | null }) {
  const t = useTranslations('console.connection');
  const now = useNow();
  if (retryAt === null) return t('offline');
  return t('offlineRetry', { seconds: Math.max(1, Math.ceil((retryAt - now) / 1000)) });
}

function Reload({ text }: { text: string }) {
  return (
    <Button size="sm" onClick={() => window.location.reload()}>
      {text}
    </Button>
  );
}
