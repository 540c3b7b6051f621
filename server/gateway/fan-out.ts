import { logger } from '#lib/observability/logger.ts';
import { metrics } from '#lib/observability/metrics/instruments.ts';
import { newTrace } from '#lib/observability/trace.ts';
import { isTracing, runningSpan, type Span, startSpan } from '#lib/observability/tracing.ts';
import type { Committed, MemberCtx } from '#server/conversation/index.ts';
import {
  agentsIn,
  type MemberNames,
  presentMemberEvent,
  presentVisitorEvents,
} from '#server/conversation/presenters/index.ts';
import { createInboxHints } from './inbox-hints.ts';
import type { GatewayContext } from './ports.ts';
import { rooms } from './rooms.ts';

const log = logger.child({ scope: 'fanout' });

/** The running spans of the messages a push will carry: looked for before their callers are answered. */
function spansOf({ traces }: Committed): Span[] {
  if (!isTracing()) return NO_SPANS;
  return (traces ?? []).flatMap((trace) => runningSpan(trace) ?? []);
}
const NO_SPANS: Span[] = [];

/** Notes a push under the traces of the messages it carries. */
function pushed(
  { conversationId, traces }: Committed,
  spans: readonly Span[],
  since: number,
): void {
  for (const parent of spans)
    startSpan('push', parent.trace, { kind: 'producer', parent, at: since })?.end();
  if (!log.isLevelEnabled('debug')) return;
  for (const trace of traces ?? []) log.debug({ trace, conversationId }, 'pushed');
}

/**
 * Pushes what was committed. Every push is a hint (Law 1): one that is lost, here or on the way, is
 * found by comparing heads, so that failures are logged and nothing is retried.
 */
export function createFanOut(
  gateway: GatewayContext,
  onQueueMoved: (queueId: string, workspaceId: string) => void,
) {
  const { conversations, members, visitorSockets, memberSockets } = gateway;
  /** Pushes of one conversation leave in the order of its commits. */
  const chains = new Map<string, Promise<void>>();
  /** The last names of a workspace, so that a push need not wait for what is known. */
  const names = new Map<string, MemberNames>();

  const inboxes = createInboxHints((room) => memberSockets.to(room).emit('inbox', {}));

  const emit = (nsp: typeof visitorSockets, room: string, data: object) =>
    gateway.transport().push(nsp, room, 'events', data);

  /** Whether anybody can be in a room; with one process the answer is here and saves the presenting. */
  const someone = (nsp: typeof visitorSockets, room: string) =>
    gateway.transport().shared || nsp.adapter.rooms.has(room);

  const push = (committed: Committed, known: MemberNames, spans: readonly Span[]) => {
    const since = performance.now();
    const { conversationId, record, events } = committed;
    const person = rooms.person(record.contactId, record.channelId);
    if (someone(visitorSockets, person)) {
      const shown = presentVisitorEvents(events, known);
      if (shown.length > 0) {
        emit(visitorSockets, person, { conversationId, events: shown });
        metrics.pushes.add('visitor');
      }
    }
    const room = rooms.conversation(conversationId);
    if (events.length > 0 && someone(memberSockets, room)) {
      emit(memberSockets, room, { conversationId, events: events.map(presentMemberEvent) });
      metrics.pushes.add('member');
    }
    pushed(committed, spans, since);
  };

  const offer = async ({ workspaceId, record, before, after }: Committed): Promise<void> => {
    const memberId = after.targetMemberId;
    if (!memberId || before?.targetMemberId === memberId) return;
    if (!someone(memberSockets, rooms.member(memberId))) return;
    const actor = { kind: 'member' as const, memberId, role: 'agent' as const };
    const ctx: MemberCtx = { workspaceId, actor, trace: newTrace() };
    const row = await conversations.presentRow(ctx, record);
    memberSockets.to(rooms.member(memberId)).emit('offer', { row });
  };

  const namesFor = async (committed: Committed): Promise<MemberNames> => {
    const { record, events } = committed;
    const need = agentsIn(events);
    if (record.ownerId !== null) need.add(record.ownerId);
    const known = await members.names(committed.workspaceId, need);
    names.set(committed.workspaceId, known);
    return known;
  };

  const speaks = ({ record, events }: Committed, known: MemberNames): boolean =>
    (record.ownerId === null || known.has(record.ownerId)) &&
    events.every((e) => e.actorKind !== 'member' || e.actorId === null || known.has(e.actorId));

  const onCommitted = (committed: Committed) => {
    const { conversationId, workspaceId, before, after } = committed;
    const spans = spansOf(committed);
    const known = names.get(workspaceId);
    const before_ = chains.get(conversationId);
    if (!before_ && known && speaks(committed, known)) push(committed, known, spans);
    else {
      const next = (before_ ?? Promise.resolve())
        .then(async () => push(committed, await namesFor(committed), spans))
        .catch((error: unknown) =>
          log.warn({ err: error, conversationId, trace: committed.traces?.[0] }, 'push_failed'),
        )
        .finally(() => {
          if (chains.get(conversationId) === next) chains.delete(conversationId);
        });
      chains.set(conversationId, next);
    }
    inboxes.committed(committed);
    if (before === after) return;
    offer(committed).catch((error: unknown) =>
      log.warn({ err: error, conversationId }, 'offer_push_failed'),
    );
    for (const queueId of new Set([before?.queueId, after.queueId])) {
      if (queueId && (before?.phase === 'queued') !== (after.phase === 'queued')) {
        onQueueMoved(queueId, workspaceId);
      }
    }
  };

  const stop = conversations.onCommitted(onCommitted);
  return {
    /** Names or roles changed: read again. */
    forget: (workspaceId: string) => names.delete(workspaceId),
    hintInbox: inboxes.everybody,
    close(): void {
      stop();
      inboxes.close();
    },
  };
}

export type FanOut = ReturnType<typeof createFanOut>;
