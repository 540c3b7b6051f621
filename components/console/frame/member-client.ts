import type { MemberClient } from '#lib/sdk/api.ts';
import { createMemberClient } from '#lib/sdk/member/index.ts';
import { outboxStorage } from './outbox-storage.ts';

let current: { memberId: string; client: MemberClient } | null = null;

/**
 * The page's one client: inbox and settings share it, so that going from one to the other neither
 * drops the presence nor an offer.
 */
export function memberClient(memberId: string, workspaceId: string): MemberClient {
  if (current?.memberId === memberId) return current.client;
  current?.client.destroy();
  const client = createMemberClient({
    url: location.origin,
    workspaceId,
    storage: outboxStorage(memberId),
  });
  client.start();
  current = { memberId, client };
  return client;
}

/** Before signing out: the socket ends with the session. */
export function endMemberClient(): void {
  current?.client.destroy();
  current = null;
}
