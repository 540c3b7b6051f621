'use client';

import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import type { ConversationRow, MemberView } from '#lib/protocol/member.ts';
import { useDesk } from './desk-context.tsx';

/** Names by id. Who or what is gone keeps a word instead of an id. */
export function useNames() {
  const t = useTranslations('console.names');
  const members = useDesk((state) => state.desk?.members);
  const queues = useDesk((state) => state.desk?.queues);
  const meId = useDesk((state) => state.desk?.me.id);
  return useMemo(() => {
    const memberById = new Map<string, MemberView>(members?.map((member) => [member.id, member]));
    const queueById = new Map(queues?.map((queue) => [queue.id, queue.name]));
    return {
      member: (id: string | null | undefined) =>
        (id ? memberById.get(id)?.name : undefined) ?? t('formerMember'),
      /** The same, but "you" for the reader. */
      memberOrYou: (id: string | null | undefined) =>
        id && id === meId ? t('you') : (id && memberById.get(id)?.name) || t('formerMember'),
      queue: (id: string | null | undefined) =>
        (id ? queueById.get(id) : undefined) ?? t('formerQueue'),
      contact: (contact: ConversationRow['contact']) =>
        contact.name || contact.email || t('visitor', { tag: visitorTag(contact.id) }),
    };
  }, [members, queues, meId, t]);
}

/** Four letters that tell nameless visitors apart: the random end of the contact's id. */
export function visitorTag(contactId: string): string {
  return contactId.slice(-4).toUpperCase();
}
