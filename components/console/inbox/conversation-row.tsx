'use client';

import { Star } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { memo } from 'react';
import { Avatar } from '#components/ui/avatar.tsx';
import { cn } from '#components/ui/cn.ts';
import type { InboxView, ConversationRow as Row } from '#lib/protocol/member.ts';
import { useDesk, useRow } from '../desk/desk-context.tsx';
import { PhaseBadge } from '../desk/phase-badge.tsx';
import { useNames } from '../desk/use-names.ts';
import { formatFull, formatShort } from '../time/calendar.ts';
import { useNow } from '../time/use-now.ts';
import { formatWaiting, urgencyOf } from '../time/waiting.ts';
import { inboxPath } from './location.ts';

/** px; the virtual list counts on it. */
export const ROW_HEIGHT = 78;

/** One line of the list. Renders only when its own row object is another. */
export const ConversationRow = memo(function ConversationRow({
  id,
  view,
  selected,
  tabbable,
  onOpen,
  onFocus,
}: {
  id: string;
  view: InboxView;
  selected: boolean;
  /** The one row of the list that Tab reaches. */
  tabbable: boolean;
  onOpen: (id: string) => void;
  onFocus: (id: string) => void;
}) {
  const row = useRow(id);
  const names = useNames();
  const meId = useDesk((state) => state.desk?.me.id);
  const t = useTranslations('console.row');
  if (!row) return null;
  const name = names.contact(row.contact);
  const ownerElsewhere = row.ownerId && row.ownerId !== meId ? row.ownerId : null;
  // In "mine", serving is the rule and needs no chip.
  const chip = !(row.phase === 'serving' && (view === 'mine' || ownerElsewhere));
  const unread = row.unread && row.ownerId === meId;
  return (
    <a
      href={inboxPath({ view, conversationId: id })}
      data-row={id}
      aria-current={selected ? 'true' : undefined}
      tabIndex={tabbable ? 0 : -1}
      onFocus={() => onFocus(id)}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        onOpen(id);
      }}
      className={cn(
        'focus-inset relative mx-1.5 flex h-[74px] gap-3 rounded-lg px-2.5 py-2.5 text-left transition-colors hover:bg-hover',
        selected && 'bg-pressed hover:bg-pressed',
      )}
    >
      <Avatar name={row.contact.name ?? row.contact.email ?? ''} seed={row.contact.id} />
      <span className="min-w-0 flex-1">
        <span className="flex items-baseline gap-2">
          <span
            className={cn(
              'min-w-0 flex-1 truncate text-sm',
              unread ? 'font-semibold text-ink' : 'font-medium text-ink',
            )}
          >
            {name}
          </span>
          <RowTime row={row} />
        </span>
        <span className="mt-px flex items-center gap-2">
          <span
            className={cn('min-w-0 flex-1 truncate text-sm', unread ? 'text-ink' : 'text-ink-3')}
          >
            {row.previewBy === 'member'
              ? t('byUs', { text: row.preview })
              : row.preview || t('nothingYet')}
          </span>
          {unread ? (
            <span className="size-2 shrink-0 rounded-full bg-accent">
              <span className="sr-only">{t('unread')}</span>
            </span>
          ) : null}
        </span>
        <span className="mt-1 flex h-[18px] items-center gap-1.5 text-ink-3 text-xs">
          {chip ? <PhaseBadge phase={row.phase} /> : null}
          {ownerElsewhere ? (
            <span className="inline-flex min-w-0 items-center gap-1">
              <Avatar
                name={names.member(ownerElsewhere)}
                seed={ownerElsewhere}
                size="xs"
                className="scale-[0.8]"
              />
              <span className="truncate">{names.member(ownerElsewhere)}</span>
            </span>
          ) : null}
          {row.queueId && !ownerElsewhere ? (
            <span className="truncate">{names.queue(row.queueId)}</span>
          ) : null}
          {row.rating ? (
            <span className="ml-auto inline-flex items-center gap-0.5 tabular-nums">
              <Star aria-hidden="true" className="size-3 fill-warn text-warn" />
              <span className="sr-only">{t('rating')}</span>
              {row.rating}
            </span>
          ) : null}
        </span>
      </span>
    </a>
  );
});

const URGENCY = {
  calm: 'text-ink-3',
  warm: 'font-medium text-warn-text',
  late: 'font-medium text-danger-text',
} as const;

/** Since when the visitor waits: in the queue, or for an answer. null: nobody waits. */
function waitingSince(row: Row): number | null {
  if (row.phase === 'queued' || row.phase === 'offered') {
    return Date.parse(row.queuedAt ?? row.enteredAt);
  }
  const served = row.phase === 'serving' || row.phase === 'transferring';
  if (served && row.lastVisitorSeq > row.lastAgentSeq && row.previewBy === 'visitor') {
    return Date.parse(row.lastAt);
  }
  return null;
}

function RowTime({ row }: { row: Row }) {
  const since = waitingSince(row);
  return since === null ? <LastTime row={row} /> : <WaitingTime since={since} />;
}

function LastTime({ row }: { row: Row }) {
  const locale = useLocale();
  const now = useNow(60);
  const at = Date.parse(row.closedAt ?? row.lastAt);
  return (
    <time
      dateTime={row.lastAt}
      title={formatFull(at, locale)}
      className="shrink-0 text-ink-3 text-xs tabular-nums"
    >
      {formatShort(at, now, locale)}
    </time>
  );
}

export function WaitingTime({ since, className }: { since: number; className?: string }) {
  const locale = useLocale();
  const t = useTranslations('console.row');
  const waited = useNow() - since;
  return (
    <span
      title={t('waitingSince', { time: formatFull(since, locale) })}
      className={cn('shrink-0 text-xs tabular-nums', URGENCY[urgencyOf(waited)], className)}
    >
      <span className="sr-only">{t('waiting')} </span>
      {formatWaiting(waited, locale)}
    </span>
  );
}
