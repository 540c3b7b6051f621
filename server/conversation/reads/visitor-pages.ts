import type { VisitorOutput } from '#lib/protocol/envelope.ts';
import { LIMITS } from '#lib/protocol/limits.ts';
import type { VisitorCtx } from '../context.ts';
import type { FindNames } from '../presenters/names.ts';
import { agentsIn, presentVisitorEvents, type ShownEvent } from '../presenters/visitor-event.ts';
import type { Database } from '../store.ts';
import { MAY_REACH } from './actors.ts';
import { OUTLINES_OF, type OutlineColumns, outlineOf } from './outlines.ts';

/** A page of one conversation after a public seq. */
export interface PageAsked {
  ctx: VisitorCtx;
  conversationId: string;
  after: number;
}

type Page = VisitorOutput<'conversation.sync'>;

/** In the order of EVENT; `at` is ms. */
type EventColumns = [
  publicSeq: number,
  clientId: string,
  kind: string,
  v: number,
  actorKind: ShownEvent['actorKind'],
  actorId: string | null,
  data: Record<string, unknown>,
  at: number,
];

const EVENT = 'e.public_seq, e.client_id, e.kind, e.v, e.actor_kind, e.actor_id, e.data, e.at';

/**
 * Events come as one JSON text a visitor: parsed at once, they cost this process 3 µs each instead of
 * 11 as rows, and PostgreSQL no more. A public seq never exceeds its event's seq, which the key finds.
 */
const PAGES = `SELECT v.asked::int AS asked, o.*, p.events
  FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::int[])
    WITH ORDINALITY
    AS v(workspace_id, channel_id, contact_id, visitor_id, conversation_id, after, asked)
  CROSS JOIN LATERAL (${OUTLINES_OF(`SELECT c.* FROM conversation c
    WHERE c.workspace_id = v.workspace_id AND c.id = v.conversation_id
      AND ${MAY_REACH('v.channel_id', 'v.contact_id', 'v.visitor_id')}`)}) o
  LEFT JOIN LATERAL (SELECT json_agg(json_build_array(${EVENT})) AS events FROM (
    SELECT e.public_seq, e.client_id, e.kind, e.v, e.actor_kind, e.actor_id, e.data,
      (extract(epoch FROM e.created_at) * 1000)::float8 AS at
    FROM event e
    WHERE e.conversation_id = o.id AND e.workspace_id = o.workspace_id
      AND e.seq > v.after AND e.public_seq > v.after
    ORDER BY e.seq LIMIT $7) e) p ON o.last_public_seq > v.after`;

function eventOf(columns: EventColumns): ShownEvent {
  const [publicSeq, clientId, kind, v, actorKind, actorId, data, at] = columns;
  return { publicSeq, clientId, kind, v, actorKind, actorId, data, at };
}

/**
 * What each of these visitors may see of a conversation after a public seq (I12), as of one moment, in
 * the order they are named; null: not this visitor's.
 */
export async function visitorPages(
  database: Database,
  asked: readonly PageAsked[],
  namesIn: (workspaceId: string) => FindNames,
): Promise<(Page | null)[]> {
  const { rows } = await database.query<
    OutlineColumns & { asked: number; events: EventColumns[] | null }
  >({
    name: 'visitor_pages',
    text: PAGES,
    values: [
      asked.map(({ ctx }) => ctx.workspaceId),
      asked.map(({ ctx }) => ctx.actor.channelId),
      asked.map(({ ctx }) => ctx.actor.contactId),
      asked.map(({ ctx }) => ctx.actor.visitorId),
      asked.map(({ conversationId }) => conversationId),
      asked.map(({ after }) => after),
      LIMITS.syncPage + 1,
    ],
  });
  const pages = asked.map((): Page | null => null);
  for (const row of rows) {
    const one = asked[row.asked - 1];
    if (!one) continue;
    const found = row.events ?? [];
    const events = found.slice(0, LIMITS.syncPage).map(eventOf);
    const need = agentsIn(events);
    if (row.owner_id !== null) need.add(row.owner_id);
    const names = await namesIn(one.ctx.workspaceId)(need);
    pages[row.asked - 1] = {
      conversation: outlineOf(row, names),
      events: presentVisitorEvents(events, names),
      more: found.length > LIMITS.syncPage,
    };
  }
  return pages;
}
