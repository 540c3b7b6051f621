'use client';

import { MessagesSquare } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { type ReactNode, useCallback, useRef, useState } from 'react';
import { SidebarToggle } from '#components/ui/app-shell.tsx';
import { cn } from '#components/ui/cn.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Kbd } from '#components/ui/kbd.tsx';
import { useMe, useRow, useThread } from '../desk/desk-context.tsx';
import { DetailsPane } from '../details/details-pane.tsx';
import { useShortcuts } from '../shortcuts/use-shortcuts.ts';
import { ThreadView } from '../thread/thread-view.tsx';
import { ConversationList, type ListHandle } from './conversation-list.tsx';
import { ConversationPane } from './conversation-pane.tsx';
import { useInboxLocation } from './location.ts';
import { PhoneViews } from './phone-views.tsx';
import { useWide } from './use-wide.ts';

/** List, conversation, details: side by side as far as there is room, else one screen each. */
export function InboxPage() {
  const t = useTranslations('console');
  const { view, conversationId, details, go } = useInboxLocation();
  const list = useRef<ListHandle>(null);
  const open = useCallback((id: string) => go({ conversationId: id }), [go]);

  useShortcuts(
    {
      next: () => list.current?.move(1),
      previous: () => list.current?.move(-1),
      close: () => go(details ? { details: false } : { conversationId: null }),
    },
    (to) => go({ view: to, conversationId: null }),
  );

  return (
    <div className="flex min-h-0 flex-1">
      <h1 className="sr-only">{t('title')}</h1>
      <div
        className={cn(
          'flex w-full min-w-0 flex-col md:w-[19.5rem] md:shrink-0 md:border-r xl:w-[21rem]',
          conversationId && 'max-md:hidden',
        )}
      >
        <header className="flex h-14 shrink-0 items-center gap-1 border-b px-4">
          <SidebarToggle />
          <h2 className="min-w-0 flex-1 truncate font-semibold text-base">
            {t(`list.views.${view}`)}
          </h2>
        </header>
        <PhoneViews view={view} />
        <ConversationList
          // Each view starts at its own top.
          key={view}
          ref={list}
          view={view}
          selectedId={conversationId}
          onOpen={open}
        />
      </div>
      {conversationId ? (
        <OpenConversation key={conversationId} id={conversationId} details={details} go={go} />
      ) : (
        <div className="hidden min-w-0 flex-1 md:block">
          <EmptyState
            icon={<MessagesSquare />}
            title={t('pick.title')}
            text={t.rich('pick.text', { key: (name) => <Kbd>{name}</Kbd> })}
          />
        </div>
      )}
    </div>
  );
}

function OpenConversation({
  id,
  details,
  go,
}: {
  id: string;
  details: boolean;
  go: ReturnType<typeof useInboxLocation>['go'];
}) {
  const t = useTranslations('console');
  const me = useMe();
  const thread = useThread(id);
  const listed = useRow(id);
  const wide = useWide();
  const [column, setColumn] = useState(true);
  const row = listed ?? thread?.row ?? undefined;
  const shown = wide ? column : details;

  const toggle = () => {
    if (wide) setColumn((was) => !was);
    else go({ details: !details });
  };

  if (!row || !me || thread?.error) {
    return (
      <Pane>
        <ThreadView conversationId={id} thread={thread} actions={null} />
      </Pane>
    );
  }
  return (
    <>
      <Pane hidden={!wide && details}>
        <ConversationPane
          row={row}
          me={me}
          thread={thread}
          detailsShown={shown}
          onDetails={toggle}
          onBack={() => go({ conversationId: null })}
        />
      </Pane>
      {shown ? (
        <aside
          aria-label={t('details.title')}
          className="flex w-full min-w-0 shrink-0 flex-col bg-surface md:w-72 md:border-l max-xl:md:w-full max-xl:md:flex-1"
        >
          <DetailsPane row={row} thread={thread} onClose={toggle} />
        </aside>
      ) : null}
    </>
  );
}

function Pane({ hidden, children }: { hidden?: boolean; children: ReactNode }) {
  return <div className={cn('flex min-w-0 flex-1 flex-col', hidden && 'hidden')}>{children}</div>;
}
