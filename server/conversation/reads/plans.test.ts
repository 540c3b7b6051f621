import { escapeLiteral, type Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase } from '#server/test/database.ts';
import { createDesk, type TestDesk, type TestMember, type TestVisitor } from '#server/test/desk.ts';
import { createMembers } from '../members/index.ts';
import type { ConversationDeps } from '../ports.ts';
import { entryTerms, RANGE_BITS, rangeTerm } from '../search/terms.ts';
import { createReads } from './index.ts';

/**
 * The hot reads at 50,000 conversations, half of them open, and 150,000 events: what they touch must
 * follow the page, not the table. Rows and plans, no times.
 */
const database = await createTestDatabase();
const { pool } = database;
const CONVERSATIONS = 50_000;
let desk: TestDesk;
let boss: TestMember;
let ada: TestMember;
let visitor: TestVisitor;

beforeAll(async () => {
  desk = await createDesk(pool);
  const queues = [
    desk.queueId,
    ...(await Promise.all(['a', 'b', 'c'].map((name) => desk.queue(name)))),
  ];
  boss = await desk.member('Boss', { role: 'supervisor', queues: [] });
  ada = await desk.member('Ada');
  visitor = await desk.visitor();
  await pool.query(
    `INSERT INTO contact (id, workspace_id) SELECT uuidv7(), $1 FROM generate_series(1, $2)`,
    [desk.workspaceId, CONVERSATIONS],
  );
  // Of every ten: five closed, one served by Ada's colleagues, four queued.
  await pool.query(
    `WITH c AS (SELECT id, row_number() OVER (ORDER BY id) AS n FROM contact WHERE workspace_id = $1)
     INSERT INTO conversation (id, workspace_id, channel_id, contact_id, visitor_id, flow_version_id, state,
       phase, live, queue_id, queued_at, priority, owner_id, created_at, closed_at, last_seq, last_public_seq)
     SELECT uuidv7(), $1, $2, c.id, c.id, $3, 'x', p.phase, true, ($4::uuid[])[1 + n % 4],
       now() - n * interval '1 second', n % 3, CASE p.phase WHEN 'serving' THEN $5::uuid END, now(),
       CASE p.phase WHEN 'closed' THEN now() - n * interval '1 second' END, 3, 3
     FROM c, LATERAL (SELECT CASE WHEN n % 10 < 5 THEN 'closed' WHEN n % 10 = 5 THEN 'serving' ELSE 'queued' END) p(phase)
     WHERE c.id <> $6`,
    [desk.workspaceId, desk.channelId, desk.flowVersionId, queues, boss.id, visitor.contactId],
  );
  await pool.query(
    `INSERT INTO event (conversation_id, seq, workspace_id, public_seq, source, client_id, kind, actor_kind, data)
     SELECT c.id, n, c.workspace_id, n, 's', n::text, 'message.sent', 'visitor', '{"text":"Hi"}'
     FROM conversation c, generate_series(1, 3) AS n WHERE c.workspace_id = $1`,
    [desk.workspaceId],
  );
  await pool.query('ANALYZE');
}, 120_000);

afterAll(() => database.drop());

interface Node {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: Node[];
}

/** Rows of `conversation` and `event` that a plan fetched, and tables it read from end to end. */
function touched(node: Node): { rows: number; scans: string[] } {
  const below = (node.Plans ?? []).map(touched);
  const table = node['Relation Name'] ?? '';
  const counted = /^(conversation|search_entry|event.*)$/.test(table);
  const own = counted
    ? (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops']
    : 0;
  // An empty partition has nothing to read through.
  const whole = counted && node['Node Type'] === 'Seq Scan' && own > 0 ? [table] : [];
  return {
    rows: below.reduce((sum, one) => sum + one.rows, own),
    scans: [...whole, ...below.flatMap((one) => one.scans)],
  };
}

type Query = { text: string; values?: unknown[] };

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (Array.isArray(value)) return escapeLiteral(`{${value.join()}}`);
  return escapeLiteral(String(value));
}

/**
 * A pool that explains what it runs as PostgreSQL runs it from the sixth time on: by the plan for any
 * parameters, and by the plan for these.
 */
