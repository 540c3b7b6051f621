import * as z from 'zod/mini';
import type { Reply } from '#lib/protocol/envelope.ts';
import type { WireError } from '#lib/protocol/errors.ts';
import {
  type ConversationRow,
  MemberCommands,
  type MemberEventWire,
} from '#lib/protocol/member.ts';
import type {
  ClientPorts,
  EarlierConversation,
  MemberThread,
  PendingItem,
  VisitorNow,
} from '../api.ts';
import { createFollower } from '../core/follower.ts';
import { createItems } from '../core/items.ts';
import { createLog } from '../core/log.ts';
import { fields } from '../core/parse.ts';
import { keepIfSame } from '../core/store.ts';
import { createTypingShown } from '../core/typing.ts';
import { parseMemberEvents, parseRow } from './parse.ts';

export interface ThreadDeps {
  ports: ClientPorts;
  call(name: string, input: unknown): Promise<Reply<unknown>>;
  online(): boolean;
  row(): ConversationRow | undefined;
  pending(): readonly PendingItem[];
  onRow(row: ConversationRow): void;
  onEvents(events: readonly MemberEventWire[], head: number): void;
  onChange(): void;
}

const { visitor: VisitorNowSchema, earlier: EarlierSchema } =
  MemberCommands['conversation.open'].output.shape;

/** An opened conversation: joined to its room once per connection, and its log followed. */
export function createThread(conversationId: string, deps: ThreadDeps) {
  const log = createLog<MemberEventWire>();
  const items = createItems<MemberEventWire>();
  const typing = createTypingShown<NonNullable<MemberThread['typing']>>(deps.ports, deps.onChange);
  let joined = false;
  let loaded = false;
  let error: WireError | null = null;
  let visitor: VisitorNow | null = null;
  let earlier: readonly EarlierConversation[] = [];
  let visitorReadSeq = 0;
  let snapshot: MemberThread | null = null;

  const follower = createFollower<MemberEventWire>({
    ports: deps.ports,
    log,
    online: deps.online,
    async fetch(after) {
      const name = joined ? 'conversation.sync' : 'conversation.open';
      const reply = await deps.call(name, { conversationId, after });
      if (!reply.ok) {
        if (reply.error.retryAfterMs === undefined) {
          error = reply.error;
          deps.onChange();
        }
        return reply;
      }
      joined = true;
      error = null;
      const data = fields(reply.data);
      const now = z.safeParse(VisitorNowSchema, data.visitor);
      if (now.success) visitor = now.data;
      const before = z.safeParse(EarlierSchema, data.earlier);
      if (before.success) earlier = before.data;
      const row = parseRow(data.row);
      if (row) deps.onRow(row);
      return {
        ok: true,
        data: { events: parseMemberEvents(data.events), more: data.more === true },
      };
    },
    onEvents(events) {
      const who = typing.get();
      if (
        who &&
        events.some((event) => event.kind === 'message' && event.actor.kind === who.kind)
      ) {
        typing.show(null);
      }
      deps.onEvents(events, log.head());
    },
    onSynced() {
      loaded = true;
      deps.onChange();
    },
  });

  return {
    id: conversationId,
    head: log.head,
    push: follower.push,
    expect: follower.expect,
    sync: follower.sync,
    /** The room is left with the connection; the next fetch joins again. */
    disconnected() {
      joined = false;
      typing.show(null);
    },
    /** Joins again and fetches: the server takes members out of rooms when their role changes. */
    rejoin() {
      joined = false;
      return follower.sync();
    },
    showTyping: typing.show,
    showVisitor(online: boolean, page: VisitorNow['page']) {
      if (visitor) visitor = { ...visitor, online, page };
      deps.onChange();
    },
    showRead(seq: number) {
      if (seq <= visitorReadSeq) return;
      visitorReadSeq = seq;
      deps.onChange();
    },
    snapshot(): MemberThread {
      const row = deps.row() ?? snapshot?.row ?? null;
      const next: MemberThread = {
        conversationId,
        row,
        items: items(log.items(), deps.pending()),
        loading: !loaded && error === null && log.head() === 0,
        error,
        typing: typing.get(),
        visitor,
        earlier,
        visitorReadSeq: Math.max(visitorReadSeq, row?.visitorReadSeq ?? 0),
      };
      snapshot = snapshot ? keepIfSame(snapshot, next) : next;
      return snapshot;
    },
    stop() {
      follower.stop();
      typing.stop();
    },
  };
}
export type Thread = ReturnType<typeof createThread>;
