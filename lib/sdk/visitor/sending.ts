import type { Reply } from '#lib/protocol/envelope.ts';
import type { WireError } from '#lib/protocol/errors.ts';
import type { PageView } from '#lib/protocol/primitives.ts';
import { createOutbox } from '../core/outbox.ts';
import type { OutboxItem } from '../core/outbox-item.ts';
import type { Outbox, OutboxDeps } from '../core/outbox-ports.ts';
import { fields } from '../core/parse.ts';
import { failed, GARBLED } from '../core/wire.ts';
import type { Conversations } from './conversations.ts';

export interface SendingDeps extends Pick<OutboxDeps, 'ports' | 'storage' | 'prefix' | 'onChange'> {
  conversations: Conversations;
  call(name: string, input: unknown): Promise<Reply<unknown>>;
  newConversationId(): string;
  page(): PageView | undefined;
  /** What was meant for one conversation goes to another from now on. */
  onMoved(from: string, to: string): void;
}

/** These leave a conversation id that was never accepted free to be made anew. */
const WRONG_ID = new Set(['id_out_of_range', 'not_found', 'forbidden', 'conflict']);

/** These go on in the conversation that follows a closed one; an end or a rating was meant for that one. */
const GO_ON = new Set(['message.send', 'contact.leave']);

/**
 * The visitor's outbox. It knows that a first message opens the conversation, that the server may
 * answer with another (already open) one, and that a closed one is continued by a new one.
 */
export function createSending(deps: SendingDeps): Outbox {
  const { conversations } = deps;
  /** Items that were given a new conversation id; once each, so that a refusal cannot go in circles. */
  const rehoused = new Set<string>();

  function move(from: string, to: string, previousId: string | null, names?: ReadonlySet<string>) {
    outbox.move(from, to, previousId, names);
    deps.onMoved(from, to);
  }

  async function send(item: OutboxItem): Promise<Reply<{ seq: number }>> {
    const { conversationId, clientKey, previousId } = item;
    const input: Record<string, unknown> = { ...item.input, conversationId, clientKey };
    if (item.name === 'message.send' && !conversations.get(conversationId)?.exists()) {
      input.open = { previousId: previousId ?? undefined, page: deps.page() };
    }
    const reply = await deps.call(item.name, input);
    if (!reply.ok) return reply;
    const { seq, conversationId: landed } = fields(reply.data);
    if (typeof seq !== 'number') return failed(GARBLED);
    if (typeof landed === 'string' && landed !== conversationId) move(conversationId, landed, null);
    return { ok: true, data: { seq } };
  }

  function onRefused(item: OutboxItem, error: WireError): 'again' | 'failed' {
    if (item.name !== 'message.send') return 'failed';
    const from = item.conversationId;
    const exists = conversations.get(from)?.exists() ?? false;
    const closed = error.code === 'conversation_closed';
    const wrongId = WRONG_ID.has(error.code) && !exists;
    if ((!closed && !wrongId) || rehoused.has(item.clientKey)) return 'failed';
    rehoused.add(item.clientKey);
    const continued = closed && exists;
    move(from, deps.newConversationId(), continued ? from : null, continued ? GO_ON : undefined);
    return 'again';
  }

  const outbox = createOutbox({
    ports: deps.ports,
    storage: deps.storage,
    prefix: deps.prefix,
    onChange: deps.onChange,
    send,
    onRefused,
    shownAs: (name) => (name === 'message.send' ? 'message' : null),
    onAcked(item, seq) {
      const conversation = conversations.ensure(item.conversationId);
      conversation.expect(seq);
      // Just opened: its outline is not known yet.
      if (!conversation.outline()) void conversation.sync();
    },
    onElsewhere: (conversationId) => conversations.ensure(conversationId).sync(),
  });
  return outbox;
}
