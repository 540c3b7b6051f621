'use client';

import { Search } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { RadioGroup } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import { Avatar } from '#components/ui/avatar.tsx';
import { Button } from '#components/ui/button.tsx';
import { cn } from '#components/ui/cn.ts';
import { Dialog, DialogBody, DialogContent, DialogFooter } from '#components/ui/dialog.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { Segmented } from '#components/ui/segmented.tsx';
import { Textarea } from '#components/ui/textarea.tsx';
import { LIMITS } from '#lib/protocol/limits.ts';
import type { TransferTarget } from '#lib/sdk/api.ts';
import { useDesk } from '../desk/desk-context.tsx';
import { matching, orderTargets, statusOf } from './targets.ts';

/** To whom or where; with a note for whoever takes over. */
export function TransferDialog({
  open,
  contactName,
  currentQueueId,
  pending,
  onClose,
  onTransfer,
}: {
  open: boolean;
  contactName: string;
  currentQueueId: string | null;
  pending: boolean;
  onClose: () => void;
  onTransfer: (to: TransferTarget, note: string) => void;
}) {
  const t = useTranslations('console.transferDialog');
  return (
    <Dialog open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
      <DialogContent title={t('title')} description={t('text', { name: contactName })}>
        <TransferForm
          currentQueueId={currentQueueId}
          pending={pending}
          onClose={onClose}
          onTransfer={onTransfer}
        />
      </DialogContent>
    </Dialog>
  );
}

/** Mounted with the dialog, so that each opening starts afresh. */
function TransferForm({
  currentQueueId,
  pending,
  onClose,
  onTransfer,
}: {
  currentQueueId: string | null;
  pending: boolean;
  onClose: () => void;
  onTransfer: (to: TransferTarget, note: string) => void;
}) {
  const t = useTranslations('console.transferDialog');
  const availability = useTranslations('console.availability');
  const common = useTranslations('common');
  const desk = useDesk((state) => state.desk);
  const [kind, setKind] = useState<'member' | 'queue'>('member');
  const [search, setSearch] = useState('');
  const [target, setTarget] = useState('');
  const [note, setNote] = useState('');
  const members = matching(orderTargets(desk?.members ?? [], desk?.me.id ?? ''), search);
  const queues = matching(desk?.queues ?? [], search);
  const shown = kind === 'member' ? members : queues;
  const valid = shown.some(({ id }) => id === target);
  const choosable = kind === 'queue' || members.some((member) => member.present);

  return (
    <>
      <DialogBody className="grid gap-3">
        <div className="flex gap-2">
          <Segmented
            value={kind}
            onValueChange={(next) => {
              setKind(next);
              setTarget('');
              setSearch('');
            }}
            label={t('to')}
            className="h-8 items-stretch coarse:h-11 [&>button]:h-full"
            options={[
              { value: 'member', label: t('member') },
              { value: 'queue', label: t('queue') },
            ]}
          />
          <div className="relative flex-1">
            <Search
              aria-hidden="true"
              className="pointer-events-none absolute top-1/2 left-2.5 size-3.5 -translate-y-1/2 text-ink-3"
            />
            <Input
              type="search"
              value={search}
              onChange={(event) => setSearch(event.target.value)}
              aria-label={kind === 'member' ? t('search') : t('searchQueue')}
              placeholder={kind === 'member' ? t('search') : t('searchQueue')}
              className="pl-8"
            />
          </div>
        </div>
        <RadioGroup.Root
          value={target}
          onValueChange={setTarget}
          aria-label={t('to')}
          // With nothing to choose the list itself takes the focus: without, only a mouse scrolls it.
          {...(choosable ? {} : { tabIndex: 0 })}
          className="scroll-quiet focus-inset -mx-1 grid max-h-56 min-h-28 content-start gap-px overflow-y-auto p-1"
        >
          {shown.length === 0 ? (
            <p className="px-2 py-6 text-center text-ink-3 text-sm">
              {kind === 'member' ? t('none') : t('noneQueue')}
            </p>
          ) : null}
          {kind === 'member'
            ? members.map((member) => (
                <Choice
                  key={member.id}
                  value={member.id}
                  // Who is not connected would only let it expire.
                  disabled={!member.present}
                  icon={
                    <Avatar
                      name={member.name}
                      seed={member.id}
                      size="sm"
                      status={statusOf(member)}
                    />
                  }
                  detail={member.present ? availability(member.availability) : t('gone')}
                  side={
                    <LoadMeter load={member.load} capacity={member.capacity} full={t('full')} />
                  }
                >
                  {member.name}
                </Choice>
              ))
            : queues.map((queue) => (
                <Choice
                  key={queue.id}
                  value={queue.id}
                  icon={<span aria-hidden="true" className="size-2 rounded-full bg-line-strong" />}
                  detail={queue.id === currentQueueId ? '' : null}
                >
                  {queue.name}
                </Choice>
              ))}
        </RadioGroup.Root>
        <Field label={t('note')}>
          <Textarea
            rows={3}
            value={note}
            onChange={(event) => setNote(event.target.value)}
            maxLength={LIMITS.textBytes / 4}
            placeholder={t('notePlaceholder')}
          />
        </Field>
      </DialogBody>
      <DialogFooter>
        <Button onClick={onClose}>{common('cancel')}</Button>
        <Button
          variant="primary"
          disabled={!valid}
          pending={pending}
          onClick={() =>
            onTransfer(
              kind === 'member' ? { kind, memberId: target } : { kind, queueId: target },
              note,
            )
          }
        >
          {t('submit')}
        </Button>
      </DialogFooter>
    </>
  );
}

function Choice({
  value,
  disabled,
  icon,
  detail,
  side,
  children,
}: {
  value: string;
  disabled?: boolean;
  icon: ReactNode;
  detail?: ReactNode;
  side?: ReactNode;
  children: ReactNode;
}) {
  return (
    <RadioGroup.Item
      value={value}
      disabled={disabled}
      className="flex min-h-11 items-center gap-3 rounded-md border border-transparent px-2 py-1 text-left text-sm hover:bg-hover disabled:opacity-50 data-[state=checked]:border-accent data-[state=checked]:bg-accent-soft"
    >
      <span className="grid w-7 shrink-0 place-items-center">{icon}</span>
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium">{children}</span>
        {detail ? <span className="block text-ink-3 text-xs">{detail}</span> : null}
      </span>
      {side}
    </RadioGroup.Item>
  );
}

export function LoadMeter({
  load,
  capacity,
  full,
}: {
  load: number;
  capacity: number;
  full: string;
}) {
  const t = useTranslations('console.transferDialog');
  const share = capacity === 0 ? 1 : Math.min(1, load / capacity);
  return (
    <span className="flex shrink-0 items-center gap-2 text-ink-3 text-xs tabular-nums">
      <span aria-hidden="true" className="h-1 w-10 overflow-hidden rounded-full bg-pressed">
        <span
          className={cn('block h-full', share >= 1 ? 'bg-warn' : 'bg-ok')}
          style={{ width: `${share * 100}%` }}
        />
      </span>
      {t('load', { load, capacity })}
      {share >= 1 ? <span className="sr-only">{full}</span> : null}
    </span>
  );
}
