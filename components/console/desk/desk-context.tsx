'use client';

import { createContext, type ReactNode, useContext, useEffect, useSyncExternalStore } from 'react';
import type { ConversationRow, MemberView } from '#lib/protocol/member.ts';
import type { MemberClient, MemberState, MemberThread } from '#lib/sdk/api.ts';

const ClientContext = createContext<MemberClient | null>(null);

export function DeskProvider({ client, children }: { client: MemberClient; children: ReactNode }) {
  return <ClientContext value={client}>{children}</ClientContext>;
}

export function useClient(): MemberClient {
  const client = useContext(ClientContext);
  if (!client) throw new Error('useClient needs a DeskProvider above it');
  return client;
}

/**
 * A part of the client's state. `select` answers something that keeps its identity while it does not
 * change (a member of the state, a primitive), so that only what concerns a component renders it.
 */
export function useDesk<T>(select: (state: MemberState) => T): T {
  const client = useClient();
  return useSyncExternalStore(client.subscribe, () => select(client.getState()));
}

/** A row by id; renders when that row changes, and for no other. */
export function useRow(id: string): ConversationRow | undefined {
  const client = useClient();
  return useSyncExternalStore(
    (listener) => client.subscribeRow(id, listener),
    () => client.row(id),
  );
}

/** Keeps a conversation open while mounted. */
export function useThread(conversationId: string): MemberThread | undefined {
  const client = useClient();
  useEffect(() => {
    client.openConversation(conversationId);
    return () => client.leaveConversation(conversationId);
  }, [client, conversationId]);
  return useDesk((state) => state.threads[conversationId]);
}

export function useMe(): MemberView | undefined {
  return useDesk((state) => state.desk?.me);
}
