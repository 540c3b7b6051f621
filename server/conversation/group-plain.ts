import type { PoolClient } from 'pg';
import { intArray, textArray, uuidArray, xidArray } from './group-arrays.ts';
import { authorOf } from './group-draft.ts';
import { SERVER } from './group-lock.ts';
import type { PlainChange } from './group-plain-choice.ts';
import { type Outcome, withMarks } from './group-plan.ts';
import type { AppendItem, Committed, ConversationRecord, StoredEvent } from './records.ts';
import { foldEvent, previewOf } from './store-fold.ts';
import type { KnownRows } from './store-versions.ts';

/** What one plain write did. */
export interface PlainResult {
  /** Of what was written, in the order of the changes. */
  committed: Committed[];
  outcomes: Map<AppendItem, Extract<Outcome, { kind: 'appended' }>>;
  records: Map<string, ConversationRecord>;
  /** Conversations that were not as we knew them or are held. */
  missed: string[];
}

const textOf = (item: AppendItem) => String(item.entries[0]?.data.text);

/**
 * One statement, which is its own transaction: locks in id order without waiting, writes rows of the
 * expected version and their events. A known key breaks the unique index and with it the statement.
 * The clock is read after the last lock.
 *
 * It must not read a partitioned table, nor update a row that was written after its snapshot:
 * PostgreSQL 18 crashes when it checks such a row again (EvalPlanQual) in a statement that prunes
 * partitions as it runs (decision 0105).
 */
export const STATEMENT = {
  name: 'group_plain',
  text: `WITH u AS MATERIALIZED (
      SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::xid[], $4::int[], $5::int[], $6::int[],
          $7::int[], $8::text[], $9::text[], $18::int[], $19::int[]) WITH ORDINALITY
        AS u(id, workspace_id, version, last_seq, last_public_seq, visitor_seq, agent_seq, preview,
          preview_by, visitor_read_seq, agent_read_seq, n)),
    e AS MATERIALIZED (
      SELECT * FROM unnest($10::int[], $11::int[], $12::int[], $13::text[], $14::text[], $15::text[],
          $16::uuid[], $17::text[])
        AS e(n, seq, public_seq, source, client_id, actor_kind, actor_id, body)),
    locked AS MATERIALIZED (
      SELECT c.id, c.xmin AS version FROM conversation c
      WHERE c.id = ANY ($1::uuid[]) AND (SELECT ${SERVER}) = $20::float8
      ORDER BY c.id FOR UPDATE OF c SKIP LOCKED),
    clock AS MATERIALIZED (
      SELECT date_trunc('milliseconds', clock_timestamp()) AS now
      FROM (SELECT count(*) FROM locked) AS after_the_last_lock),
    moved AS (
      UPDATE conversation c SET last_seq = u.last_seq, last_public_seq = u.last_public_seq,
        last_visitor_at = CASE WHEN u.visitor_seq IS NULL THEN c.last_visitor_at ELSE clock.now END,
        last_visitor_seq = coalesce(u.visitor_seq, c.last_visitor_seq),
        last_agent_at = CASE WHEN u.agent_seq IS NULL THEN c.last_agent_at ELSE clock.now END,
        last_agent_seq = coalesce(u.agent_seq, c.last_agent_seq),
        preview = coalesce(u.preview, c.preview),
        preview_by = coalesce(u.preview_by, c.preview_by),
        visitor_read_seq = u.visitor_read_seq, agent_read_seq = u.agent_read_seq
      FROM locked JOIN u ON u.id = locked.id AND u.version = locked.version CROSS JOIN clock
      WHERE c.id = locked.id AND c.workspace_id = u.workspace_id AND c.xmin = u.version
      RETURNING u.n, u.id, u.workspace_id),
    written AS (
      INSERT INTO event (conversation_id, seq, workspace_id, public_seq, source, client_id, kind,
        actor_kind, actor_id, data, created_at)
      SELECT m.id, e.seq, m.workspace_id, e.public_seq, e.source, e.client_id, 'message.sent',
        e.actor_kind, e.actor_id, jsonb_build_object('text', e.body), clock.now
      FROM e JOIN moved m ON m.n = e.n CROSS JOIN clock)
    SELECT (extract(epoch FROM clock.now) * 1000)::float8 AS now, pg_current_xact_id()::xid AS version,
      (SELECT coalesce(array_agg(u.n::int), '{}') FROM u
       WHERE NOT EXISTS (SELECT FROM moved m WHERE m.n = u.n)) AS missed
    FROM clock`,
};

interface Answer {
  now: number;
  version: string;
  missed: number[];
}

/**
 * Writes what is as we knew it; the rest comes back as `missed`, untouched.
 * @throws what pg throws, a known key among it; without a connection's loss nothing was written
 */
