'use client';

import { Plus, Rows3 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { cn } from '#components/ui/cn.ts';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import {
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
} from '#components/ui/table.tsx';
import type { QueueConfig } from '#lib/protocol/config.ts';
import { AdminPage, Loaded } from '../page.tsx';
import { useMayChange } from '../role.tsx';
import { RowMenu } from '../row-menu.tsx';
import { useChange, useConfig } from '../use-config.ts';
import { QueueDialog } from './queue-dialog.tsx';

export function QueuesPage() {
  const t = useTranslations('admin.queues');
  const common = useTranslations('common');
  const may = useMayChange();
  const query = useConfig('queue.list', {});
  const [editing, setEditing] = useState<QueueConfig | 'new' | null>(null);
  const [archiving, setArchiving] = useState<QueueConfig | null>(null);
  const archive = useChange('queue.archive', {
    done: t('archived'),
    onDone: () => setArchiving(null),
  });
  const create = (
    <Button variant="primary" onClick={() => setEditing('new')}>
      <Plus />
      {t('create')}
    </Button>
  );
  return (
    <AdminPage title={t('title')} text={t('text')} action={may ? create : undefined}>
      <Loaded query={query}>
        {(queues) =>
          queues.length === 0 ? (
            <EmptyState icon={<Rows3 />} title={t('emptyTitle')} text={t('emptyText')} />
          ) : (
            <Table aria-label={t('title')}>
              <TableHead>
                <tr>
                  <TableHeader>{t('name')}</TableHeader>
                  <TableHeader>{t('assignment')}</TableHeader>
                  <TableHeader>{t('members')}</TableHeader>
                  <TableHeader>{t('usedBy')}</TableHeader>
                  <TableHeader>
                    <span className="sr-only">{t('actions')}</span>
                  </TableHeader>
                </tr>
              </TableHead>
              <TableBody>
                {queues.map((queue) => (
                  <TableRow key={queue.id}>
                    <TableCell>
                      <button
                        type="button"
                        disabled={!may}
                        onClick={() => setEditing(queue)}
                        className="block max-w-56 truncate rounded font-medium text-ink enabled:hover:underline"
                      >
                        {queue.name}
                      </button>
                    </TableCell>
                    <TableCell className="whitespace-nowrap text-ink-2">
                      {queue.acceptMode === 'auto'
                        ? t('auto')
                        : t('offerFor', { seconds: queue.offerSeconds })}
                    </TableCell>
                    <TableCell
                      className={cn(
                        'whitespace-nowrap',
                        queue.members.length === 0 ? 'text-warn-text' : 'text-ink-2',
                      )}
                    >
                      {t('memberCount', { count: queue.members.length })}
                    </TableCell>
                    <TableCell className="max-w-48 truncate text-ink-2">
                      {queue.channels.map((c) => c.name).join(', ') || '—'}
                    </TableCell>
                    <TableCell className="w-px">
                      {may ? (
                        <RowMenu
                          label={t('actionsFor', { name: queue.name })}
                          actions={[
                            { label: t('edit'), run: () => setEditing(queue) },
                            { label: t('archive'), danger: true, run: () => setArchiving(queue) },
                          ]}
                        />
                      ) : null}
                    </TableCell>
                  </TableRow>
                ))}
              </TableBody>
            </Table>
          )
        }
      </Loaded>
      {editing ? (
        <QueueDialog queue={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />
      ) : null}
      <ConfirmDialog
        open={archiving !== null}
        onOpenChange={(open) => (open ? undefined : setArchiving(null))}
        title={t('archiveTitle', { name: archiving?.name ?? '' })}
        description={t('archiveText')}
        cancel={common('cancel')}
        confirm={t('archive')}
        danger
        pending={archive.pending}
        onConfirm={() => (archiving ? archive.run({ id: archiving.id }) : undefined)}
      />
    </AdminPage>
  );
}
