import type { Pool } from 'pg';
import { together } from '#lib/db/together.ts';
import type { MemberInput, VisitorInput } from '#lib/protocol/envelope.ts';
import type { ConversationRow, MemberCommandName } from '#lib/protocol/member.ts';
import type {
  ChannelView,
  VisitorCommandName,
  VisitorConversation,
} from '#lib/protocol/visitor.ts';
import type { Ctx, MemberCtx, VisitorCtx } from '../context.ts';
import type { Members } from '../members/index.ts';
import type { CommandSpec } from '../ports.ts';
import type { FindNames } from '../presenters/names.ts';
import type { ConversationRecord } from '../records.ts';
import { asMember, asVisitor } from './actors.ts';
import { channelView } from './channel.ts';
import { createHeadsBatch } from './heads-batch.ts';
import { createInboxCounts } from './inbox-counts.ts';
import { listInbox } from './inbox-list.ts';
import { syncInbox } from './inbox-sync.ts';
import { openConversation, syncConversation } from './member-conversation.ts';
import { openDesk } from './open-desk.ts';
import { outline, outlinesBefore, outlinesOf } from './outlines.ts';
import { type QueuePlace, queuePlaces } from './queue-places.ts';
import { presentRows, type ShownTo, visibleRows } from './rows.ts';
import { searchConversations } from './search.ts';
import { createTurns, mostReads } from './turns.ts';
import { listVisitorConversations, OUTLINES_PAGE } from './visitor-conversation.ts';
import { createVisitorSyncs } from './visitor-syncs.ts';

export type { QueuePlace } from './queue-places.ts';

/** Questions about conversations, by those who may ask; every answer is a wire shape. */
export interface Reads {
  /** Read commands and `availability.set`. */
  readonly commands: readonly CommandSpec[];
  /** A record just committed, as one member's row of the inbox. */
  presentRow(ctx: MemberCtx, record: ConversationRecord): Promise<ConversationRow>;
  /** Those of `ids` that the member may see. */
  rows(ctx: MemberCtx, ids: readonly string[]): Promise<ConversationRow[]>;
  /** For the session's answer: newest first, at most 20. */
  outlines(ctx: VisitorCtx): Promise<VisitorConversation[]>;
  /** For pushes to the rooms of these conversations' visitors. */
  outlinesOf(workspaceId: string, ids: readonly string[]): Promise<VisitorConversation[]>;
  /** One outline, or null when the visitor does not reach it. */
  outline(ctx: VisitorCtx, id: string): Promise<VisitorConversation | null>;
  channel(ctx: VisitorCtx): Promise<ChannelView>;
  /** Who waits in a queue, first to be served first: to push positions when the queue moves. */
  queuePlaces(workspaceId: string, queueId: string, limit?: number): Promise<QueuePlace[]>;
}

function forMember<N extends MemberCommandName>(
  name: N,
  limit: CommandSpec['limit'],
  run: (ctx: MemberCtx, input: MemberInput<N>) => Promise<unknown>,
): CommandSpec {
  // The edge has parsed the input with the command's own schema.
  const spec = (_deps: unknown, ctx: Ctx, input: unknown) =>
    run(asMember(ctx), input as MemberInput<N>);
  return { name, audience: 'member', role: 'agent', limit, run: async (...args) => spec(...args) };
}

function forVisitor<N extends VisitorCommandName>(
  name: N,
  run: (ctx: VisitorCtx, input: VisitorInput<N>) => Promise<unknown>,
): CommandSpec {
  const spec = (_deps: unknown, ctx: Ctx, input: unknown) =>
    run(asVisitor(ctx), input as VisitorInput<N>);
  return { name, audience: 'visitor', limit: 'read', run: async (...args) => spec(...args) };
}

/** @param isBusy messages are being written now: what can wait leaves them time */
export function createReads(
  pool: Pool,
  members: Members,
  isBusy: () => boolean = () => false,
): Reads {
  const counts = createInboxCounts(pool);
  const namesIn =
    (workspaceId: string): FindNames =>
    (need) =>
      members.names(workspaceId, need);
  const names = (ctx: Ctx) => namesIn(ctx.workspaceId);
  const firstPage = createHeadsBatch(pool, namesIn);
  const present = together((asked: readonly ShownTo[]) => presentRows(pool, asked));
  const turns = createTurns({ most: mostReads(pool.options?.max) });
  const { inTurn } = turns;
  const syncOf = createVisitorSyncs({ pool, namesIn, turns, isBusy });
  return {
    commands: [
      forMember('desk.open', 'read', (ctx) => openDesk(pool, members, ctx)),
      forMember('inbox.list', 'read', (ctx, { view, after }) =>
        inTurn(ctx, () => listInbox(pool, ctx, view, after)),
      ),
      forMember('inbox.sync', 'read', (ctx, { cursor }) =>
        inTurn(ctx, () => syncInbox(pool, ctx, cursor)),
      ),
      forMember('inbox.counts', 'read', (ctx) => counts(ctx)),
      forMember('conversation.search', 'read', (ctx, { query, after }) =>
        inTurn(ctx, () => searchConversations(pool, ctx, query, after)),
      ),
      forMember('conversation.open', 'read', (ctx, { conversationId, after }) =>
        inTurn(ctx, () => openConversation(pool, ctx, conversationId, after)),
      ),
      forMember('conversation.sync', 'read', (ctx, { conversationId, after }) =>
        inTurn(ctx, () => syncConversation(pool, ctx, conversationId, after)),
      ),
      forMember('availability.set', 'action', async (ctx, { availability }) => ({
        me: await members.setAvailability(ctx, ctx.actor.memberId, availability),
      })),
      forVisitor('conversation.sync', async (ctx, { conversationId, after }) =>
        syncOf(ctx, conversationId, after),
      ),
      forVisitor('conversation.list', async (ctx, { before }) =>
        before === undefined
          ? firstPage(ctx)
          : inTurn(ctx, () => listVisitorConversations(pool, names(ctx), ctx, before)),
      ),
    ],
    async presentRow(ctx, record) {
      const row = await present({ ctx, record });
      if (!row) throw new Error(`conversation ${record.conversationId} has no row to present`);
      return row;
    },
    rows: (ctx, ids) => visibleRows(pool, ctx, ids),
    outlines: async (ctx) => outlinesBefore(pool, ctx, names(ctx), null, OUTLINES_PAGE),
    outlinesOf: async (workspaceId, ids) =>
      outlinesOf(pool, workspaceId, namesIn(workspaceId), ids),
    outline: async (ctx, id) => outline(pool, ctx, names(ctx), id),
    channel: (ctx) => channelView(pool, ctx),
    queuePlaces: (workspaceId, queueId, limit) => queuePlaces(pool, workspaceId, queueId, limit),
  };
}
