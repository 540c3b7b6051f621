'use client';

import { CheckCheck, CircleCheck, Coffee, Inbox } from 'lucide-react';
import { usePathname } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { AdminNav } from '#components/ui/admin-nav.tsx';
import { SidebarLink, SidebarSection } from '#components/ui/app-shell.tsx';
import { cn } from '#components/ui/cn.ts';
import { Logo } from '#components/ui/logo.tsx';
import { Tooltip } from '#components/ui/tooltip.tsx';
import type { MemberView } from '#lib/protocol/member.ts';
import { useDesk } from '../desk/desk-context.tsx';
import { INBOX_VIEWS, inboxPath, useInboxLocation } from '../inbox/location.ts';
import { useViewCounts } from '../inbox/use-view-counts.ts';
import { AvailabilityMenu } from './availability-menu.tsx';
import { NoticePrompt } from './notice-prompt.tsx';

const ICONS = { mine: Inbox, queued: Coffee, all: CheckCheck, closed: CircleCheck } as const;

export interface ConsoleMember {
  memberId: string;
  workspaceId: string;
  name: string;
  role: MemberView['role'];
}

/** Workspace, views with their counts, settings, and me. */
export function ConsoleSidebar({
  member,
  onShortcuts,
  onSignOut,
}: {
  member: ConsoleMember;
  onShortcuts: () => void;
  onSignOut: () => void;
}) {
  const t = useTranslations('console');
  const nav = useTranslations('common.nav');
  const pathname = usePathname();
  const { view } = useInboxLocation();
  const workspace = useDesk((state) => state.desk?.workspace.name);
  const counts = useViewCounts();
  const countLabel = {
    mine: t('list.openCount'),
    queued: t('list.waitingCount'),
    all: t('list.openCount'),
    closed: undefined,
  };
  return (
    <>
      <div className="flex h-14 shrink-0 items-center gap-2 px-4 pr-3">
        <Logo className="size-6" />
        <span className="min-w-0 flex-1 truncate font-semibold text-sm">{workspace ?? ' '}</span>
        <ConnectionDot />
      </div>
      <nav aria-label={nav('label')} className="scroll-quiet min-h-0 flex-1 overflow-y-auto">
        <SidebarSection label={nav('inbox')}>
          {INBOX_VIEWS.map((name) => {
            const Icon = ICONS[name];
            return (
              <SidebarLink
                key={name}
                href={inboxPath({ view: name })}
                icon={<Icon />}
                active={pathname === '/inbox' && view === name}
                count={counts[name]}
                countLabel={countLabel[name]}
                strong={(name === 'mine' && counts.unread > 0) || name === 'queued'}
              >
                {t(`list.views.${name}`)}
              </SidebarLink>
            );
          })}
        </SidebarSection>
        <AdminNav role={member.role} />
      </nav>
      <NoticePrompt />
      <div className="shrink-0 p-2">
        <AvailabilityMenu name={member.name} onShortcuts={onShortcuts} onSignOut={onSignOut} />
      </div>
    </>
  );
}

/** Presence: what is connected, apart from what was chosen. */
function ConnectionDot() {
  const t = useTranslations('console.connection');
  const connection = useDesk((state) => state.connection);
  const slow = connection.kind === 'online' && connection.transport === 'https';
  const text = slow
    ? t('https')
    : connection.kind === 'online'
      ? t('online')
      : connection.kind === 'connecting' || connection.kind === 'idle'
        ? t('connecting')
        : t('offline');
  return (
    <Tooltip text={text} side="bottom">
      <span role="img" aria-label={text} className="grid size-6 place-items-center">
        <span
          className={cn(
            'size-2 rounded-full transition-colors',
            connection.kind === 'online' ? (slow ? 'bg-warn' : 'bg-ok') : 'bg-line-strong',
            connection.kind === 'connecting' && 'animate-pulse bg-warn',
            connection.kind === 'offline' && 'bg-danger',
          )}
        />
      </span>
    </Tooltip>
  );
}
