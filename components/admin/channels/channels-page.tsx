'use client';

import { MessageSquare, Plus } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import type { ChannelConfig } from '#lib/protocol/config.ts';
import { AdminPage, Loaded } from '../page.tsx';
import { RowMenu } from '../row-menu.tsx';
import { useChange, useConfig } from '../use-config.ts';
import { ChannelDialog } from './channel-dialog.tsx';
import { InstallDialog } from './install-dialog.tsx';
import { KeysDialog } from './keys-dialog.tsx';

type Open = { what: 'edit' | 'install' | 'keys' | 'disable'; id: string } | { what: 'new' } | null;

export function ChannelsPage() {
  const t = useTranslations('admin.channels');
  const common = useTranslations('common');
  const query = useConfig('channel.list', {});
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const disable = useChange('channel.disable', { done: t('disabled'), onDone: close });
  // From the list, so that a dialog shows what a change just made.
  const chosen = open && 'id' in open ? (query.data?.find((c) => c.id === open.id) ?? null) : null;
  return (
    <AdminPage
      title={t('title')}
      text={t('text')}
      action={
        <Button variant="primary" onClick={() => setOpen({ what: 'new' })}>
          <Plus />
          {t('create')}
        </Button>
      }
    >
      <Loaded query={query}>
        {(channels) =>
          channels.length === 0 ? (
            <EmptyState icon={<MessageSquare />} title={t('emptyTitle')} text={t('emptyText')} />
          ) : (
            <ul className="grid gap-3">
              {channels.map((channel) => (
                <ChannelCard
                  key={channel.id}
                  channel={channel}
                  onOpen={(what) => setOpen({ what, id: channel.id })}
                />
              ))}
            </ul>
          )
        }
      </Loaded>
      {open?.what === 'new' ? <ChannelDialog channel={null} onClose={close} /> : null}
      {open?.what === 'edit' && chosen ? <ChannelDialog channel={chosen} onClose={close} /> : null}
      {open?.what === 'install' && chosen ? (
        <InstallDialog channel={chosen} onClose={close} />
      ) : null}
      {open?.what === 'keys' && chosen ? <KeysDialog channel={chosen} onClose={close} /> : null}
      <ConfirmDialog
        open={open?.what === 'disable'}
        onOpenChange={(next) => (next ? undefined : close())}
        title={t('disableTitle', { name: chosen?.name ?? '' })}
        description={t('disableText')}
        cancel={common('cancel')}
        confirm={t('disable')}
        danger
        pending={disable.pending}
        onConfirm={() => (chosen ? disable.run({ id: chosen.id }) : undefined)}
      />
    </AdminPage>
  );
}

function ChannelCard({
  channel,
  onOpen,
}: {
  channel: ChannelConfig;
  onOpen: (what: 'edit' | 'install' | 'keys' | 'disable') => void;
}) {
  const t = useTranslations('admin.channels');
  const queues = useConfig('queue.list', {});
  const queue = queues.data?.find((q) => q.id === channel.queueId);
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-3 rounded-lg bg-surface p-4 shadow-card">
      <svg aria-hidden="true" viewBox="0 0 36 36" className="size-9 shrink-0">
        <rect width="36" height="36" rx="10" fill={channel.settings.accent} />
        <path d="M11 13.5h14M11 18h9" stroke="white" strokeWidth="2.2" strokeLinecap="round" />
      </svg>
      <div className="min-w-0 flex-1 basis-52">
        <div className="flex items-center gap-2">
          <button
            type="button"
            onClick={() => onOpen('edit')}
            className="truncate rounded font-medium text-ink text-sm hover:underline"
          >
            {channel.name}
          </button>
          <Badge>{t('widget')}</Badge>
        </div>
        <p className="mt-0.5 truncate text-ink-3 text-xs">
          {t('outline', {
            queue: queue?.name ?? '…',
            origins: channel.allowedOrigins.length,
          })}
        </p>
      </div>
      <div className="flex items-center gap-2">
        <Button onClick={() => onOpen('install')}>{t('install')}</Button>
        <RowMenu
          label={t('actionsFor', { name: channel.name })}
          actions={[
            { label: t('edit'), run: () => onOpen('edit') },
            { label: t('keys'), run: () => onOpen('keys') },
            { label: t('disable'), danger: true, run: () => onOpen('disable') },
          ]}
        />
      </div>
    </li>
  );
}
