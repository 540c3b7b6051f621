import type { Pool, PoolClient } from 'pg';
import type { LiveTimer, Phase } from '#lib/domain/conversation/model.ts';
import type { ConversationRecord, StoredEvent } from './records.ts';

/** What runs one statement: the pool, or the connection that holds a transaction. */
export type Database = Pool | PoolClient;

const ms = (column: string) => `(extract(epoch FROM c.${column}) * 1000)::float8 AS ${column}`;

/** Columns of `conversation AS c` as `conversationOf` reads them; times in ms. */
export const CONVERSATION_COLUMNS = `c.id, c.workspace_id, c.channel_id, c.contact_id, c.visitor_id,
  c.flow_version_id, c.previous_id, c.state, c.phase, c.live, c.state_rev, ${ms('entered_at')},
  c.queue_id, ${ms('queued_at')}, c.priority, c.weight, c.owner_id, c.target_member_id,
  c.declined_by::text[] AS declined_by, c.timers, c.memory, ${ms('created_at')}, ${ms('closed_at')},
  c.last_seq, c.last_public_seq, ${ms('last_visitor_at')}, ${ms('last_agent_at')},
  c.last_visitor_seq, c.last_agent_seq, c.preview, c.preview_by, c.visitor_read_seq,
  c.agent_read_seq, c.rating`;

export interface ConversationColumns {
  id: string;
  workspace_id: string;
  channel_id: string;
  contact_id: string;
  visitor_id: string;
  flow_version_id: string;
  previous_id: string | null;
  state: string;
  phase: Phase;
  live: boolean;
  state_rev: number;
  entered_at: number;
  queue_id: string | null;
  queued_at: number | null;
  priority: number;
  weight: number;
  owner_id: string | null;
  target_member_id: string | null;
  declined_by: string[];
  timers: Record<string, LiveTimer>;
  memory: Record<string, unknown>;
  created_at: number;
  closed_at: number | null;
  last_seq: number;
  last_public_seq: number;
  last_visitor_at: number | null;
  last_agent_at: number | null;
  last_visitor_seq: number;
  last_agent_seq: number;
  preview: string;
  preview_by: ConversationRecord['previewBy'];
  visitor_read_seq: number;
  agent_read_seq: number;
  rating: number | null;
}

export function conversationOf(row: ConversationColumns): ConversationRecord {
  return {
    conversationId: row.id,
    workspaceId: row.workspace_id,
    channelId: row.channel_id,
    contactId: row.contact_id,
    visitorId: row.visitor_id,
    flowVersionId: row.flow_version_id,
    previousId: row.previous_id,
    state: row.state,
    phase: row.phase,
    live: row.live,
    stateRev: row.state_rev,
    enteredAt: row.entered_at,
    queueId: row.queue_id,
    queuedAt: row.queued_at,
    priority: row.priority,
    weight: row.weight,
    ownerId: row.owner_id,
    targetMemberId: row.target_member_id,
    declinedBy: row.declined_by,
    timers: row.timers,
    memory: row.memory,
    createdAt: row.created_at,
    closedAt: row.closed_at,
    lastSeq: row.last_seq,
    lastPublicSeq: row.last_public_seq,
    lastVisitorAt: row.last_visitor_at,
    lastAgentAt: row.last_agent_at,
    lastVisitorSeq: row.last_visitor_seq,
    lastAgentSeq: row.last_agent_seq,
    preview: row.preview,
    previewBy: row.preview_by,
    visitorReadSeq: row.visitor_read_seq,
    agentReadSeq: row.agent_read_seq,
    rating: row.rating,
  };
}

export async function findConversation(
  database: Database,
  workspaceId: string,
  conversationId: string,
): Promise<ConversationRecord | null> {
  const { rows } = await database.query<ConversationColumns>({
    name: 'conversation_find',
    text: `SELECT ${CONVERSATION_COLUMNS} FROM conversation c WHERE c.id = $2 AND c.workspace_id = $1`,
    values: [workspaceId, conversationId],
  });
  return rows[0] ? conversationOf(rows[0]) : null;
}

interface EventColumns {
  conversation_id: string;
  seq: number;
  public_seq: number | null;
  source: string;
  client_id: string;
  kind: string;
  v: number;
  actor_kind: StoredEvent['actorKind'];
  actor_id: string | null;
  data: Record<string, unknown>;
  at: number;
}

/** Columns of `event AS e` as `eventOf` reads them. */
export const EVENT_COLUMNS = `e.conversation_id, e.seq, e.public_seq, e.source, e.client_id, e.kind, e.v,
  e.actor_kind, e.actor_id, e.data, (extract(epoch FROM e.created_at) * 1000)::float8 AS at`;

export function eventOf(row: EventColumns): StoredEvent {
  return {
    conversationId: row.conversation_id,
    seq: row.seq,
    publicSeq: row.public_seq,
    source: row.source,
    clientId: row.client_id,
    kind: row.kind,
    v: row.v,
    actorKind: row.actor_kind,
    actorId: row.actor_id,
    data: row.data,
    at: row.at,
  };
}

/** The log of one conversation after a seq, in order. */
export async function eventsAfter(
  database: Database,
  workspaceId: string,
  conversationId: string,
  after: number,
  limit: number,
): Promise<StoredEvent[]> {
  const { rows } = await database.query<EventColumns>({
    name: 'events_after',
    text: `SELECT ${EVENT_COLUMNS} FROM event e
      WHERE e.conversation_id = $2 AND e.workspace_id = $1 AND e.seq > $3 ORDER BY e.seq LIMIT $4`,
    values: [workspaceId, conversationId, after, limit],
  });
  return rows.map(eventOf);
}

/** Whether a member of the queue is available and present now. */
export async function isStaffed(
  database: Database,
  workspaceId: string,
  queueId: string,
): Promise<boolean> {
  const { rows } = await database.query<{ staffed: boolean }>({
    name: 'queue_staffed',
    text: `SELECT ${STAFFED('$1', '$2')} AS staffed`,
    values: [workspaceId, queueId],
  });
  return rows[0]?.staffed ?? false;
}

/** An SQL condition; both arguments are SQL expressions of type uuid. */
export const STAFFED = (workspaceId: string, queueId: string) => `EXISTS (
  SELECT FROM queue_member qm
  JOIN member m ON m.id = qm.member_id AND m.removed_at IS NULL
  JOIN member_state ms ON ms.member_id = qm.member_id AND ms.workspace_id = qm.workspace_id
  WHERE qm.workspace_id = ${workspaceId} AND qm.queue_id = ${queueId}
    AND ms.availability = 'available' AND ms.present)`;
