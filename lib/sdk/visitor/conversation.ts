import type { Reply } from '#lib/protocol/envelope.ts';
import type { VisitorConversation as Outline, VisitorEvent } from '#lib/protocol/visitor.ts';
import type { ClientPorts, PendingItem, VisitorItem } from '../api.ts';
import { createFollower } from '../core/follower.ts';
import { createItems } from '../core/items.ts';
import { createLog } from '../core/log.ts';
import { fields } from '../core/parse.ts';
import { keepIfSame } from '../core/store.ts';
import { createTypingShown } from '../core/typing.ts';
import { parseOutline, parseVisitorEvents } from './parse.ts';

export interface ConversationDeps {
  ports: ClientPorts;
  call(name: string, input: unknown): Promise<Reply<unknown>>;
  online(): boolean;
  /** How far this device has read. */
  readSeq(): number;
  /** `live`: came after the history was there. */
  onEvents(events: readonly VisitorEvent[], live: boolean): void;
  onChange(): void;
}

/** One of the visitor's conversations: outline, log and who is typing. */
export function createConversation(id: string, deps: ConversationDeps) {
  const log = createLog<VisitorEvent>();
  const items = createItems<VisitorEvent>();
  const typing = createTypingShown<string>(deps.ports, deps.onChange);
  let outline: Outline | null = null;
  let loaded = false;

  const follower = createFollower<VisitorEvent>({
    ports: deps.ports,
    log,
    online: deps.online,
    async fetch(after) {
      const reply = await deps.call('conversation.sync', { conversationId: id, after });
      if (!reply.ok) return reply;
      const { conversation, events, more } = fields(reply.data);
      setOutline(parseOutline(conversation));
      return { ok: true, data: { events: parseVisitorEvents(events), more: more === true } };
    },
    onSynced() {
      if (loaded) return;
      loaded = true;
      deps.onChange();
    },
    onEvents(events) {
      if (outline) outline = events.reduce(foldEvent, withOwnRead(outline));
      if (events.some((event) => event.kind === 'message' && event.author.kind !== 'visitor')) {
        typing.show(null);
      }
      deps.onEvents(events, loaded);
    },
  });

  /** What was read here and has not reached the server yet counts. */
  function withOwnRead(next: Outline): Outline {
    const readSeq = deps.readSeq();
    if (readSeq <= next.readSeq) return next;
    return { ...next, readSeq, unread: readSeq >= next.head ? 0 : next.unread };
  }

  function setOutline(next: Outline | null) {
    // An answer overtaken by newer events says nothing new.
    if (!next || (outline && next.head < outline.head)) return;
    const merged = withOwnRead(next);
    outline = outline
      ? keepIfSame(outline, { ...merged, agent: keepAgent(outline.agent, merged.agent) })
      : merged;
    log.expect(merged.head);
    deps.onChange();
  }

  return {
    id,
    log,
    outline: () => outline,
    setOutline,
    /** The outline after this device read on. */
    touchRead() {
      if (outline) outline = keepIfSame(outline, withOwnRead(outline));
    },
    typing: () => typing.get(),
    showTyping: (name: string | null) => typing.show(name),
    /** Nothing to wait for: it is known from the server, or is only ours so far. */
    loaded: () => loaded || outline === null,
    exists: () => outline !== null || log.head() > 0,
    behind: () => !loaded || log.behind(),
    items: (pending: readonly PendingItem[]): readonly VisitorItem[] => items(log.items(), pending),
    push: follower.push,
    expect: follower.expect,
    sync: follower.sync,
    stop() {
      follower.stop();
      typing.stop();
    },
  };
}
export type Conversation = ReturnType<typeof createConversation>;

function keepAgent(before: Outline['agent'], next: Outline['agent']): Outline['agent'] {
  return before && next && before.name === next.name ? before : next;
}

/** What an event says about the outline, until the server's own word comes with the next heads. */
function foldEvent(outline: Outline, event: VisitorEvent): Outline {
  if (event.seq <= outline.head) return outline;
  const next: Outline = { ...outline, head: event.seq, lastAt: event.at };
  switch (event.kind) {
    case 'message':
      next.preview = event.text;
      if (event.author.kind === 'visitor') next.readSeq = Math.max(next.readSeq, event.seq);
      else if (event.seq > next.readSeq) next.unread += 1;
      return next;
    case 'stage':
      next.stage = event.stage;
      next.agent = keepAgent(outline.agent, event.agent);
      if (event.stage !== 'waiting') next.position = null;
      return next;
    case 'rating':
      next.rating = event.score;
      next.ratingAsked = false;
      return next;
    case 'line':
    case 'contact':
    case 'unknown':
      return next;
    default:
      return event satisfies never;
  }
}