function explaining(plans: Node[]): Pool {
  const query = async ({ text, values = [] }: Query) => {
    const client = await pool.connect();
    try {
      await client.query(`PREPARE explained AS ${text}`);
      const run = `EXECUTE explained${values.length > 0 ? `(${values.map(literal).join()})` : ''}`;
      for (const mode of ['force_generic_plan', 'force_custom_plan']) {
        await client.query(`SET plan_cache_mode = ${mode}`);
        const { rows } = await client.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${run}`);
        plans.push(rows[0]['QUERY PLAN'][0].Plan as Node);
      }
      await client.query('DEALLOCATE explained; RESET plan_cache_mode');
    } finally {
      client.release();
    }
    return pool.query({ text, values });
  };
  return { query } as unknown as Pool;
}

async function costOf(who: TestMember | TestVisitor, name: string, input: object) {
  const plans: Node[] = [];
  const explained = explaining(plans);
  const reads = createReads(explained, createMembers({ pool: explained }));
  const audience = who.ctx.actor.kind;
  const spec = reads.commands.find((one) => one.name === name && one.audience === audience);
  const answer = await spec?.run({} as ConversationDeps, who.ctx, input);
  const costs = plans.map(touched);
  return {
    answer: answer as { next?: string; cursor?: string; rows?: { id: string }[] },
    // Of both plans.
    rows: costs.reduce((sum, one) => sum + one.rows, 0) / 2,
    scans: costs.flatMap((one) => one.scans),
  };
}

/** One conversation is read a few times over: as a key, as a row, and with its company. */
const A_PAGE = 51 * 10;

test.each(['mine', 'queued', 'all', 'closed'])(
  'inbox.list %s reads a page, wherever it stands',
  async (view) => {
    for (const who of [boss, ada]) {
      const first = await costOf(who, 'inbox.list', { view });
      expect(first.scans).toEqual([]);
      if (view === 'mine') continue;
      expect(first.rows).toBeLessThan(A_PAGE * 4);
      let after = first.answer.next ?? '';
      for (let page = 0; page < 20; page += 1) {
        const { next } = (await costOf(who, 'inbox.list', { view, after })).answer;
        after = next ?? after;
      }
      const deep = await costOf(who, 'inbox.list', { view, after });
      expect(deep.scans).toEqual([]);
      expect(deep.rows).toBeLessThan(A_PAGE * 4);
    }
  },
);

test('inbox.sync reads what changed', async () => {
  for (const who of [boss, ada]) {
    const { cursor = '' } = (await costOf(who, 'inbox.list', { view: 'closed' })).answer;
    const idle = await costOf(who, 'inbox.sync', { cursor });
    expect(idle).toMatchObject({ rows: 0, scans: [] });
    await pool.query(
      `INSERT INTO event (conversation_id, seq, workspace_id, source, client_id, kind, actor_kind, data)
       SELECT id, 100 + $2, workspace_id, 's', 'x' || $2, 'note.added', 'system', '{}'
       FROM conversation WHERE workspace_id = $1 AND queue_id = $3 ORDER BY id LIMIT 10`,
      [desk.workspaceId, who === boss ? 1 : 2, desk.queueId],
    );
    const busy = await costOf(who, 'inbox.sync', { cursor });
    expect(busy.answer.rows?.length).toBe(10);
    expect(busy.scans).toEqual([]);
    expect(busy.rows).toBeLessThan(100);
  }
});

test('a conversation and its log are read by key', async () => {
  const id = (await costOf(ada, 'inbox.list', { view: 'queued' })).answer.rows?.[0]?.id;
  for (const name of ['conversation.sync', 'conversation.open']) {
    const cost = await costOf(ada, name, { conversationId: id, after: 0 });
    expect(cost.scans).toEqual([]);
    expect(cost.rows).toBeLessThan(50);
  }
});

test('a visitor’s list is read by person, and the place in the queue by the queue’s index', async () => {
  const made = await pool.query<{ id: string }>(
    `INSERT INTO conversation (id, workspace_id, channel_id, contact_id, visitor_id, flow_version_id, state,
       phase, live, queue_id, queued_at)
     VALUES (uuidv7(), $1, $2, $3, $4, $5, 'x', 'queued', true, $6, now()) RETURNING id`,
    [
      desk.workspaceId,
      desk.channelId,
      visitor.contactId,
      visitor.id,
      desk.flowVersionId,
      desk.queueId,
    ],
  );
  const list = await costOf(visitor, 'conversation.list', {});
  expect(list.scans).toEqual([]);
  // Up to 1,000 who wait ahead are counted, not more.
  expect(list.rows).toBeLessThan(1_100);
  const sync = await costOf(visitor, 'conversation.sync', {
    conversationId: made.rows[0]?.id,
    after: 0,
  });
  expect(sync.scans).toEqual([]);
  expect(sync.rows).toBeLessThan(1_100);
});

test('conversation.search reads the newest range for a frequent word, and the few of a rare one', async () => {
  // One entry a conversation: every one says "often", one of 5,000 "seldom".
  const ranges = RANGE_BITS.flatMap((bits) =>
    Array.from({ length: Math.floor(CONVERSATIONS / 2 ** bits) + 1 }, (_, place) => ({
      bits,
      place,
      term: rangeTerm(desk.workspaceId, bits, place * 2 ** bits),
    })),
  );
  await pool.query(
    `WITH r AS MATERIALIZED (SELECT * FROM jsonb_to_recordset($2::jsonb) AS r(bits int, place int, term int))
     INSERT INTO search_entry (workspace_id, n, conversation_id, seq, terms)
     SELECT $1, c.n, c.id, 1, CASE WHEN n % 5000 = 0 THEN $4::int[] ELSE $3::int[] END
       || ARRAY(SELECT r.term FROM r WHERE r.place = c.n >> r.bits)
     FROM (SELECT id, row_number() OVER (ORDER BY id)::int AS n FROM conversation WHERE workspace_id = $1) c`,
    [
      desk.workspaceId,
      JSON.stringify(ranges),
      entryTerms('often Hi'),
      entryTerms('often seldom Hi'),
    ],
  );
  await pool.query(
    `INSERT INTO search_progress (workspace_id, epoch, conversation_id, seq, last_n)
     SELECT $1, cluster_epoch, $1, 0, $2 FROM installation`,
    [desk.workspaceId, CONVERSATIONS - 1],
  );
  await pool.query('VACUUM (ANALYZE) search_entry');
  await pool.query(
    `UPDATE event SET data = '{"text":"often Hi"}' WHERE conversation_id IN
    (SELECT id FROM conversation WHERE workspace_id = $1 ORDER BY id DESC LIMIT 1000)`,
    [desk.workspaceId],
  );
  for (const who of [boss, ada]) {
    const often = await costOf(who, 'conversation.search', { query: 'often' });
    expect(often.scans).toEqual([]);
    expect(often.rows).toBeLessThan(2 * 2 ** RANGE_BITS[0] + 10_000);
    const seldom = await costOf(who, 'conversation.search', { query: 'seldom' });
    expect(seldom.scans).toEqual([]);
    expect(seldom.rows).toBeLessThan(200);
  }
}, 60_000);
