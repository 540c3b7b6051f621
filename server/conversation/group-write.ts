import type { PoolClient } from 'pg';
import { logger } from '#lib/observability/logger.ts';
import type { ConversationRecord, StoredEvent } from './records.ts';

/** A conversation as it was under the lock (or as inserted) and as it shall be. */
export interface RowChange {
  before: ConversationRecord;
  after: ConversationRecord;
  moved: boolean;
}

/** A row was not as the lock promised: a bug or a writer that takes no lock. Nothing is committed. */
export class LostRow extends Error {
  constructor(what: string) {
    super(`${what}: a locked row changed underneath`);
    this.name = 'LostRow';
  }
}

/** Inserts the events and moves what plain messages and read marks move; no column here is indexed. */
export async function writeEvents(
  client: PoolClient,
  workspaceOf: ReadonlyMap<string, string>,
  events: readonly StoredEvent[],
  changes: readonly RowChange[],
  now: number,
): Promise<void> {
  const pick = <T>(read: (record: ConversationRecord) => T) => changes.map((c) => read(c.after));
  const result = await client.query({
    name: 'group_write',
    text: `WITH written AS (
        INSERT INTO event (conversation_id, seq, workspace_id, public_seq, source, client_id, kind,
          actor_kind, actor_id, data, created_at)
        SELECT e.conversation_id, e.seq, e.workspace_id, e.public_seq, e.source, e.client_id, e.kind,
          e.actor_kind, e.actor_id, e.data::jsonb, to_timestamp($11::float8 / 1000)
        FROM unnest($1::uuid[], $2::int[], $3::uuid[], $4::int[], $5::text[], $6::text[], $7::text[],
          $8::text[], $9::uuid[], $10::text[]) AS e(conversation_id, seq, workspace_id, public_seq,
          source, client_id, kind, actor_kind, actor_id, data))
      UPDATE conversation c SET last_seq = u.last_seq, last_public_seq = u.last_public_seq,
        last_visitor_at = to_timestamp(u.last_visitor_at / 1000),
        last_agent_at = to_timestamp(u.last_agent_at / 1000),
        last_visitor_seq = u.last_visitor_seq, last_agent_seq = u.last_agent_seq,
        preview = u.preview, preview_by = u.preview_by, rating = u.rating,
        visitor_read_seq = u.visitor_read_seq, agent_read_seq = u.agent_read_seq
      FROM unnest($12::uuid[], $13::uuid[], $14::int[], $15::int[], $16::int[], $17::float8[],
          $18::float8[], $19::int[], $20::int[], $21::text[], $22::text[], $23::int[], $24::int[],
          $25::int[])
        AS u(id, workspace_id, was_seq, last_seq, last_public_seq, last_visitor_at, last_agent_at,
          last_visitor_seq, last_agent_seq, preview, preview_by, rating, visitor_read_seq,
          agent_read_seq)
      WHERE c.id = u.id AND c.workspace_id = u.workspace_id AND c.last_seq = u.was_seq`,
    values: [
      events.map((e) => e.conversationId),
      events.map((e) => e.seq),
      events.map((e) => workspaceOf.get(e.conversationId)),
      events.map((e) => e.publicSeq),
      events.map((e) => e.source),
      events.map((e) => e.clientId),
      events.map((e) => e.kind),
      events.map((e) => e.actorKind),
      events.map((e) => e.actorId),
      events.map((e) => JSON.stringify(e.data)),
      now,
      pick((r) => r.conversationId),
      pick((r) => r.workspaceId),
      changes.map((c) => c.before.lastSeq),
      pick((r) => r.lastSeq),
      pick((r) => r.lastPublicSeq),
      pick((r) => r.lastVisitorAt),
      pick((r) => r.lastAgentAt),
      pick((r) => r.lastVisitorSeq),
      pick((r) => r.lastAgentSeq),
      pick((r) => r.preview),
      pick((r) => r.previewBy),
      pick((r) => r.rating),
      pick((r) => r.visitorReadSeq),
      pick((r) => r.agentReadSeq),
    ],
  });
  if (result.rowCount !== changes.length) throw new LostRow('conversation');
}

