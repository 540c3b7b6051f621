'use client';

import { ScrollText } from 'lucide-react';
import { useFormatter, useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import type { AuditEntryView } from '#lib/protocol/config.ts';
import { AdminPage, Loaded } from '../page.tsx';
import { useConfig } from '../use-config.ts';
import { differences } from './differences.ts';

/** Every configuration change, newest first. */
export function AuditPage() {
  const t = useTranslations('admin.audit');
  const [before, setBefore] = useState<string[]>([]);
  const last = before.at(-1);
  const query = useConfig('audit.list', last ? { before: last } : {});
  return (
    <AdminPage title={t('title')} text={t('text')}>
      <Loaded query={query}>
        {({ entries, more }) =>
          entries.length === 0 ? (
            <EmptyState icon={<ScrollText />} title={t('emptyTitle')} text={t('emptyText')} />
          ) : (
            <>
              <ol
                aria-label={t('title')}
                // biome-ignore lint/a11y/noNoninteractiveTabindex: nothing else here takes the focus that keys scroll from
                tabIndex={0}
                className="focus-inset divide-y rounded-lg bg-surface shadow-card"
              >
                {entries.map((entry) => (
                  <Entry key={entry.id} entry={entry} />
                ))}
              </ol>
              <nav
                aria-label={t('pages')}
                hidden={!more && before.length === 0}
                className="mt-3 flex justify-between gap-2"
              >
                <Button
                  variant="ghost"
                  disabled={before.length === 0}
                  onClick={() => setBefore(before.slice(0, -1))}
                >
                  {t('newer')}
                </Button>
                <Button
                  variant="ghost"
                  disabled={!more}
                  onClick={() => setBefore([...before, ...entries.slice(-1).map((e) => e.id)])}
                >
                  {t('older')}
                </Button>
              </nav>
            </>
          )
        }
      </Loaded>
    </AdminPage>
  );
}

function Entry({ entry }: { entry: AuditEntryView }) {
  const t = useTranslations('admin.audit');
  const format = useFormatter();
  const changed = differences(entry.before, entry.after);
  const action = entry.action.replaceAll('.', '_') as Parameters<typeof t.has>[0];
  const name = `actions.${action}` as Parameters<typeof t>[0];
  return (
    <li className="px-4 py-3">
      <div className="flex flex-wrap items-baseline gap-x-2">
        <span className="font-medium text-sm">{entry.actor ?? t('system')}</span>
        <span className="text-ink-2 text-sm">{t.has(name) ? t(name) : entry.action}</span>
        <time dateTime={entry.at} className="ml-auto text-ink-3 text-xs tabular-nums">
          {format.dateTime(new Date(entry.at), { dateStyle: 'medium', timeStyle: 'short' })}
        </time>
      </div>
      {changed.length > 0 ? (
        <dl className="mt-1.5 grid gap-x-3 gap-y-0.5 text-xs sm:grid-cols-[minmax(7rem,auto)_1fr]">
          {changed.map((d) => (
            <div key={d.field} className="contents">
              <dt className="truncate font-mono text-ink-3">{d.field}</dt>
              <dd className="min-w-0 break-words text-ink-2 max-sm:mb-1">
                {d.before === null ? null : (
                  <del className="mr-1.5 text-danger-text">{d.before}</del>
                )}
                {d.after === null ? null : <ins className="no-underline">{d.after}</ins>}
              </dd>
            </div>
          ))}
        </dl>
      ) : null}
    </li>
  );
}
