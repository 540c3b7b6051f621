import type { Pool } from 'pg';
import { RANGE_BITS } from '#server/conversation/search/terms.ts';
import { byHands, HANDS, loadUnindexed } from './bulk.ts';
import { liveAll } from './lives.ts';
import { mouldOf } from './moulds.ts';
import {
  CONTACT_ID,
  HOLES,
  loadPlan,
  PLAN_TABLES,
  type Size,
  TEXT_ID,
  VISITOR_ID,
} from './plan.ts';
import { makeShop, type Shop } from './shop.ts';

/** Conversations a statement, so that the log is written by many transactions, as in life. */
const CHUNK = 5_000;

const COPY_EVENTS = `INSERT INTO event (conversation_id, seq, workspace_id, public_seq, source, client_id,
    kind, actor_kind, actor_id, data, created_at)
  SELECT c.id, e.seq, c.workspace_id, e.public_seq,
    CASE e.source WHEN 'visitor' THEN 'v:' || c.visitor_id WHEN 'member' THEN 'm:' || c.agent_id
      ELSE e.system_source END,
    e.client_id, e.kind, e.actor_kind,
    CASE e.actor_kind WHEN 'visitor' THEN c.visitor_id WHEN 'member' THEN c.agent_id END,
    CASE WHEN e.data IS NULL THEN t.data ELSE format(e.data, ${HOLES('e.times')})::jsonb END,
    to_timestamp((c.base + e.at) / 1000.0)
  FROM bench_conversation c JOIN bench_event e ON e.mould = c.mould
  LEFT JOIN bench_text t ON e.data IS NULL AND t.id = ${TEXT_ID('c.n', 'e.seq')}
  WHERE c.n >= $1 AND c.n < $2`;

/** A mould's row, taken out of its JSON once for all copies; times are ms after the beginning. */
const MOULD = `(SELECT id, held, held_times, preview_seq, record->>'state' AS state, record->>'phase' AS phase,
    (record->>'live')::boolean AS live, record->>'queueId' IS NOT NULL AS queued,
    record->>'ownerId' IS NOT NULL AS owned, record->>'previewBy' AS preview_by, n.*
  FROM bench_mould, jsonb_to_record(record) AS n("stateRev" int, "enteredAt" float8, "queuedAt" float8,
    "closedAt" float8, "lastVisitorAt" float8, "lastAgentAt" float8, priority int, weight int,
    "lastSeq" int, "lastPublicSeq" int, "lastVisitorSeq" int, "lastAgentSeq" int, rating int) OFFSET 0) r`;

const time = (field: string) => `to_timestamp((c.base + r."${field}") / 1000.0)`;

const COPY_ROWS = `INSERT INTO conversation (id, workspace_id, channel_id, contact_id, visitor_id,
    flow_version_id, state, phase, live, state_rev, entered_at, queue_id, queued_at, priority, weight,
    owner_id, timers, memory, created_at, closed_at, last_seq, last_public_seq, last_visitor_at,
    last_agent_at, last_visitor_seq, last_agent_seq, preview, preview_by, visitor_read_seq,
    agent_read_seq, rating)
  SELECT c.id, c.workspace_id, c.channel_id, c.contact_id, c.visitor_id, c.flow_version_id,
    r.state, r.phase, r.live, r."stateRev", ${time('enteredAt')}, CASE WHEN r.queued THEN c.queue_id END,
    ${time('queuedAt')}, r.priority, r.weight, CASE WHEN r.owned THEN c.agent_id END,
    h.held->'timers', h.held->'memory', to_timestamp(c.base / 1000.0), ${time('closedAt')},
    r."lastSeq", r."lastPublicSeq", ${time('lastVisitorAt')}, ${time('lastAgentAt')},
    r."lastVisitorSeq", r."lastAgentSeq", left(t.text, 160), r.preview_by,
    r."lastPublicSeq", r."lastPublicSeq", r.rating
  FROM bench_conversation c JOIN ${MOULD} ON r.id = c.mould
  JOIN bench_text t ON t.id = ${TEXT_ID('c.n', 'r.preview_seq')},
  LATERAL (SELECT format(r.held, ${HOLES('r.held_times')})::jsonb AS held) h
  WHERE c.n >= $1 AND c.n < $2 ORDER BY c.n`;

const RANGE_JOIN = RANGE_BITS.map(
  (bits) =>
    `JOIN bench_range r${bits} ON r${bits}.bits = ${bits} AND r${bits}.place = x.n >> ${bits}`,
).join(' ');

const COPY_ENTRIES = `INSERT INTO search_entry (workspace_id, n, conversation_id, seq, terms)
  SELECT x.workspace_id, x.n, x.id, x.seq, x.terms || ARRAY[${RANGE_BITS.map((bits) => `r${bits}.term`).join()}] FROM (
    SELECT c.workspace_id, c.first_entry::bigint AS n, c.id, 0 AS seq, k.terms
    FROM bench_conversation c JOIN bench_contact k ON k.idx = c.contact_idx AND k.terms <> '{}'
    WHERE c.n >= $1 AND c.n < $2
    UNION ALL
    SELECT c.workspace_id, (c.first_entry + e.message)::bigint, c.id, e.seq, t.terms
    FROM bench_conversation c JOIN bench_event e ON e.mould = c.mould AND e.message IS NOT NULL
    JOIN bench_text t ON t.id = ${TEXT_ID('c.n', 'e.seq')}
    WHERE c.n >= $1 AND c.n < $2) x ${RANGE_JOIN} ORDER BY x.n`;

