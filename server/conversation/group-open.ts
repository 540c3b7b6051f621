import type { PoolClient } from 'pg';
import { open } from '#lib/domain/conversation/index.ts';
import { logger } from '#lib/observability/logger.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import { LIMITS } from '#lib/protocol/limits.ts';
import type { Opened } from './group-draft.ts';
import type { Contention } from './group-lock.ts';
import type { Outcome } from './group-plan.ts';
import { insertConversations } from './group-write.ts';
import type { AppendItem, ConversationRecord, OpenWith } from './records.ts';
import { STAFFED } from './store.ts';
import type { Flows } from './store-flows.ts';
import { foldEvent } from './store-fold.ts';
import { snapshotOf } from './store-snapshot.ts';

export type OpeningItem = AppendItem & { open: OpenWith };

export interface Openings {
  /** Conversations this transaction opened. */
  opened: Map<string, { opened: Opened; row: ConversationRecord }>;
  /** What became of items whose conversation could not be opened. */
  outcomes: Map<AppendItem, Outcome>;
}

interface Facts {
  n: number;
  queue_id: string;
  weight: number;
  version_id: string | null;
  locale: string;
  previous_id: string | null;
  staffed: boolean;
}

/** ms in a UUIDv7; NaN for other UUIDs. */
function timeOf(id: string): number {
  const hex = id.replaceAll('-', '');
  return hex[12] === '7' ? Number.parseInt(hex.slice(0, 12), 16) : Number.NaN;
}

function inRange(id: string, now: number): boolean {
  return Math.abs(timeOf(id) - now) <= LIMITS.idSkewMs;
}

/** Opens what the items ask for, one insert in id order; the rest learn where to go. */
export async function openConversations(
  client: PoolClient,
  flows: Flows,
  items: readonly OpeningItem[],
  now: number,
  contention: Contention,
): Promise<Openings> {
  const result: Openings = { opened: new Map(), outcomes: new Map() };
  const fail = (item: AppendItem, code: 'id_out_of_range' | 'not_found' | 'internal') =>
    result.outcomes.set(item, { kind: 'failed', error: new ParlourError(code) });

  // The first item of each id opens it; the others of the group follow into it.
  const first = new Map<string, OpeningItem>();
  for (const item of items) {
    if (!inRange(item.conversationId, now)) fail(item, 'id_out_of_range');
    else if (!first.has(item.conversationId)) first.set(item.conversationId, item);
  }
  const wanted = [...first.values()];
  const facts = wanted.length > 0 ? await factsOf(client, wanted) : new Map<AppendItem, Facts>();
  await flows.load(
    client,
    wanted.flatMap((item) => {
      const versionId = facts.get(item)?.version_id;
      return versionId ? [{ versionId, workspaceId: item.ctx.workspaceId }] : [];
    }),
  );

  const drafts = new Map<string, { opened: Opened; row: ConversationRecord }>();
  for (const item of wanted) {
    const fact = facts.get(item);
    if (!fact) {
      fail(item, 'not_found');
      continue;
    }
    const opened = openedBy(item, fact, flows, now);
    if (opened) drafts.set(item.conversationId, { opened, row: rowOf(item, opened, now) });
    else fail(item, 'internal');
  }
  const inserted =
    drafts.size > 0
      ? await insertConversations(
          client,
          [...drafts.values()].map((draft) => draft.row),
        )
      : new Set<string>();
  for (const id of inserted) {
    const draft = drafts.get(id);
    if (draft) result.opened.set(id, draft);
  }
  // Followers of an id share its fate, each with an outcome of its own.
  for (const item of items) {
    if (result.outcomes.has(item) || result.opened.has(item.conversationId)) continue;
    const leader = first.get(item.conversationId);
    const fate = leader && result.outcomes.get(leader);
    if (fate) result.outcomes.set(item, fate);
  }
  const left = items.filter(
    (item) => !result.outcomes.has(item) && !result.opened.has(item.conversationId),
  );
  if (left.length > 0) await redirect(client, left, contention, result.outcomes);
  return result;
}

