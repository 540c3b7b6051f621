import type { VisitorThread } from '../api.ts';
import type { Outbox } from '../core/outbox-ports.ts';
import { keepIfSame } from '../core/store.ts';
import type { Conversations } from './conversations.ts';

/**
 * Which conversation is in view. `auto`: the open one, and when that ends it stays until another
 * opens. `chosen`: what the person picked. `new`: empty, until something is written.
 */
export function createView(conversations: Conversations, outbox: () => Outbox) {
  let mode: 'auto' | 'chosen' | 'new' = 'auto';
  let current: string | null = null;
  let thread: VisitorThread = emptyThread();

  function settle() {
    if (mode !== 'auto') return;
    const outline = current === null ? null : conversations.get(current)?.outline();
    const stays = current !== null && (!outline || outline.open);
    if (stays) return;
    const open = conversations.outlines().find((other) => other.open);
    current = open?.id ?? current ?? outbox().items()[0]?.conversationId ?? null;
  }

  return {
    current: () => current,
    choose(id: string | null) {
      mode = id === null ? 'auto' : 'chosen';
      current = id;
    },
    startNew() {
      mode = 'new';
      current = null;
    },
    /** Something was written to it. */
    settleOn(id: string) {
      mode = 'auto';
      current = id;
    },
    moved(from: string, to: string) {
      if (current !== from) return;
      mode = 'auto';
      current = to;
    },
    /** The same object while nothing shown changed. */
    thread(): VisitorThread {
      settle();
      const conversation = current === null ? undefined : conversations.get(current);
      const outline = conversation?.outline() ?? null;
      const pending = current === null ? [] : outbox().pending(current);
      const items = conversation ? conversation.items(pending) : pending;
      thread = keepIfSame(thread, {
        conversationId: current,
        items: items.length > 0 || thread.items.length > 0 ? items : thread.items,
        loading: conversation ? !conversation.loaded() && items.length === 0 : false,
        typing: conversation?.typing() ?? null,
        stage: outline?.stage ?? null,
        open: outline?.open ?? true,
        agent: outline?.agent ?? null,
        position: outline?.position ?? null,
        ratingAsked: outline?.ratingAsked ?? false,
        rating: outline?.rating ?? null,
        unread: outline?.unread ?? 0,
        readSeq: outline?.readSeq ?? 0,
        agentReadSeq: outline?.agentReadSeq ?? 0,
      });
      return thread;
    },
  };
}

export function emptyThread(): VisitorThread {
  return {
    conversationId: null,
    items: [],
    loading: false,
    typing: null,
    stage: null,
    open: true,
    agent: null,
    position: null,
    ratingAsked: false,
    rating: null,
    unread: 0,
    readSeq: 0,
    agentReadSeq: 0,
  };
}
