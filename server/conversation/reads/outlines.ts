import type { VisitorConversation } from '#lib/protocol/visitor.ts';
import type { VisitorCtx } from '../context.ts';
import type { FindNames, MemberNames } from '../presenters/names.ts';
import { presentVisitorConversation } from '../presenters/visitor-conversation.ts';
import {
  CONVERSATION_COLUMNS,
  type ConversationColumns,
  conversationOf,
  type Database,
} from '../store.ts';
import { MAY_REACH } from './actors.ts';

/** Beyond these the numbers stop counting: nobody reads a badge of 1000. */
const MOST_UNREAD = 100;
const MOST_AHEAD = 1_000;

export type OutlineColumns = ConversationColumns & { ahead: number | null; unread: number };

/**
 * `conversation AS c` with its place in the queue and the unread messages of agents. Who waits ahead:
 * the same queue's, by priority, then age. An offered one is next: nobody is ahead of it.
 */
export const OUTLINES_OF = (page: string) => `SELECT ${CONVERSATION_COLUMNS}, w.ahead, r.unread
  FROM (${page}) c
  LEFT JOIN LATERAL (SELECT count(*)::int AS ahead FROM (
    SELECT FROM conversation o
    WHERE o.queue_id = c.queue_id AND o.workspace_id = c.workspace_id AND o.phase = 'queued'
      AND c.phase = 'queued' AND o.priority >= c.priority
      AND (o.priority > c.priority OR (o.queued_at, o.id) < (c.queued_at, c.id))
    LIMIT ${MOST_AHEAD}) ahead_of) w ON c.phase IN ('queued', 'offered')
  CROSS JOIN LATERAL (SELECT count(*)::int AS unread FROM (
    SELECT FROM event e
    WHERE e.conversation_id = c.id AND e.workspace_id = c.workspace_id
      AND c.last_agent_seq > c.visitor_read_seq AND e.seq > c.visitor_read_seq
      AND e.public_seq > c.visitor_read_seq AND e.kind = 'message.sent' AND e.actor_kind = 'member'
    LIMIT ${MOST_UNREAD}) unread_ones) r`;

export function outlineOf(row: OutlineColumns, names: MemberNames): VisitorConversation {
  return presentVisitorConversation(conversationOf(row), {
    names,
    position: row.ahead === null ? null : row.ahead + 1,
    unread: row.unread,
  });
}

async function outlinesFrom(
  rows: readonly OutlineColumns[],
  find: FindNames,
): Promise<VisitorConversation[]> {
  const names = await find(rows.flatMap((row) => row.owner_id ?? []));
  return rows.map((row) => outlineOf(row, names));
}

/**
 * Outlines of what the visitor reaches, newest first.
 * @param before ids below this one only; @param limit at most so many
 */
export async function outlinesBefore(
  database: Database,
  ctx: VisitorCtx,
  names: FindNames,
  before: string | null,
  limit: number,
): Promise<VisitorConversation[]> {
  const { contactId, visitorId, channelId } = ctx.actor;
  const { rows } = await database.query<OutlineColumns>({
    name: 'outlines_before',
    text: `${OUTLINES_OF(`SELECT c.* FROM conversation c
      WHERE c.workspace_id = $1 AND ${MAY_REACH('$2', '$3', '$4')}
        AND ($5::uuid IS NULL OR c.id < $5) ORDER BY c.id DESC LIMIT $6`)} ORDER BY c.id DESC`,
    values: [ctx.workspaceId, channelId, contactId, visitorId, before, limit],
  });
  return outlinesFrom(rows, names);
}

/**
 * `outlinesBefore` of many visitors from the newest on, in the order they are named.
 * @param limit at most so many each
 */
export async function outlinesOfMany(
  database: Database,
  visitors: readonly VisitorCtx[],
  namesIn: (workspaceId: string) => FindNames,
  limit: number,
): Promise<VisitorConversation[][]> {
  const { rows } = await database.query<OutlineColumns & { asked: number }>({
    name: 'outlines_of_many',
    text: `SELECT v.asked::int AS asked, o.*
      FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[])
        WITH ORDINALITY AS v(workspace_id, channel_id, contact_id, visitor_id, asked)
      CROSS JOIN LATERAL (${OUTLINES_OF(`SELECT c.* FROM conversation c
        WHERE c.workspace_id = v.workspace_id
          AND ${MAY_REACH('v.channel_id', 'v.contact_id', 'v.visitor_id')}
        ORDER BY c.id DESC LIMIT $5`)}) o ORDER BY v.asked, o.id DESC`,
    values: [
      visitors.map((ctx) => ctx.workspaceId),
      visitors.map(({ actor }) => actor.channelId),
      visitors.map(({ actor }) => actor.contactId),
      visitors.map(({ actor }) => actor.visitorId),
      limit,
    ],
  });
  const theirs = visitors.map((): OutlineColumns[] => []);
  for (const row of rows) theirs[row.asked - 1]?.push(row);
  return Promise.all(
    visitors.map(({ workspaceId }, index) =>
      outlinesFrom(theirs[index] ?? [], namesIn(workspaceId)),
    ),
  );
}

/** One outline, or null when the visitor does not reach it. */
export async function outline(
  database: Database,
  ctx: VisitorCtx,
  names: FindNames,
  conversationId: string,
): Promise<VisitorConversation | null> {
  const { contactId, visitorId, channelId } = ctx.actor;
  const { rows } = await database.query<OutlineColumns>({
    name: 'outline',
    text: OUTLINES_OF(`SELECT c.* FROM conversation c
      WHERE c.workspace_id = $1 AND ${MAY_REACH('$2', '$3', '$4')} AND c.id = $5`),
    values: [ctx.workspaceId, channelId, contactId, visitorId, conversationId],
  });
  return (await outlinesFrom(rows, names))[0] ?? null;
}

/**
 * Outlines of these conversations for a push to their visitors: what their rooms are told, whoever
 * of the person listens. System's own question, so no visitor is asked after.
 */
export async function outlinesOf(
  database: Database,
  workspaceId: string,
  names: FindNames,
  conversationIds: readonly string[],
): Promise<VisitorConversation[]> {
  if (conversationIds.length === 0) return [];
  const { rows } = await database.query<OutlineColumns>({
    name: 'outlines_of',
    text: OUTLINES_OF(
      `SELECT c.* FROM conversation c WHERE c.workspace_id = $1 AND c.id = ANY ($2)`,
    ),
    values: [workspaceId, conversationIds],
  });
  return outlinesFrom(rows, names);
}
