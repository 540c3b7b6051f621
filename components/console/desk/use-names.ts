'use client';

import { useTranslations } from 'next-intl';
import { createContext, useContext, useMemo } from 'react';
import type { ConversationRow } from '#lib/protocol/member.ts';
import { useDesk } from './desk-context.tsx';

/** Names by id. Who or what is gone keeps a word instead of an id. */
export interface Names {
  member(id: string | null | undefined): string;
  queue(id: string | null | undefined): string;
  contact(contact: ConversationRow['contact']): string;
}

export const NamesContext = createContext<Names | null>(null);

export function useNames(): Names {
  const names = useContext(NamesContext);
  if (!names) throw new Error('useNames needs a DeskNames above it');
  return names;
}

/** Made once for all that show names; another object only when a name has changed. */
export function useDeskNames(): Names {
  const t = useTranslations('console.names');
  // Members change with every load; their names hardly ever.
  const members = useDesk((state) =>
    JSON.stringify(state.desk?.members.map(({ id, name }) => [id, name]) ?? []),
  );
  const queues = useDesk((state) => state.desk?.queues);
  return useMemo(() => {
    const memberById = new Map<string, string>(JSON.parse(members));
    const queueById = new Map(queues?.map((queue) => [queue.id, queue.name]));
    return {
      member: (id) => (id ? memberById.get(id) : undefined) ?? t('formerMember'),
      queue: (id) => (id ? queueById.get(id) : undefined) ?? t('formerQueue'),
      contact: (contact) =>
        contact.name || contact.email || t('visitor', { tag: visitorTag(contact.id) }),
    };
  }, [members, queues, t]);
}

/** Four letters that tell nameless visitors apart: the random end of the contact's id. */
export function visitorTag(contactId: string): string {
  return contactId.slice(-4).toUpperCase();
}
