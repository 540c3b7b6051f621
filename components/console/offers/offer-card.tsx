'use client';

import { ArrowLeftRight, MessageCircle } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Avatar } from '#components/ui/avatar.tsx';
import { Button } from '#components/ui/button.tsx';
import { Kbd } from '#components/ui/kbd.tsx';
import type { ConversationRow } from '#lib/protocol/member.ts';
import { useThread } from '../desk/desk-context.tsx';
import { useNames } from '../desk/use-names.ts';
import { WaitingTime } from '../inbox/conversation-row.tsx';
import { CountdownRing } from './countdown-ring.tsx';

/** An offer or a transfer to me: who, from where, how long I have. */
export function OfferCard({
  row,
  others,
  pending,
  onAccept,
  onDecline,
}: {
  row: ConversationRow;
  /** How many more wait behind this one. */
  others: number;
  pending: string | null;
  onAccept: () => void;
  onDecline: () => void;
}) {
  const t = useTranslations('console.offer');
  const rows = useTranslations('console.row');
  const names = useNames();
  const transfer = row.phase === 'transferring';
  const name = names.contact(row.contact);
  const by = names.member(row.ownerId);
  const until = row.offerExpiresAt ? Date.parse(row.offerExpiresAt) : null;
  const since = Date.parse(row.queuedAt ?? row.createdAt);
  return (
    <section
      aria-label={t('label')}
      className="w-full animate-rise rounded-xl bg-raised p-4 shadow-pop ring-2 ring-accent"
    >
      <p role="alert" className="sr-only">
        {transfer ? t('announceTransfer', { by, name }) : t('announce', { name })}
      </p>
      <div className="flex items-center gap-2.5">
        <span aria-hidden="true" className="text-accent-text [&_svg]:size-4">
          {transfer ? <ArrowLeftRight /> : <MessageCircle />}
        </span>
        <h2 className="min-w-0 flex-1 truncate font-semibold text-base">
          {transfer ? t('transfer', { name: by }) : t('title')}
        </h2>
        {until === null ? null : (
          <CountdownRing until={until} total={until - Date.parse(row.enteredAt)} />
        )}
      </div>
      <div className="mt-2.5 flex items-start gap-3">
        <Avatar name={row.contact.name ?? row.contact.email ?? ''} seed={row.contact.id} />
        <div className="min-w-0 flex-1">
          <p className="flex items-baseline gap-2">
            <span className="truncate font-medium text-sm">{name}</span>
            <span className="min-w-0 flex-1 truncate text-ink-3 text-xs">
              {row.queueId ? names.queue(row.queueId) : row.channelName}
            </span>
            {transfer ? null : <WaitingTime since={since} />}
          </p>
          <p className="mt-0.5 line-clamp-3 break-words text-ink-2 text-sm">
            {row.previewBy === 'member' ? rows('byUs', { text: row.preview }) : row.preview}
          </p>
          {transfer ? <TransferNote conversationId={row.id} /> : null}
        </div>
      </div>
      <div className="mt-3.5 flex items-center gap-2">
        <Button
          variant="primary"
          size="lg"
          className="flex-1"
          pending={pending === 'accept'}
          disabled={pending !== null}
          onClick={onAccept}
        >
          {t('accept')}
          <Kbd className="border-white/35 bg-transparent text-accent-ink dark:bg-transparent">
            A
          </Kbd>
        </Button>
        <Button
          size="lg"
          className="flex-1"
          pending={pending === 'decline'}
          disabled={pending !== null}
          onClick={onDecline}
        >
          {t('decline')}
          <Kbd>D</Kbd>
        </Button>
      </div>
      {others > 0 ? (
        <p className="mt-2 text-center text-ink-3 text-xs">{t('more', { count: others })}</p>
      ) : null}
    </section>
  );
}

/** What the colleague wrote with the transfer; the row does not carry it. */
function TransferNote({ conversationId }: { conversationId: string }) {
  const thread = useThread(conversationId);
  const note = thread?.items.findLast(
    (item) => item.kind === 'event' && item.event.kind === 'transition' && item.event.note,
  );
  if (note?.kind !== 'event' || note.event.kind !== 'transition') return null;
  return (
    <p className="mt-2 line-clamp-6 whitespace-pre-wrap break-words rounded-md border border-note-line bg-note px-2.5 py-1.5 text-note-ink text-sm">
      {note.event.note}
    </p>
  );
}
