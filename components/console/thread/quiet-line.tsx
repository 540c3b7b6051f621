'use client';

import { Star } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { cn } from '#components/ui/cn.ts';
import { SYSTEM_LINES, type SystemLine } from '#lib/domain/conversation/model.ts';
import { useNames } from '../desk/use-names.ts';
import { formatFull, formatTime } from '../time/calendar.ts';
import type { Block, QuietEvent } from './blocks.ts';
import { sentenceOf } from './sentence.ts';

type Quiet = Extract<Block, { kind: 'quiet' }>;

function isSystemLine(line: string): line is SystemLine {
  return (SYSTEM_LINES as readonly string[]).includes(line);
}

function useSentence(event: QuietEvent, previous: Quiet['previous']): string {
  const t = useTranslations('console.quiet');
  const lines = useTranslations('console.lines');
  const names = useNames();
  switch (event.kind) {
    case 'transition': {
      const sentence = sentenceOf(event, previous);
      return t(sentence.key, {
        member: names.member(sentence.memberId),
        by: names.member(sentence.byId),
        queue: names.queue(sentence.queueId),
      });
    }
    case 'line':
      return lines(isSystemLine(event.line) ? event.line : 'other');
    case 'rating':
      return t('rating', { score: event.score });
    case 'contact':
      return t('contactLeft', { contact: [event.name, event.email].filter(Boolean).join(' · ') });
    case 'opened':
      return event.page ? t('openedOn', { page: event.page.title || event.page.url }) : t('opened');
  }
}

/** What happened to the conversation, told quietly between the messages. */
export function QuietLine({ block }: { block: Quiet }) {
  const locale = useLocale();
  const text = useSentence(block.event, block.previous);
  const { event } = block;
  const comment = event.kind === 'rating' ? event.comment : undefined;
  const note = event.kind === 'transition' ? event.note : undefined;
  return (
    <div className="px-4 py-1.5 text-center text-ink-3 text-xs">
      <p className="text-balance">
        {event.kind === 'rating' ? (
          <Star
            aria-hidden="true"
            className="mr-1 inline size-3 -translate-y-px fill-warn text-warn"
          />
        ) : null}
        {text}
        <span aria-hidden="true"> · </span>
        <time dateTime={event.at} title={formatFull(block.at, locale)} className="tabular-nums">
          {formatTime(block.at, locale)}
        </time>
      </p>
      {comment || note ? (
        <p
          className={cn(
            'mx-auto mt-1 w-fit max-w-md whitespace-pre-wrap break-words rounded-md px-3 py-1.5 text-left text-sm',
            // The visitor's words are not a note.
            comment ? 'bg-bubble text-ink' : 'border border-note-line bg-note text-note-ink',
          )}
        >
          {comment ?? note}
        </p>
      ) : null}
    </div>
  );
}
