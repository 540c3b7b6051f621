'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { CloudOff, Lock } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';
import { ConfigError } from './api.ts';

/** Frame of every settings page: title, what it is for, its one main action. */
export function AdminPage({
  title,
  text,
  action,
  children,
}: {
  title: string;
  text: string;
  action?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className="mx-auto w-full max-w-4xl px-4 py-6 sm:px-8 sm:py-10">
      <header className="mb-6 flex flex-wrap items-start gap-x-4 gap-y-3">
        <div className="min-w-0 flex-1 basis-64">
          <h1 className="font-semibold text-ink text-xl">{title}</h1>
          <p className="mt-1 max-w-prose text-ink-2 text-sm">{text}</p>
        </div>
        {action}
      </header>
      {children}
    </div>
  );
}

/** Loading, failure and data of a query, each in its designed form. */
export function Loaded<T>({
  query,
  children,
}: {
  query: UseQueryResult<T>;
  children: (data: T) => ReactNode;
}) {
  const t = useTranslations();
  if (query.data !== undefined) return children(query.data);
  if (query.isPending) {
    return (
      <div className="grid gap-px overflow-hidden rounded-lg bg-surface p-4 shadow-card" aria-busy>
        <span className="sr-only">{t('common.loading')}</span>
        {['w-2/3', 'w-1/2', 'w-3/5'].map((width) => (
          <div key={width} className="flex items-center gap-3 py-2.5">
            <Skeleton className="size-7 rounded-full" />
            <Skeleton className={`h-3.5 ${width}`} />
          </div>
        ))}
      </div>
    );
  }
  const code = query.error instanceof ConfigError ? query.error.code : 'internal';
  const forbidden = code === 'forbidden';
  return (
    <div role="alert" className="rounded-lg bg-surface shadow-card">
      <EmptyState
        icon={forbidden ? <Lock /> : <CloudOff />}
        title={t('admin.loadFailed')}
        text={t(`errors.${code}`)}
        action={
          forbidden ? undefined : (
            <Button pending={query.isFetching} onClick={() => query.refetch()}>
              {t('common.retry')}
            </Button>
          )
        }
      />
    </div>
  );
}
