'use client';

import { ArrowDown, CircleOff } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';
import { useErrorText } from '#lib/i18n/use-error-text.ts';
import type { MemberThread } from '#lib/sdk/api.ts';
import { useClient, useMe } from '../desk/desk-context.tsx';
import { useNames } from '../desk/use-names.ts';
import { formatDay } from '../time/calendar.ts';
import { useNow } from '../time/use-now.ts';
import { type Block, blocksOf, lastReadKey, type SpeechBlock } from './blocks.ts';
import { QuietLine } from './quiet-line.tsx';
import { isWorthShowing } from './sentence.ts';
import { Speech, type SpeechActions } from './speech.tsx';
import { useStickToEnd } from './use-stick-to-end.ts';
import { useWindow } from './use-window.ts';

/** The messages of a conversation. Without `actions` it is read-only and marks nothing as read. */
export function ThreadView({
  conversationId,
  thread,
  actions,
}: {
  conversationId: string;
  thread: MemberThread | undefined;
  actions: SpeechActions | null;
}) {
  const client = useClient();
  const t = useTranslations('console.thread');
  const errorText = useErrorText();
  const names = useNames();
  const me = useMe();
  const [scroller, setScroller] = useState<HTMLElement | null>(null);
  const items = thread?.items;
  const row = thread?.row;

  // The line of the last visit stays where it was when the conversation was opened.
  const visit = useRef<{ id: string; readSeq: number } | null>(null);
  if (row && visit.current?.id !== conversationId) {
    visit.current = { id: conversationId, readSeq: row.readSeq };
  }
  // Who never looked needs no line: everything is new.
  const readSeq = actions && visit.current?.readSeq ? visit.current.readSeq : null;

  const blocks = useMemo(
    () => (items && me ? blocksOf(items, me.id, readSeq) : []),
    [items, me, readSeq],
  );
  const readKey = lastReadKey(blocks, thread?.visitorReadSeq ?? 0);
  const { atEnd, toEnd } = useStickToEnd(scroller, conversationId, items);
  const { from, showEarlier } = useWindow(scroller, blocks.length, atEnd);
  const head = row?.head ?? 0;
  const live = actions !== null;

  // The row's head is known before the messages are: what has been read is what is here.
  // biome-ignore lint/correctness/useExhaustiveDependencies: what has come in is the reason to run
  useEffect(() => {
    if (!live || !atEnd || head === 0) return;
    const read = () => {
      if (document.visibilityState === 'visible' && document.hasFocus())
        client.read(conversationId);
    };
    read();
    window.addEventListener('focus', read);
    return () => window.removeEventListener('focus', read);
  }, [client, conversationId, head, items, atEnd, live]);

  if (thread?.error) {
    return <EmptyState icon={<CircleOff />} title={t('missing')} text={errorText(thread.error)} />;
  }
  if (!thread || (thread.loading && thread.items.length === 0)) return <ThreadSkeleton />;

  const contact = row?.contact;
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <section
        ref={setScroller}
        aria-label={t('label')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        className="scroll-quiet focus-inset min-h-0 flex-1 overflow-y-auto overscroll-contain py-3 [overflow-anchor:none]"
      >
        <div role="log" aria-live={live ? 'polite' : 'off'} aria-relevant="additions">
          {from > 0 ? (
            <div className="pb-2 text-center">
              <Button size="sm" variant="ghost" onClick={showEarlier}>
                {t('earlier')}
              </Button>
            </div>
          ) : null}
          {blocks.slice(from).map((block) => {
            if ('author' in block) {
              const { author } = block;
              const visitor = author.kind === 'visitor';
              return (
                <Speech
                  key={block.key}
                  block={block}
                  name={
                    visitor
                      ? contact
                        ? names.contact(contact)
                        : ''
                      : names.member(author.memberId)
                  }
                  avatar={
                    visitor
                      ? (contact?.name ?? contact?.email ?? '')
                      : names.member(author.memberId)
                  }
                  seed={visitor ? (contact?.id ?? '') : (author.memberId ?? '')}
                  read={block.key === readKey}
                  actions={actions}
                />
              );
            }
            return <Between key={block.key} block={block} />;
          })}
        </div>
        <Typing thread={thread} />
      </section>
      {atEnd ? null : (
        <Button
          size="sm"
          onClick={toEnd}
          className="absolute bottom-3 left-1/2 -translate-x-1/2 animate-rise rounded-full shadow-pop"
        >
          <ArrowDown />
          {t('latest')}
        </Button>
      )}
    </div>
  );
}

function Between({ block }: { block: Exclude<Block, SpeechBlock> }) {
  const t = useTranslations('console.thread');
  switch (block.kind) {
    case 'day':
      return <DayLine at={block.at} />;
    case 'fresh':
      return (
        <div className="flex items-center gap-3 px-4 pt-3 font-medium text-accent-text text-xs">
          <span className="h-px flex-1 bg-accent/40" />
          {t('fresh')}
          <span className="h-px flex-1 bg-accent/40" />
        </div>
      );
    case 'quiet':
      return isWorthShowing(block.event) ? <QuietLine block={block} /> : null;
  }
}

function DayLine({ at }: { at: number }) {
  const locale = useLocale();
  const now = useNow(600);
  return (
    <div className="flex items-center gap-3 px-4 pt-2 pb-2 text-ink-3 text-xs">
      <span className="h-px flex-1 bg-line" />
      {formatDay(at, now, locale)}
      <span className="h-px flex-1 bg-line" />
    </div>
  );
}

function Typing({ thread }: { thread: MemberThread }) {
  const t = useTranslations('console.thread');
  const names = useNames();
  const { typing, row } = thread;
  const text = !typing
    ? ''
    : typing.kind === 'visitor'
      ? t('typingVisitor', { name: row ? names.contact(row.contact) : '' })
      : t('typingMember', { name: names.member(typing.id) });
  return (
    <p aria-live="polite" className="flex h-6 items-center gap-2 px-4 pt-2 text-ink-3 text-xs">
      {text ? (
        <>
          <span aria-hidden="true" className="inline-flex gap-0.5">
            {[0, 150, 300].map((delay) => (
              <span
                key={delay}
                className="size-1 animate-bounce rounded-full bg-ink-3"
                style={{ animationDelay: `${delay}ms` }}
              />
            ))}
          </span>
          {text}
        </>
      ) : null}
    </p>
  );
}

function ThreadSkeleton() {
  const t = useTranslations('console.thread');
  return (
    <div aria-busy="true" className="min-h-0 flex-1 space-y-4 overflow-hidden p-4">
      <span className="sr-only">{t('loading')}</span>
      {['w-56', 'w-72', 'w-40', 'w-64'].map((width, i) => (
        <div key={width} className={i % 2 ? 'flex justify-end' : 'flex'}>
          <Skeleton className={`h-9 rounded-xl ${width}`} />
        </div>
      ))}
    </div>
  );
}
