import type { MemberClient, VisitorClient } from '#lib/sdk/api.ts';

/** The messages a visitor sees, in order; `…text` is pending, `!text` has failed. */
export function visitorShows(client: VisitorClient): string[] {
  return client.getState().thread.items.flatMap((item) => {
    if (item.kind === 'pending') return [`${item.status === 'failed' ? '!' : '…'}${item.text}`];
    return item.event.kind === 'message' ? [item.event.text] : [];
  });
}

/** The messages and notes a member sees in an opened conversation. */
export function memberShows(client: MemberClient, conversationId: string): string[] {
  return (client.getState().threads[conversationId]?.items ?? []).flatMap((item) => {
    if (item.kind === 'pending') return [`${item.status === 'failed' ? '!' : '…'}${item.text}`];
    return item.event.kind === 'message' || item.event.kind === 'note' ? [item.event.text] : [];
  });
}

export const isOnline = (client: VisitorClient | MemberClient) =>
  client.getState().connection.kind === 'online';
