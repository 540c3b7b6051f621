'use client';

import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { shortCount } from '#components/ui/app-shell.tsx';
import { cn } from '#components/ui/cn.ts';
import type { InboxView } from '#lib/protocol/member.ts';
import { INBOX_VIEWS, inboxPath } from './location.ts';
import { useViewCounts } from './use-view-counts.ts';

/** The views as a row of tabs where the sidebar is a drawer. */
export function PhoneViews({ view }: { view: InboxView }) {
  const t = useTranslations('console.list');
  const counts = useViewCounts();
  return (
    <nav
      aria-label={t('label')}
      className="flex shrink-0 gap-1 overflow-x-auto border-b px-2 lg:hidden"
    >
      {INBOX_VIEWS.map((name) => (
        <Link
          key={name}
          href={inboxPath({ view: name })}
          replace
          aria-current={name === view ? 'page' : undefined}
          className={cn(
            'focus-inset flex h-10 shrink-0 items-center gap-1.5 border-transparent border-b-2 px-2 font-medium text-ink-3 text-sm coarse:h-11',
            name === view && 'border-accent text-ink',
          )}
        >
          {t(`views.${name}`)}
          {counts[name] ? (
            <span className="text-ink-3 text-xs tabular-nums">{shortCount(counts[name])}</span>
          ) : null}
        </Link>
      ))}
    </nav>
  );
}
