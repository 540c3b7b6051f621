import type { VisitorConversation as Outline } from '#lib/protocol/visitor.ts';
import { sameItems } from '../core/items.ts';
import { type Conversation, type ConversationDeps, createConversation } from './conversation.ts';

export interface ConversationsDeps extends Omit<ConversationDeps, 'readSeq' | 'onEvents'> {
  readSeq(conversationId: string): number;
  onEvents(
    conversation: Conversation,
    events: Parameters<ConversationDeps['onEvents']>[0],
    live: boolean,
  ): void;
}

/** All conversations of this visitor that are known here. */
export function createConversations(deps: ConversationsDeps) {
  const known = new Map<string, Conversation>();
  let list: readonly Outline[] = [];

  function ensure(id: string): Conversation {
    const found = known.get(id);
    if (found) return found;
    const conversation: Conversation = createConversation(id, {
      ...deps,
      readSeq: () => deps.readSeq(id),
      onEvents: (events, live) => deps.onEvents(conversation, events, live),
    });
    known.set(id, conversation);
    return conversation;
  }

  return {
    get: (id: string) => known.get(id),
    ensure,
    all: () => [...known.values()],
    apply(outlines: readonly Outline[]) {
      for (const outline of outlines) ensure(outline.id).setOutline(outline);
    },
    /** Newest first; the same array while no outline changed. */
    outlines(): readonly Outline[] {
      const next: Outline[] = [];
      for (const conversation of known.values()) {
        const outline = conversation.outline();
        if (outline) next.push(outline);
      }
      // Ids are UUIDv7s: their order is that of their making.
      next.sort((a, b) => (a.id < b.id ? 1 : -1));
      if (!sameItems(list, next)) list = next;
      return list;
    },
    /** What a poll need not tell again: it looks at the newest 20. */
    heads: () => Object.fromEntries(list.slice(0, 50).map(({ id, head }) => [id, head])),
    clear() {
      for (const conversation of known.values()) conversation.stop();
      known.clear();
    },
  };
}
export type Conversations = ReturnType<typeof createConversations>;
