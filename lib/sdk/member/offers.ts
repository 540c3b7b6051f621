import type { ConversationRow } from '#lib/protocol/member.ts';
import { sameItems } from '../core/items.ts';

/** Rows whose target I am: offers and transfers. Told once each, however often the row comes. */
export function createOffers(me: () => string | null, onOffer: (row: ConversationRow) => void) {
  const rows = new Map<string, ConversationRow>();
  let list: readonly ConversationRow[] = [];

  function publish() {
    const next = [...rows.values()].sort((a, b) =>
      (a.offerExpiresAt ?? '') < (b.offerExpiresAt ?? '') ? -1 : 1,
    );
    if (!sameItems(list, next)) list = next;
  }

  return {
    see(row: ConversationRow) {
      const before = rows.get(row.id);
      if (row.targetMemberId !== null && row.targetMemberId === me()) {
        rows.set(row.id, row);
        // A transfer after a declined offer is another one: each is a transition of its own.
        if (before?.stateRev !== row.stateRev) onOffer(row);
        publish();
      } else if (rows.delete(row.id)) publish();
    },
    drop(conversationId: string) {
      if (rows.delete(conversationId)) publish();
    },
    snapshot: () => list,
  };
}
