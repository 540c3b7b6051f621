import * as z from 'zod/mini';
import type { Reply } from '#lib/protocol/envelope.ts';
import { ChannelView } from '#lib/protocol/visitor.ts';
import type { VisitorState } from '../api.ts';
import { fields } from '../core/parse.ts';
import { keepIfSame, type Store } from '../core/store.ts';
import type { Conversation } from './conversation.ts';
import type { Conversations } from './conversations.ts';
import { parseOutline, parseOutlines, parseVisitorEvents } from './parse.ts';

export interface IncomingDeps {
  store: Store<VisitorState>;
  conversations: Conversations;
  view: { current(): string | null };
  call(name: string, input: unknown): Promise<Reply<unknown>>;
  online(): boolean;
  refresh(): void;
  onRevoked(): void;
}

/** What the server tells: pushes, which are hints, and heads, which say what to fetch. */
export function createIncoming(deps: IncomingDeps) {
  const { store, conversations, view } = deps;

  /** Logs are kept where somebody may be looking or be written to; of the others the outline is enough. */
  function isFollowed(conversation: Conversation): boolean {
    const outline = conversation.outline();
    return outline !== null && (outline.open || conversation.id === view.current());
  }

  /** Fetches what the heads say is missing. */
  function follow() {
    if (!deps.online()) return;
    for (const conversation of conversations.all()) {
      if (!isFollowed(conversation)) continue;
      if (!conversation.loaded()) void conversation.sync();
      else conversation.expect(conversation.outline()?.head ?? 0);
    }
  }

  function onHeads(data: unknown) {
    const { channel, conversations: listed } = fields(data);
    const parsed = z.safeParse(ChannelView, channel);
    const before = store.getState().channel;
    if (parsed.success) {
      store.patch({ channel: before ? keepIfSame(before, parsed.data) : parsed.data });
    }
    const outlines = parseOutlines(listed);
    conversations.apply(outlines);
    // Older than what a list names: it is asked by itself.
    const inView = conversations.get(view.current() ?? '');
    if (inView?.exists() && !outlines.some(({ id }) => id === inView.id)) void inView.sync();
    deps.refresh();
    follow();
  }

  async function compareHeads() {
    const reply = await deps.call('conversation.list', {});
    if (reply.ok) onHeads(reply.data);
  }

  function onPush(name: string, payload: unknown) {
    const { conversationId, events, name: who, on } = fields(payload);
    const id = String(conversationId);
    switch (name) {
      case 'events': {
        const conversation = conversations.ensure(id);
        conversation.push(parseVisitorEvents(events));
        if (!conversation.outline()) void conversation.sync();
        return;
      }
      case 'typing':
        conversations.get(id)?.showTyping(on === true && typeof who === 'string' ? who : null);
        return;
      case 'conversation': {
        const outline = parseOutline(payload);
        if (outline) conversations.apply([outline]);
        follow();
        return;
      }
      case 'heads':
        // Heads themselves (a poll's answer), or the word that they should be asked for.
        if (fields(payload).conversations !== undefined) return onHeads(payload);
        return void compareHeads();
      case 'outdated':
        return store.patch({ outdated: true });
      case 'revoked':
        return deps.onRevoked();
    }
  }

  return {
    follow,
    onPush,
    /** After each connect: what was missed meanwhile (D3). */
    joined() {
      for (const conversation of conversations.all()) {
        if (isFollowed(conversation)) void conversation.sync();
      }
    },
    compareHeads,
  };
}