async function factsOf(
  client: PoolClient,
  items: readonly OpeningItem[],
): Promise<Map<AppendItem, Facts>> {
  const { rows } = await client.query<Facts>({
    name: 'group_opening_facts',
    // Without a previous conversation named, the contact's newest one here is it (I10).
    text: `SELECT o.n::int AS n, ch.queue_id, ch.weight, f.current_version_id AS version_id, v.locale,
        coalesce(
          (SELECT p.id FROM conversation p WHERE p.id = o.previous_id
             AND p.workspace_id = o.workspace_id AND p.contact_id = o.contact_id),
          (SELECT p.id FROM conversation p WHERE p.workspace_id = o.workspace_id
             AND p.contact_id = o.contact_id AND p.channel_id = o.channel_id AND p.id <> o.id
             AND p.closed_at IS NOT NULL ORDER BY p.id DESC LIMIT 1)) AS previous_id,
        ${STAFFED('o.workspace_id', 'ch.queue_id')} AS staffed
      FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[])
        WITH ORDINALITY AS o(workspace_id, id, channel_id, contact_id, visitor_id, previous_id, n)
      JOIN channel ch ON ch.id = o.channel_id AND ch.workspace_id = o.workspace_id
        AND ch.disabled_at IS NULL
      JOIN flow f ON f.id = ch.flow_id AND f.workspace_id = o.workspace_id
      JOIN visitor v ON v.id = o.visitor_id AND v.workspace_id = o.workspace_id
        AND v.channel_id = o.channel_id AND v.contact_id = o.contact_id`,
    values: [
      items.map((item) => item.ctx.workspaceId),
      items.map((item) => item.conversationId),
      items.map((item) => item.open.channelId),
      items.map((item) => item.open.contactId),
      items.map((item) => item.open.visitorId),
      items.map((item) => item.open.previousId),
    ],
  });
  const facts = new Map<AppendItem, Facts>();
  for (const row of rows) {
    const item = items[row.n - 1];
    if (item) facts.set(item, row);
  }
  return facts;
}

/** The flow's first step; null when the flow cannot be run (logged). */
function openedBy(item: OpeningItem, fact: Facts, flows: Flows, now: number): Opened | null {
  const flow = fact.version_id ? flows.get(fact.version_id) : null;
  if (!flow || !fact.version_id) {
    logger.error({ channel: item.open.channelId }, 'channel_flow_missing');
    return null;
  }
  const { channelId, contactId, visitorId, page } = item.open;
  const result = open(
    flow,
    {
      conversationId: item.conversationId,
      workspaceId: item.ctx.workspaceId,
      channelId,
      contactId,
      queueId: fact.queue_id,
      staffed: fact.staffed,
      weight: fact.weight,
    },
    now,
  );
  if (result.kind !== 'moved') {
    logger.error({ channel: channelId, result }, 'conversation_open_refused');
    return null;
  }
  const snapshot = snapshotOf(result.snapshot);
  return {
    snapshot,
    effects: result.effects,
    data: {
      channelId,
      page,
      previousId: fact.previous_id,
      locale: fact.locale,
      visitorId,
      flowVersionId: fact.version_id,
      patch: snapshot,
    },
  };
}

/** The row as it is inserted: opened, its log still empty. */
function rowOf(item: OpeningItem, opened: Opened, now: number): ConversationRecord {
  const record = foldEvent(null, {
    conversationId: item.conversationId,
    seq: 0,
    publicSeq: 0,
    source: '',
    clientId: '',
    kind: 'conversation.opened',
    v: 1,
    actorKind: 'system',
    actorId: null,
    data: opened.data as unknown as Record<string, unknown>,
    at: now,
  });
  return record;
}

/**
 * Why an insert did nothing: the id is taken, or the contact has an open conversation here already;
 * then the items go there.
 */
async function redirect(
  client: PoolClient,
  items: readonly OpeningItem[],
  contention: Contention,
  outcomes: Map<AppendItem, Outcome>,
): Promise<void> {
  const { rows } = await client.query<{
    n: number;
    taken: boolean;
    same: boolean | null;
    open_id: string | null;
  }>({
    name: 'group_opening_conflicts',
    // Of a row that is not the asker's nothing is read but that its id is taken.
    text: `SELECT o.n::int AS n, c.id IS NOT NULL AS taken,
        c.workspace_id = o.workspace_id AND c.contact_id = o.contact_id
          AND c.channel_id = o.channel_id AS same,
        (SELECT p.id FROM conversation p WHERE p.workspace_id = o.workspace_id
           AND p.contact_id = o.contact_id AND p.channel_id = o.channel_id
           AND p.closed_at IS NULL) AS open_id
      FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[])
        WITH ORDINALITY AS o(workspace_id, id, channel_id, contact_id, n)
      LEFT JOIN conversation c ON c.id = o.id`,
    values: [
      items.map((item) => item.ctx.workspaceId),
      items.map((item) => item.conversationId),
      items.map((item) => item.open.channelId),
      items.map((item) => item.open.contactId),
    ],
  });
  for (const row of rows) {
    const item = items[row.n - 1];
    if (item) outcomes.set(item, whereTo(item, row, contention));
  }
}

function whereTo(
  item: OpeningItem,
  row: { taken: boolean; same: boolean | null; open_id: string | null },
  contention: Contention,
): Outcome {
  if (row.taken && !row.same) return { kind: 'failed', error: new ParlourError('not_found') };
  if (!row.taken && row.open_id) return { kind: 'again', conversationId: row.open_id };
  // Taken by ourselves just now (a repeat on another node) or held by somebody: once more.
  return contention === 'wait'
    ? { kind: 'again', conversationId: item.conversationId }
    : { kind: 'busy' };
}