/** A snapshot's columns as rows for jsonb_to_recordset; times stay ms. */
function snapshotRow(record: ConversationRecord) {
  return {
    id: record.conversationId,
    workspace_id: record.workspaceId,
    channel_id: record.channelId,
    contact_id: record.contactId,
    visitor_id: record.visitorId,
    flow_version_id: record.flowVersionId,
    previous_id: record.previousId,
    state: record.state,
    phase: record.phase,
    live: record.live,
    state_rev: record.stateRev,
    entered_at: record.enteredAt,
    queue_id: record.queueId,
    queued_at: record.queuedAt,
    priority: record.priority,
    weight: record.weight,
    owner_id: record.ownerId,
    target_member_id: record.targetMemberId,
    declined_by: record.declinedBy,
    timers: record.timers,
    memory: record.memory,
    created_at: record.createdAt,
    closed_at: record.closedAt,
  };
}

const MOVED_COLUMNS = `state text, phase text, live boolean, state_rev int, entered_at float8,
  queue_id uuid, queued_at float8, priority int, weight int, owner_id uuid, target_member_id uuid,
  declined_by uuid[], timers jsonb, memory jsonb, closed_at float8`;

/** Opens conversations in id order; returns the ids that could be. */
export async function insertConversations(
  client: PoolClient,
  records: readonly ConversationRecord[],
): Promise<Set<string>> {
  const { rows } = await client.query<{ id: string }>({
    name: 'group_open',
    text: `INSERT INTO conversation (id, workspace_id, channel_id, contact_id, visitor_id,
        flow_version_id, previous_id, state, phase, live, state_rev, entered_at, queue_id, queued_at,
        priority, weight, owner_id, target_member_id, declined_by, timers, memory, created_at, closed_at)
      SELECT r.id, r.workspace_id, r.channel_id, r.contact_id, r.visitor_id, r.flow_version_id,
        r.previous_id, r.state, r.phase, r.live, r.state_rev, to_timestamp(r.entered_at / 1000),
        r.queue_id, to_timestamp(r.queued_at / 1000), r.priority, r.weight, r.owner_id,
        r.target_member_id, r.declined_by, r.timers, r.memory, to_timestamp(r.created_at / 1000),
        to_timestamp(r.closed_at / 1000)
      FROM jsonb_to_recordset($1::jsonb) AS r(id uuid, workspace_id uuid, channel_id uuid,
        contact_id uuid, visitor_id uuid, flow_version_id uuid, previous_id uuid, created_at float8,
        ${MOVED_COLUMNS})
      ORDER BY r.id ON CONFLICT DO NOTHING RETURNING id`,
    values: [JSON.stringify(records.map(snapshotRow))],
  });
  return new Set(rows.map((row) => row.id));
}

/** Takes back conversations opened by this transaction that nothing was written to. */
export async function removeUnused(
  client: PoolClient,
  records: readonly ConversationRecord[],
): Promise<void> {
  await client.query(
    `DELETE FROM conversation c WHERE (c.id, c.workspace_id) IN
       (SELECT * FROM unnest($1::uuid[], $2::uuid[])) AND c.last_seq = 0`,
    [records.map((r) => r.conversationId), records.map((r) => r.workspaceId)],
  );
}

/** Writes what transitions move. */
export async function writeMoves(client: PoolClient, changes: readonly RowChange[]): Promise<void> {
  const result = await client.query({
    name: 'group_move',
    text: `UPDATE conversation c SET state = r.state, phase = r.phase, live = r.live,
        state_rev = r.state_rev, entered_at = to_timestamp(r.entered_at / 1000),
        queue_id = r.queue_id, queued_at = to_timestamp(r.queued_at / 1000), priority = r.priority,
        weight = r.weight, owner_id = r.owner_id, target_member_id = r.target_member_id,
        declined_by = r.declined_by, timers = r.timers, memory = r.memory,
        closed_at = to_timestamp(r.closed_at / 1000)
      FROM jsonb_to_recordset($1::jsonb) AS r(id uuid, workspace_id uuid, was_rev int, ${MOVED_COLUMNS})
      WHERE c.id = r.id AND c.workspace_id = r.workspace_id AND c.state_rev = r.was_rev`,
    values: [
      JSON.stringify(changes.map((c) => ({ ...snapshotRow(c.after), was_rev: c.before.stateRev }))),
    ],
  });
  if (result.rowCount !== changes.length) throw new LostRow('conversation');
}