/** Half of the conversations were read to their end by who served them. */
const COPY_READS = `INSERT INTO member_read (conversation_id, member_id, workspace_id, seq)
  SELECT c.id, c.agent_id, c.workspace_id, (r.record->>'lastSeq')::int
  FROM bench_conversation c JOIN bench_mould r ON r.id = c.mould AND r.record->>'phase' <> 'queued'
  WHERE c.n >= $1 AND c.n < $2 AND c.n % 4 < 2`;

/** Runs `statement` for chunks of conversations in order, some at a time. */
async function inChunks(pool: Pool, conversations: number, statement: string): Promise<void> {
  const count = Math.ceil(conversations / CHUNK);
  const chunks = Array.from({ length: count }, (_, at) => String(1 + at * CHUNK));
  // Without a name: the plan for any chunk, which a named one gets after a while, is a worse one.
  await byHands(pool, HANDS, chunks, (client, from) =>
    client.query(statement, [Number(from), Number(from) + CHUNK]),
  );
}

async function copyContacts(pool: Pool, { workspaceId, channelIds }: Shop): Promise<void> {
  await pool.query(
    `INSERT INTO contact (id, workspace_id, name, email) SELECT ${CONTACT_ID('idx')}, $1, name, email FROM bench_contact`,
    [workspaceId],
  );
  await pool.query(
    `INSERT INTO visitor (id, workspace_id, channel_id, contact_id, locale, page_url, page_title)
     SELECT ${VISITOR_ID('idx')}, $1, ($2::uuid[])[1 + idx % cardinality($2::uuid[])], ${CONTACT_ID('idx')},
       CASE WHEN idx % 2 = 0 THEN 'zh-CN' ELSE 'en' END, 'https://shop.example/p/' || idx, 'Shop'
     FROM bench_contact`,
    [workspaceId, channelIds],
  );
}

async function finish(pool: Pool, shop: Shop, lastEntry: number): Promise<void> {
  await pool.query(PLAN_TABLES.map((table) => `DROP TABLE ${table}`).join('; '));
  await pool.query(
    `UPDATE member_state s SET load = o.load FROM (SELECT owner_id, sum(weight)::int AS load FROM conversation
       WHERE workspace_id = $1 AND owner_id IS NOT NULL GROUP BY owner_id) o WHERE o.owner_id = s.member_id`,
    [shop.workspaceId],
  );
  await pool.query(
    `INSERT INTO search_progress (workspace_id, epoch, tx, conversation_id, seq, last_n)
     SELECT w.id, i.cluster_epoch, pg_current_xact_id(), 'ffffffff-ffff-ffff-ffff-ffffffffffff', 0,
       CASE WHEN w.id = $1 THEN $2::bigint ELSE 0 END
     FROM installation i, workspace w WHERE i.id = 1`,
    [shop.workspaceId, lastEntry],
  );
  // The loaded tables have been looked at already, but not the log as a whole.
  const { rows } = await pool.query<{ only: boolean }>(
    `SELECT current_setting('server_version_num')::int >= 180000 AS only`,
  );
  const looks = [
    rows[0]?.only ? 'ANALYZE ONLY event' : 'ANALYZE event',
    'VACUUM (ANALYZE) contact, visitor, member_read, member_state, search_progress',
    'ANALYZE workspace, "user", member, queue, queue_member, channel, flow_version, canned_reply',
  ];
  await byHands(pool, HANDS, looks, (client, sql) => client.query(sql));
}

/** Partitions of the log before yesterday's: closed conversations only, and nothing new. */
export async function pastMonths(pool: Pool): Promise<Set<string>> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT relid::regclass::text AS name FROM pg_partition_tree('event') WHERE isleaf
       AND relid::regclass::text < to_char(now() AT TIME ZONE 'UTC' - interval '2 days', '"event_"YYYY_MM')`,
  );
  return new Set(rows.map(({ name }) => name));
}

/**
 * A shop with a year behind it. Every kind of conversation was first lived through the product's own
 * commands; the rest are copies of those logs and rows with other people, times and texts.
 */
export async function seedShop(pool: Pool, size: Size, say: (line: string) => void): Promise<Shop> {
  const moulds = (await liveAll(pool)).map(mouldOf);
  say('lives');
  const shop = await makeShop(pool, { agents: 200, supervisors: 10, queues: 20, channels: 4 });
  await pool.query(
    `SELECT ensure_event_partition((date_trunc('month', now() AT TIME ZONE 'UTC') - make_interval(months => m))::date)
     FROM generate_series(2, 12) AS m`,
  );
  const lastEntry = await loadPlan(pool, shop, moulds, size, say);
  say('planned');
  await copyContacts(pool, shop);
  const indexed = ['event', 'conversation', 'search_entry'];
  await loadUnindexed(pool, indexed, await pastMonths(pool), async () => {
    await inChunks(pool, size.conversations, COPY_ROWS);
    say('conversations');
    await inChunks(pool, size.conversations, COPY_EVENTS);
    say('events');
    await inChunks(pool, size.conversations, COPY_ENTRIES);
    say('search entries');
  });
  await inChunks(pool, size.conversations, COPY_READS);
  say('indexes');
  await finish(pool, shop, lastEntry);
  say('statistics');
  return shop;
}
