'use client';

import { CheckCheck, CircleAlert, Clock3, StickyNote } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { memo } from 'react';
import { Avatar } from '#components/ui/avatar.tsx';
import { cn } from '#components/ui/cn.ts';
import { useErrorText } from '#lib/i18n/use-error-text.ts';
import { formatFull, formatTime } from '../time/calendar.ts';
import type { SpeechBlock } from './blocks.ts';
import { LinkedText } from './linked-text.tsx';

export interface SpeechActions {
  retry: (clientKey: string) => void;
  /** Takes an unsent text back into the editor. */
  discard: (clientKey: string) => void;
}

/** One message or note; a run shares one name and one avatar. */
export const Speech = memo(function Speech({
  block,
  name,
  avatar,
  seed,
  read,
  actions,
}: {
  block: SpeechBlock;
  name: string;
  /** What the avatar's letters come from; empty for a nameless visitor. */
  avatar: string;
  seed: string;
  /** The visitor has read up to this one. */
  read: boolean;
  actions: SpeechActions | null;
}) {
  const t = useTranslations('console.thread');
  const locale = useLocale();
  const ours = block.author.kind === 'member';
  const note = block.kind === 'note';
  return (
    <article
      className={cn(
        'flex gap-2.5 px-4',
        ours && 'flex-row-reverse',
        block.first ? 'pt-3' : 'pt-0.5',
      )}
    >
      <div className="w-7 shrink-0">
        {block.first ? <Avatar name={avatar} seed={seed} size="sm" /> : null}
      </div>
      <div className={cn('flex min-w-0 max-w-[min(34rem,82%)] flex-col', ours && 'items-end')}>
        {block.first ? (
          <p className="mb-1 flex items-center gap-1.5 px-0.5 text-ink-3 text-xs">
            <span className="inline-flex items-center gap-1 font-medium text-ink-2">
              {note ? <StickyNote aria-hidden="true" className="size-3" /> : null}
              {note ? t('noteBy', { name }) : name}
            </span>
            <time
              dateTime={new Date(block.at).toISOString()}
              title={formatFull(block.at, locale)}
              className="tabular-nums"
            >
              {formatTime(block.at, locale)}
            </time>
          </p>
        ) : null}
        <div
          title={formatFull(block.at, locale)}
          className={cn(
            'w-fit max-w-full whitespace-pre-wrap break-words rounded-xl px-3 py-1.5 text-base [overflow-wrap:anywhere]',
            note && 'border border-note-line bg-note text-note-ink',
            !note && ours && 'bg-accent text-accent-ink',
            !note && !ours && 'bg-bubble text-ink',
            block.pending && block.pending.status !== 'failed' && 'opacity-70',
          )}
        >
          <LinkedText text={block.text} />
        </div>
        {block.pending ? (
          <PendingMark block={block} actions={actions} />
        ) : read ? (
          <p className="mt-0.5 inline-flex items-center gap-1 px-0.5 text-2xs text-ink-3">
            <CheckCheck aria-hidden="true" className="size-3.5 text-accent-text" />
            {t('read')}
          </p>
        ) : null}
      </div>
    </article>
  );
});

function PendingMark({ block, actions }: { block: SpeechBlock; actions: SpeechActions | null }) {
  const t = useTranslations('console.thread');
  const errorText = useErrorText();
  const { pending } = block;
  if (!pending) return null;
  if (pending.status !== 'failed') {
    return (
      <p className="mt-0.5 inline-flex items-center gap-1 px-0.5 text-2xs text-ink-3">
        <Clock3 aria-hidden="true" className="size-3" />
        {t(pending.status)}
      </p>
    );
  }
  const buttonClass = 'rounded font-medium underline underline-offset-2 coarse:min-h-9 coarse:px-1';
  return (
    <div
      role="alert"
      className="mt-1 flex flex-wrap items-center gap-x-2 px-0.5 text-danger-text text-xs"
    >
      <span className="inline-flex items-center gap-1">
        <CircleAlert aria-hidden="true" className="size-3.5" />
        {pending.code ? errorText({ code: pending.code }) : t('failed')}
      </span>
      {actions ? (
        <>
          <button
            type="button"
            className={buttonClass}
            onClick={() => actions.retry(pending.clientKey)}
          >
            {t('retry')}
          </button>
          <button
            type="button"
            className={buttonClass}
            onClick={() => actions.discard(pending.clientKey)}
          >
            {t('discard')}
          </button>
        </>
      ) : null}
    </div>
  );
}
