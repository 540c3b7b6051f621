'use client';

import { Coffee } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Button } from '#components/ui/button.tsx';
import { useClient, useDesk } from '../desk/desk-context.tsx';
import { useAction } from '../desk/use-action.ts';
import { Banner } from './banner.tsx';

/** Says why I was set away, until I choose an availability again, here or on another device. */
export function AwayNotice() {
  const client = useClient();
  const t = useTranslations('console.availability');
  const reason = useDesk((state) => state.desk?.me.awayReason);
  const { run, pending } = useAction();
  if (!reason) return null;
  return (
    <Banner
      tone="info"
      icon={<Coffee aria-hidden="true" />}
      action={
        <Button
          size="sm"
          pending={pending !== null}
          onClick={() => void run('back', () => client.setAvailability('available'))}
        >
          {t('back')}
        </Button>
      }
    >
      {t('missedOffer')}
    </Banner>
  );
}