export interface LoadChange {
  memberId: string;
  workspaceId: string;
  load: number;
  /** Something was given to them. */
  assigned: boolean;
}

/** Writes the loads of members whose rows are held. */
export async function writeLoads(
  client: PoolClient,
  changes: readonly LoadChange[],
  now: number,
): Promise<void> {
  for (const change of changes) {
    if (change.load < 0) logger.error({ member: change.memberId }, 'member_load_below_zero');
  }
  const result = await client.query({
    name: 'group_loads',
    text: `UPDATE member_state ms SET load = greatest(u.load, 0),
        last_assigned_at = CASE WHEN u.assigned THEN to_timestamp($5::float8 / 1000)
          ELSE ms.last_assigned_at END
      FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::boolean[])
        AS u(member_id, workspace_id, load, assigned)
      WHERE ms.member_id = u.member_id AND ms.workspace_id = u.workspace_id`,
    values: [
      changes.map((c) => c.memberId),
      changes.map((c) => c.workspaceId),
      changes.map((c) => c.load),
      changes.map((c) => c.assigned),
      now,
    ],
  });
  if (result.rowCount !== changes.length) throw new LostRow('member_state');
}

export interface TimerRow {
  conversationId: string;
  workspaceId: string;
  name: string;
  gen: number;
  dueAt: number;
}

/** Timers are in 16 shards by the last hex digit of the conversation's id, which is random. */
export function shardOf(conversationId: string): number {
  return Number.parseInt(conversationId.slice(-1), 16);
}

export async function setTimers(client: PoolClient, timers: readonly TimerRow[]): Promise<void> {
  await client.query({
    name: 'group_set_timers',
    text: `INSERT INTO timer (conversation_id, name, workspace_id, gen, due_at, shard)
      SELECT t.conversation_id, t.name, t.workspace_id, t.gen, to_timestamp(t.due_at / 1000), t.shard
      FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::int[], $5::float8[], $6::int[])
        AS t(conversation_id, name, workspace_id, gen, due_at, shard)
      ORDER BY t.conversation_id, t.name
      ON CONFLICT (conversation_id, name) DO UPDATE SET gen = EXCLUDED.gen, due_at = EXCLUDED.due_at`,
    values: [
      timers.map((t) => t.conversationId),
      timers.map((t) => t.name),
      timers.map((t) => t.workspaceId),
      timers.map((t) => t.gen),
      timers.map((t) => t.dueAt),
      timers.map((t) => shardOf(t.conversationId)),
    ],
  });
}

/** Removes timers; `gen` null: whatever its gen. */
export async function clearTimers(
  client: PoolClient,
  timers: readonly {
    conversationId: string;
    workspaceId: string;
    name: string;
    gen: number | null;
  }[],
): Promise<void> {
  await client.query({
    name: 'group_clear_timers',
    text: `DELETE FROM timer t USING unnest($1::uuid[], $2::text[], $3::uuid[], $4::int[])
        AS u(conversation_id, name, workspace_id, gen)
      WHERE t.conversation_id = u.conversation_id AND t.name = u.name
        AND t.workspace_id = u.workspace_id AND (u.gen IS NULL OR t.gen = u.gen)`,
    values: [
      timers.map((t) => t.conversationId),
      timers.map((t) => t.name),
      timers.map((t) => t.workspaceId),
      timers.map((t) => t.gen),
    ],
  });
}

/** What a visitor left about themselves goes to the contact; an empty name keeps the old one. */
export async function writeContacts(
  client: PoolClient,
  contacts: readonly {
    contactId: string;
    workspaceId: string;
    name: string | null;
    email: string | null;
  }[],
): Promise<void> {
  await client.query({
    name: 'group_contacts',
    text: `UPDATE contact ct SET name = coalesce(u.name, ct.name), email = coalesce(u.email, ct.email)
      FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) AS u(id, workspace_id, name, email)
      WHERE ct.id = u.id AND ct.workspace_id = u.workspace_id`,
    values: [
      contacts.map((c) => c.contactId),
      contacts.map((c) => c.workspaceId),
      contacts.map((c) => c.name),
      contacts.map((c) => c.email),
    ],
  });
}