export async function writePlain(
  client: PoolClient,
  changes: readonly PlainChange[],
  known: KnownRows,
): Promise<PlainResult> {
  const values = [...valuesOf(changes), known.server];
  const { rows } = await client.query<Answer>({ ...STATEMENT, values });
  const [answer] = rows;
  if (!answer) throw new Error('a plain write answered nothing');
  const missed = new Set(answer.missed);
  const result: PlainResult = {
    committed: [],
    outcomes: new Map(),
    records: new Map(),
    missed: [],
  };
  const version = Number(answer.version);
  for (const [index, change] of changes.entries()) {
    const { conversationId } = change.row.record;
    if (missed.has(index + 1)) {
      known.overtaken(conversationId);
      result.missed.push(conversationId);
      continue;
    }
    const record = applied(change, answer.now, result);
    known.wrote(conversationId, record, version, keysOf(change));
  }
  return result;
}

const keysOf = ({ items }: PlainChange) =>
  items.filter((item) => item.entries.length > 0).map((item) => item.key.clientId);

/** The change as it is once committed at `now`; adds to `result`. */
export function applied(
  { row, items }: PlainChange,
  now: number,
  result: Pick<PlainResult, 'committed' | 'outcomes' | 'records'>,
): ConversationRecord {
  let { record } = row;
  const { workspaceId, conversationId } = record;
  const events: StoredEvent[] = [];
  for (const item of items) {
    const [entry] = item.entries;
    if (!entry) {
      const after = item.marks ? withMarks(record, item.marks) : record;
      const moved = after !== record;
      record = after;
      result.outcomes.set(item, { kind: 'appended', conversationId, event: null, moved });
      continue;
    }
    const event: StoredEvent = {
      conversationId,
      seq: record.lastSeq + 1,
      publicSeq: record.lastPublicSeq + 1,
      source: item.key.source,
      clientId: item.key.clientId,
      kind: 'message.sent',
      v: 1,
      ...authorOf(item.ctx.actor),
      data: entry.data,
      at: now,
    };
    record = foldEvent(record, event);
    events.push(event);
    result.outcomes.set(item, { kind: 'appended', conversationId, event, moved: false });
  }
  result.records.set(conversationId, record);
  if (events.length > 0) {
    const told = { before: record, after: record, record, events, timers: [] };
    result.committed.push({ workspaceId, conversationId, ...told });
  }
  return record;
}

function valuesOf(changes: readonly PlainChange[]): Buffer[] {
  const ids: string[] = [];
  const workspaces: string[] = [];
  const versions: number[] = [];
  const lastSeqs: number[] = [];
  const lastPublicSeqs: number[] = [];
  const visitorSeqs: (number | null)[] = [];
  const agentSeqs: (number | null)[] = [];
  const previews: (string | null)[] = [];
  const previewsBy: (string | null)[] = [];
  const visitorReads: number[] = [];
  const agentReads: number[] = [];
  const of: number[] = [];
  const seqs: number[] = [];
  const publicSeqs: number[] = [];
  const sources: string[] = [];
  const clientIds: string[] = [];
  const actorKinds: string[] = [];
  const actorIds: string[] = [];
  const bodies: string[] = [];
  for (const [index, { row, items }] of changes.entries()) {
    let { record } = row;
    let seq = record.lastSeq;
    let publicSeq = record.lastPublicSeq;
    let visitorSeq: number | null = null;
    let agentSeq: number | null = null;
    let body: string | null = null;
    let by: string | null = null;
    for (const item of items) {
      if (item.marks) {
        record = withMarks({ ...record, lastPublicSeq: publicSeq }, item.marks);
        continue;
      }
      const { actorKind, actorId } = authorOf(item.ctx.actor);
      seq += 1;
      publicSeq += 1;
      body = textOf(item);
      by = actorKind;
      if (actorKind === 'visitor') visitorSeq = seq;
      else agentSeq = seq;
      of.push(index + 1);
      seqs.push(seq);
      publicSeqs.push(publicSeq);
      sources.push(item.key.source);
      clientIds.push(item.key.clientId);
      actorKinds.push(actorKind);
      actorIds.push(actorId ?? '');
      bodies.push(body);
    }
    ids.push(record.conversationId);
    workspaces.push(record.workspaceId);
    versions.push(row.version);
    lastSeqs.push(seq);
    lastPublicSeqs.push(publicSeq);
    visitorSeqs.push(visitorSeq);
    agentSeqs.push(agentSeq);
    visitorReads.push(record.visitorReadSeq);
    agentReads.push(record.agentReadSeq);
    previews.push(body === null ? null : previewOf(body));
    previewsBy.push(by);
  }
  return [
    uuidArray(ids),
    uuidArray(workspaces),
    xidArray(versions),
    intArray(lastSeqs),
    intArray(lastPublicSeqs),
    intArray(visitorSeqs),
    intArray(agentSeqs),
    textArray(previews),
    textArray(previewsBy),
    intArray(of),
    intArray(seqs),
    intArray(publicSeqs),
    textArray(sources),
    textArray(clientIds),
    textArray(actorKinds),
    uuidArray(actorIds),
    textArray(bodies),
    intArray(visitorReads),
    intArray(agentReads),
  ];
}
