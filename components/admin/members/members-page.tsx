'use client';

import { UserPlus } from 'lucide-react';
import { useFormatter, useTranslations } from 'next-intl';
import { useState } from 'react';
import { Avatar } from '#components/ui/avatar.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import {
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
} from '#components/ui/table.tsx';
import type { InvitationConfig, MemberConfig } from '#lib/protocol/config.ts';
import { AdminPage, Loaded } from '../page.tsx';
import { useMayChange } from '../role.tsx';
import { RowMenu } from '../row-menu.tsx';
import { useChange, useConfig } from '../use-config.ts';
import { InviteDialog } from './invite-dialog.tsx';
import { MemberDialog } from './member-dialog.tsx';

export function MembersPage() {
  const t = useTranslations('admin.members');
  const common = useTranslations('common');
  const may = useMayChange();
  const query = useConfig('member.list', {});
  const [editing, setEditing] = useState<MemberConfig | null>(null);
  const [removing, setRemoving] = useState<MemberConfig | null>(null);
  const [inviting, setInviting] = useState(false);
  const remove = useChange('member.remove', {
    done: t('removed'),
    onDone: () => setRemoving(null),
  });
  return (
    <AdminPage
      title={t('title')}
      text={t('text')}
      action={
        may ? (
          <Button variant="primary" onClick={() => setInviting(true)}>
            <UserPlus />
            {t('invite')}
          </Button>
        ) : undefined
      }
    >
      <Loaded query={query}>
        {({ members, invitations }) => (
          <div className="grid grid-cols-[minmax(0,1fr)] gap-8">
            <MembersTable members={members} onEdit={setEditing} onRemove={setRemoving} />
            {invitations.length > 0 ? <Invitations invitations={invitations} /> : null}
          </div>
        )}
      </Loaded>
      {inviting ? <InviteDialog onClose={() => setInviting(false)} /> : null}
      {editing ? <MemberDialog member={editing} onClose={() => setEditing(null)} /> : null}
      <ConfirmDialog
        open={removing !== null}
        onOpenChange={(open) => (open ? undefined : setRemoving(null))}
        title={t('removeTitle', { name: removing?.name ?? '' })}
        description={t('removeText')}
        cancel={common('cancel')}
        confirm={t('remove')}
        danger
        pending={remove.pending}
        onConfirm={() => (removing ? remove.run({ id: removing.id }) : undefined)}
      />
    </AdminPage>
  );
}

function MembersTable({
  members,
  onEdit,
  onRemove,
}: {
  members: readonly MemberConfig[];
  onEdit: (member: MemberConfig) => void;
  onRemove: (member: MemberConfig) => void;
}) {
  const t = useTranslations('admin.members');
  const roles = useTranslations('admin.roles');
  const may = useMayChange();
  return (
    <Table aria-label={t('title')}>
      <TableHead>
        <tr>
          <TableHeader>{t('name')}</TableHeader>
          <TableHeader>{t('role')}</TableHeader>
          <TableHeader>{t('queues')}</TableHeader>
          <TableHeader className="text-right">{t('capacity')}</TableHeader>
          <TableHeader>
            <span className="sr-only">{t('actions')}</span>
          </TableHeader>
        </tr>
      </TableHead>
      <TableBody>
        {members.map((member) => (
          <TableRow key={member.id}>
            <TableCell>
              <div className="flex items-center gap-3">
                <Avatar name={member.name} seed={member.id} />
                <div className="min-w-0">
                  <button
                    type="button"
                    disabled={!may}
                    onClick={() => onEdit(member)}
                    className="block max-w-56 truncate rounded font-medium text-ink enabled:hover:underline"
                  >
                    {member.displayName ?? member.name}
                  </button>
                  <div className="max-w-56 truncate text-ink-3 text-xs">{member.email}</div>
                </div>
              </div>
            </TableCell>
            <TableCell>
              <Badge tone={member.role === 'agent' ? 'neutral' : 'accent'}>
                {roles(member.role)}
              </Badge>
            </TableCell>
            <TableCell className="whitespace-nowrap text-ink-2">
              {t('queueCount', { count: member.queues.length })}
            </TableCell>
            <TableCell className="text-right text-ink-2 tabular-nums">{member.capacity}</TableCell>
            <TableCell className="w-px">
              {may ? (
                <RowMenu
                  label={t('actionsFor', { name: member.name })}
                  actions={[
                    { label: t('edit'), run: () => onEdit(member) },
                    { label: t('remove'), danger: true, run: () => onRemove(member) },
                  ]}
                />
              ) : null}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function Invitations({ invitations }: { invitations: readonly InvitationConfig[] }) {
  const t = useTranslations('admin.members');
  const roles = useTranslations('admin.roles');
  const format = useFormatter();
  const may = useMayChange();
  const cancel = useChange('member.cancel-invitation', { done: t('invitationCanceled') });
  return (
    <section>
      <h2 className="mb-2 font-semibold text-base text-ink">{t('pending')}</h2>
      <ul className="divide-y rounded-lg bg-surface shadow-card">
        {invitations.map((invitation) => (
          <li key={invitation.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
            <span className="min-w-0 flex-1 truncate text-sm">{invitation.email}</span>
            <Badge>{roles(invitation.role)}</Badge>
            <span className="text-ink-3 text-xs">
              {t('until', {
                date: format.dateTime(new Date(invitation.expiresAt), { dateStyle: 'medium' }),
              })}
            </span>
            {may ? (
              <Button
                variant="quietDanger"
                size="sm"
                pending={cancel.pending}
                onClick={() => cancel.run({ id: invitation.id })}
              >
                {t('cancelInvitation')}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}
