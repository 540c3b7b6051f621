'use client';

import { BadgeCheck, ExternalLink, X } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { useMemo } from 'react';
import { Avatar, StatusDot } from '#components/ui/avatar.tsx';
import { Button } from '#components/ui/button.tsx';
import type { ConversationRow } from '#lib/protocol/member.ts';
import type { MemberThread, VisitorNow } from '#lib/sdk/api.ts';
import { PhaseBadge } from '../desk/phase-badge.tsx';
import { useNames } from '../desk/use-names.ts';
import { formatFull } from '../time/calendar.ts';
import { browserName } from './browser-name.ts';
import { EarlierConversations } from './earlier-conversations.tsx';
import { lastExplanation } from './explanation.ts';
import { DetailsSection, Fact, Facts } from './section.tsx';
import { WhyThisAgent } from './why-this-agent.tsx';

/** Everything about the conversation that is not said in it. */
export function DetailsPane({
  row,
  thread,
  onClose,
}: {
  row: ConversationRow;
  thread: MemberThread | undefined;
  onClose: () => void;
}) {
  const t = useTranslations('console.details');
  const names = useNames();
  const locale = useLocale();
  const items = thread?.items;
  const why = useMemo(() => (items ? lastExplanation(items) : null), [items]);
  return (
    <>
      <header className="flex h-14 shrink-0 items-center gap-2 border-b px-4">
        <h2 className="flex-1 font-semibold text-base">{t('title')}</h2>
        <Button
          variant="ghost"
          size="icon"
          aria-label={t('close')}
          className="-mr-2"
          onClick={onClose}
        >
          <X />
        </Button>
      </header>
      <div className="scroll-quiet min-h-0 flex-1 overflow-y-auto pb-[env(safe-area-inset-bottom)]">
        <div className="flex items-center gap-3 border-b px-4 py-4">
          <Avatar
            name={row.contact.name ?? row.contact.email ?? ''}
            seed={row.contact.id}
            size="lg"
          />
          <div className="min-w-0">
            <p className="truncate font-semibold text-base">{names.contact(row.contact)}</p>
            <p className="flex items-center gap-1 text-ink-3 text-xs">
              {row.contact.identified ? (
                <>
                  <BadgeCheck aria-hidden="true" className="size-3.5 text-accent-text" />
                  {t('identified')}
                </>
              ) : (
                t('anonymous')
              )}
            </p>
          </div>
        </div>
        {row.contact.email ? (
          <DetailsSection title={t('contact')}>
            <Facts>
              <Fact label={t('email')}>
                <a className="underline underline-offset-2" href={`mailto:${row.contact.email}`}>
                  {row.contact.email}
                </a>
              </Fact>
            </Facts>
          </DetailsSection>
        ) : null}
        {thread?.visitor ? <Visitor visitor={thread.visitor} /> : null}
        <DetailsSection title={t('conversation')}>
          <Facts>
            <Fact label={t('agent')}>
              <span className="flex items-center gap-2">
                {row.ownerId ? names.member(row.ownerId) : null}
                <PhaseBadge phase={row.phase} />
              </span>
            </Fact>
            <Fact label={t('channel')}>{row.channelName}</Fact>
            {row.queueId ? <Fact label={t('queue')}>{names.queue(row.queueId)}</Fact> : null}
            <Fact label={t('started')}>{formatFull(Date.parse(row.createdAt), locale)}</Fact>
            {row.closedAt ? (
              <Fact label={t('closedAt')}>{formatFull(Date.parse(row.closedAt), locale)}</Fact>
            ) : null}
            {row.rating ? (
              <Fact label={t('rating')}>{t('ratingValue', { score: row.rating })}</Fact>
            ) : null}
          </Facts>
        </DetailsSection>
        <DetailsSection
          title={why?.chosenId ? t('why', { name: names.member(why.chosenId) }) : t('whyTitle')}
        >
          {why ? <WhyThisAgent {...why} /> : <p className="text-ink-3 text-sm">{t('whyNone')}</p>}
        </DetailsSection>
        {thread ? (
          <DetailsSection title={t('earlier')}>
            <EarlierConversations earlier={thread.earlier} />
          </DetailsSection>
        ) : null}
      </div>
    </>
  );
}

function languageName(tag: string, locale: string): string {
  try {
    return new Intl.DisplayNames(locale, { type: 'language' }).of(tag) ?? tag;
  } catch {
    // Not a language tag.
    return tag;
  }
}

/** A page's address without what only machines read; never a link unless it is http(s). */
function Page({ page }: { page: NonNullable<VisitorNow['page']> }) {
  const url = URL.parse(page.url);
  const web = url && (url.protocol === 'https:' || url.protocol === 'http:') ? url : null;
  const short = web ? web.host + (web.pathname === '/' ? '' : web.pathname) : page.url;
  const title = page.title || short;
  if (!web) return <span className="break-all">{title}</span>;
  return (
    <a
      href={web.href}
      target="_blank"
      rel="noopener noreferrer"
      title={web.href}
      className="group block"
    >
      <span className="underline decoration-line-strong underline-offset-2 group-hover:decoration-current">
        {title}
      </span>
      <ExternalLink aria-hidden="true" className="ml-1 inline size-3 -translate-y-px text-ink-3" />
      {title === short ? null : <span className="block truncate text-ink-3 text-xs">{short}</span>}
    </a>
  );
}

function Visitor({ visitor }: { visitor: VisitorNow }) {
  const t = useTranslations('console.details');
  const locale = useLocale();
  return (
    <DetailsSection title={t('visitor')}>
      <Facts>
        <Fact label={t('status')}>
          <span className="flex items-center gap-2">
            <StatusDot status={visitor.online ? 'ok' : 'off'} className="ring-0" />
            {visitor.online ? t('online') : t('offline')}
          </span>
        </Fact>
        {visitor.page ? (
          <Fact label={visitor.online ? t('onPage') : t('lastPage')}>
            <Page page={visitor.page} />
          </Fact>
        ) : null}
        <Fact label={t('language')}>{languageName(visitor.locale, locale)}</Fact>
        <Fact label={t('browser')}>
          <span title={visitor.userAgent ?? undefined}>
            {browserName(visitor.userAgent) ?? t('unknown')}
          </span>
        </Fact>
      </Facts>
    </DetailsSection>
  );
}
