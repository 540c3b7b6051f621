'use client';

import { useVirtualizer } from '@tanstack/react-virtual';
import { CheckCheck, CircleCheck, Coffee, Inbox } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';
import { Spinner } from '#components/ui/spinner.tsx';
import type { InboxView } from '#lib/protocol/member.ts';
import { useClient, useDesk } from '../desk/desk-context.tsx';
import { ConversationRow, ROW_HEIGHT } from './conversation-row.tsx';

export interface ListHandle {
  /** Moves the focus by rows, from the focused or else the selected one. */
  move(by: 1 | -1): void;
}

const ICONS = { mine: Inbox, queued: Coffee, all: CheckCheck, closed: CircleCheck } as const;

/**
 * A view of the inbox. Only the rows in sight exist; the list itself renders when the order changes,
 * a row when its row changes.
 */
export function ConversationList({
  view,
  selectedId,
  onOpen,
  ref,
}: {
  view: InboxView;
  selectedId: string | null;
  onOpen: (id: string) => void;
  ref?: Ref<ListHandle>;
}) {
  const client = useClient();
  const t = useTranslations('console.list');
  const list = useDesk((state) => state.inbox[view]);
  const scroller = useRef<HTMLDivElement>(null);
  const [focusedId, setFocusedId] = useState<string | null>(null);
  const { ids } = list;

  useEffect(() => client.showView(view), [client, view]);

  // Keys stay indices here (React's are the ids): a key function of the order would make the
  // virtualizer measure every row again at each change of it.
  const virtual = useVirtualizer({
    count: ids.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 5,
    paddingStart: 6,
    paddingEnd: 6,
  });
  const rows = virtual.getVirtualItems();

  const lastShown = rows.at(-1)?.index ?? 0;
  const wantsMore = list.more && !list.loadingMore && lastShown >= ids.length - 15;
  useEffect(() => {
    if (wantsMore) void client.loadMore(view);
  }, [client, view, wantsMore]);

  useImperativeHandle(ref, () => ({
    move(by) {
      const from = ids.indexOf(focusedId ?? selectedId ?? '');
      const to = from === -1 ? 0 : Math.min(ids.length - 1, Math.max(0, from + by));
      const id = ids[to];
      if (!id) return;
      virtual.scrollToIndex(to);
      setFocusedId(id);
      // The row may come into being only with the scrolling.
      requestAnimationFrame(() => {
        const row = scroller.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(id)}"]`);
        row?.focus();
      });
    },
  }));

  if (list.status !== 'ready' && ids.length === 0) return <ListSkeleton />;
  if (ids.length === 0) {
    const Icon = ICONS[view];
    return (
      <EmptyState icon={<Icon />} title={t(`empty.${view}.title`)} text={t(`empty.${view}.text`)} />
    );
  }
  // Tab reaches one row: the focused, else the selected, else the first.
  const tabId = [focusedId, selectedId].find((id) => id && ids.includes(id)) ?? ids[0];
  return (
    <div ref={scroller} className="scroll-quiet min-h-0 flex-1 overflow-y-auto overscroll-contain">
      <ul
        aria-label={t(`views.${view}`)}
        className="relative"
        style={{ height: virtual.getTotalSize() }}
      >
        {rows.map((item) => {
          const id = ids[item.index];
          if (!id) return null;
          return (
            <li
              key={id}
              aria-setsize={list.more ? -1 : ids.length}
              aria-posinset={item.index + 1}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <ConversationRow
                id={id}
                view={view}
                selected={id === selectedId}
                tabbable={id === tabId}
                onOpen={onOpen}
                onFocus={setFocusedId}
              />
            </li>
          );
        })}
      </ul>
      {list.loadingMore ? (
        <div className="grid h-12 place-items-center text-ink-3">
          <Spinner />
        </div>
      ) : null}
    </div>
  );
}

function ListSkeleton() {
  const t = useTranslations('common');
  return (
    <div aria-busy="true" className="grid gap-0.5 p-1.5">
      <span className="sr-only">{t('loading')}</span>
      {[72, 48, 60, 40, 66, 52].map((width) => (
        <div key={width} className="flex h-[74px] gap-3 px-2.5 py-2.5">
          <Skeleton className="size-8 rounded-full" />
          <div className="flex-1 space-y-2 pt-1">
            <Skeleton className="h-3 w-28" />
            <span className="block" style={{ width: `${width}%` }}>
              <Skeleton className="h-3 w-full" />
            </span>
          </div>
        </div>
      ))}
    </div>
  );
}
