'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { toast } from '#components/ui/toaster.tsx';
import type { ConversationRow } from '#lib/protocol/member.ts';
import type { TransferTarget } from '#lib/sdk/api.ts';
import { useClient } from '../desk/desk-context.tsx';
import type { Permitted } from '../desk/permissions.ts';
import { useAction } from '../desk/use-action.ts';
import { useNames } from '../desk/use-names.ts';
import type { ConversationCommands } from './conversation-actions.tsx';

export type Asking = 'takeOver' | 'endUnanswered' | 'transfer' | null;

/** What buttons and keys do to the conversation in view; asks first where it cannot be taken back. */
export function useConversationCommands(row: ConversationRow, can: Permitted) {
  const client = useClient();
  const t = useTranslations('console.transferDialog');
  const names = useNames();
  const { run, pending } = useAction();
  const [asking, setAsking] = useState<Asking>(null);
  const { id } = row;

  const commands: ConversationCommands = {
    take: () => {
      if (can.take === 'take') void run('take', () => client.take(id));
      if (can.take === 'override') setAsking('takeOver');
    },
    accept: () => {
      if (can.answer === 'offer') void run('accept', () => client.acceptOffer(id));
      if (can.answer === 'transfer') void run('accept', () => client.acceptTransfer(id));
    },
    decline: () => {
      if (can.answer === 'offer') void run('decline', () => client.declineOffer(id));
      if (can.answer === 'transfer') void run('decline', () => client.declineTransfer(id));
    },
    transfer: () => {
      if (can.transfer) setAsking('transfer');
    },
    cancelTransfer: () => {
      if (can.cancelTransfer) void run('cancelTransfer', () => client.cancelTransfer(id));
    },
    giveBack: () => {
      if (can.giveBack) void run('giveBack', () => client.returnToQueue(id));
    },
    end: () => {
      if (can.finish) void run('finish', () => client.finishWrapup(id));
      if (!can.end) return;
      if (row.lastVisitorSeq > row.lastAgentSeq) setAsking('endUnanswered');
      else void run('end', () => client.end(id));
    },
    finish: () => {
      if (can.finish) void run('finish', () => client.finishWrapup(id));
    },
  };

  return {
    commands,
    pending,
    asking,
    stopAsking: () => setAsking(null),
    takeOver: async () => {
      await run('takeOver', () => client.take(id, { override: true }));
      setAsking(null);
    },
    endAnyway: async () => {
      await run('endAnyway', () => client.end(id));
      setAsking(null);
    },
    transferTo: async (to: TransferTarget, note: string) => {
      const text = note.trim() === '' ? undefined : note.trim();
      if (!(await run('transfer', () => client.requestTransfer(id, to, text)))) return;
      setAsking(null);
      toast.success(
        to.kind === 'member'
          ? t('requested', { name: names.member(to.memberId) })
          : t('queued', { name: names.queue(to.queueId) }),
      );
    },
  };
}
