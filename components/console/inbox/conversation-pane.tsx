'use client';

import { ArrowLeft } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useMemo, useRef } from 'react';
import { Avatar } from '#components/ui/avatar.tsx';
import { Button } from '#components/ui/button.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import type { ConversationRow, MemberView } from '#lib/protocol/member.ts';
import type { MemberThread } from '#lib/sdk/api.ts';
import { Composer, type ComposerHandle } from '../composer/composer.tsx';
import { useClient } from '../desk/desk-context.tsx';
import { type Permitted, permitted } from '../desk/permissions.ts';
import { PhaseBadge } from '../desk/phase-badge.tsx';
import { useNames } from '../desk/use-names.ts';
import { useShortcuts } from '../shortcuts/use-shortcuts.ts';
import type { SpeechActions } from '../thread/speech.tsx';
import { ThreadView } from '../thread/thread-view.tsx';
import { TransferDialog } from '../transfer/transfer-dialog.tsx';
import { ConversationActions } from './conversation-actions.tsx';
import { useConversationCommands } from './use-conversation-commands.ts';

function whyNoReply(
  row: ConversationRow,
  can: Permitted,
  t: (key: 'closed' | 'offered' | 'notMineQueued' | 'notMine') => string,
): string {
  if (row.phase === 'closed') return t('closed');
  if (can.answer !== 'no') return t('offered');
  return can.take === 'take' ? t('notMineQueued') : t('notMine');
}

/** The conversation in view: who, what can be done, what was said, and the editor. */
export function ConversationPane({
  row,
  me,
  thread,
  detailsShown,
  onDetails,
  onBack,
}: {
  row: ConversationRow;
  me: MemberView;
  thread: MemberThread | undefined;
  detailsShown: boolean;
  onDetails: () => void;
  onBack: () => void;
}) {
  const client = useClient();
  const t = useTranslations('console');
  const common = useTranslations('common');
  const composerText = useTranslations('console.composer');
  const names = useNames();
  const composer = useRef<ComposerHandle>(null);
  const can = permitted(row, me);
  const { commands, pending, asking, stopAsking, takeOver, endAnyway, transferTo } =
    useConversationCommands(row, can);
  const name = names.contact(row.contact);
  const holder = row.ownerId ?? row.targetMemberId;

  const items = useRef(thread?.items);
  items.current = thread?.items;
  const speech = useMemo<SpeechActions>(
    () => ({
      retry: (key) => client.retry(key),
      discard: (key) => {
        const item = items.current?.find(
          (each) => each.kind === 'pending' && each.clientKey === key,
        );
        const text = client.discard(key);
        if (text !== null && item?.kind === 'pending') {
          composer.current?.restore(text, item.of === 'note' ? 'note' : 'reply');
        }
      },
    }),
    [client],
  );

  useShortcuts({
    reply: () => composer.current?.focus('reply'),
    note: () => composer.current?.focus('note'),
    canned: () => composer.current?.focus('reply', true),
    transfer: commands.transfer,
    end: commands.end,
    take: commands.take,
    details: onDetails,
  });

  return (
    <>
      <header className="flex h-14 shrink-0 items-center gap-2.5 border-b px-3 md:px-4">
        <Button
          variant="ghost"
          size="icon"
          aria-label={t('header.back')}
          className="-ml-1.5 md:hidden"
          onClick={onBack}
        >
          <ArrowLeft />
        </Button>
        <Avatar
          name={row.contact.name ?? row.contact.email ?? ''}
          seed={row.contact.id}
          className="max-sm:hidden"
        />
        <div className="min-w-0 flex-1">
          <h2 className="truncate font-semibold text-base leading-5">{name}</h2>
          <p className="flex items-center gap-1.5 text-ink-3 text-xs">
            <PhaseBadge phase={row.phase} />
            <span className="truncate">
              {[
                row.phase === 'transferring' && row.ownerId === me.id
                  ? t('header.waitsFor', { name: names.member(row.targetMemberId) })
                  : holder && holder !== me.id
                    ? t('header.servedBy', { name: names.member(holder) })
                    : null,
                row.queueId ? names.queue(row.queueId) : row.channelName,
              ]
                .filter(Boolean)
                .join(' · ')}
            </span>
          </p>
        </div>
        <ConversationActions
          can={can}
          commands={commands}
          pending={pending}
          detailsShown={detailsShown}
          onDetails={onDetails}
        />
      </header>
      <ThreadView conversationId={row.id} thread={thread} actions={speech} />
      {can.note ? (
        <Composer
          key={row.id}
          ref={composer}
          conversationId={row.id}
          contactName={name}
          mayReply={can.reply}
          why={whyNoReply(row, can, composerText)}
        />
      ) : (
        <p className="shrink-0 border-t px-4 py-3 text-center text-ink-3 text-sm">
          {composerText('closed')}
        </p>
      )}
      <ConfirmDialog
        open={asking === 'takeOver'}
        onOpenChange={stopAsking}
        title={t('takeOver.title')}
        description={t(row.ownerId ? 'takeOver.text' : 'takeOverOffered.text', {
          name: names.member(holder),
        })}
        cancel={common('cancel')}
        confirm={t('header.takeOver')}
        pending={pending === 'takeOver'}
        onConfirm={takeOver}
      />
      <ConfirmDialog
        open={asking === 'endUnanswered'}
        onOpenChange={stopAsking}
        title={t('end.title')}
        description={t('end.text')}
        cancel={common('cancel')}
        confirm={t('end.confirm')}
        danger
        pending={pending === 'endAnyway'}
        onConfirm={endAnyway}
      />
      <TransferDialog
        open={asking === 'transfer'}
        contactName={name}
        currentQueueId={row.queueId}
        pending={pending === 'transfer'}
        onClose={stopAsking}
        onTransfer={transferTo}
      />
    </>
  );
}
