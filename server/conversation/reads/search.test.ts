import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MemberOutput } from '#lib/protocol/envelope.ts';
import { LIMITS } from '#lib/protocol/limits.ts';
import { MemberCommands } from '#lib/protocol/member.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import { createDesk, type TestDesk, type TestMember } from '#server/test/desk.ts';
import { newKey } from '#server/test/factories.ts';
import { run, say } from '#server/test/talk.ts';
import { type Conversations, createConversations } from '../index.ts';
import { indexEvents } from '../search/index.ts';

let db: TestDatabase;
let node: Conversations;
let shop: TestDesk;
let ada: TestMember;
let boss: TestMember;

beforeAll(async () => {
  db = await createTestDatabase();
  node = createConversations({ pool: db.pool });
  shop = await createDesk(db.pool);
  ada = await shop.member('Ada');
  boss = await shop.member('Boss', { role: 'supervisor', queues: [] });
});

afterAll(async () => {
  await node.close();
  await db.drop();
});

/**
 * Until the worker has read everything. Other test files run on the same cluster, and their
 * transactions hold back what may be read.
 */
async function indexed(): Promise<void> {
  const behind = async () => {
    const { rows } = await db.pool.query<{ behind: boolean }>(
      `SELECT EXISTS (SELECT FROM event e LEFT JOIN search_progress p ON p.workspace_id = e.workspace_id
         WHERE p.tx IS NULL OR e.tx > p.tx
           OR (e.tx = p.tx AND (e.conversation_id, e.seq) > (p.conversation_id, p.seq))) AS behind`,
    );
    return rows[0]?.behind ?? false;
  };
  while (await behind()) await indexEvents(db.pool);
}

async function talk(text: string, name?: string, desk = shop): Promise<string> {
  const visitor = await desk.visitor(name);
  const id = uuidv7();
  await say(node, visitor.ctx, id, text);
  return id;
}

async function search(who: TestMember, query: string, after?: string) {
  const answer = await run<MemberOutput<'conversation.search'>>(
    node,
    who.ctx,
    'conversation.search',
    {
      query,
      ...(after ? { after } : {}),
    },
  );
  return MemberCommands['conversation.search'].output.parse(answer);
}

const found = async (who: TestMember, query: string) =>
  (await search(who, query)).hits.map(({ row }) => row.id);

test('finds messages by word and by Chinese, names and e-mail addresses, and nothing else', async () => {
  const shoes = await talk('Where are my red shoes?', 'Grace Hopper');
  const refund = await talk('你好，我想申请退款，订单 SO-8812', '王小明');
  await indexed();
  expect(await found(boss, 'SHOES')).toEqual([shoes]);
  expect(await found(boss, 'red shoes')).toEqual([shoes]);
  expect(await found(boss, 'hopper')).toEqual([shoes]);
  expect(await found(boss, '退款')).toEqual([refund]);
  expect(await found(boss, '申请退款')).toEqual([refund]);
  expect(await found(boss, 'so-8812 退款')).toEqual([refund]);
  expect(await found(boss, '王')).toEqual([refund]);
  expect(await found(boss, '小明')).toEqual([refund]);
  expect(await found(boss, '款申')).toEqual([]);
  expect(await found(boss, 'shoe')).toEqual([]);
  expect(await found(boss, '?!')).toEqual([]);
  const [hit] = (await search(boss, '退款')).hits;
  expect(hit).toMatchObject({
    excerpt: '你好，我想申请退款，订单 SO-8812',
    row: { preview: /退款/ },
  });
  expect((await search(boss, 'hopper')).hits[0]).toMatchObject({
    seq: null,
    excerpt: 'Grace Hopper',
  });
});

test('what the visitor leaves later, and what an agent says, is found too; notes are not', async () => {
  const visitor = await shop.visitor();
  const id = uuidv7();
  await say(node, visitor.ctx, id, 'hello');
  await run(node, visitor.ctx, 'contact.leave', {
    conversationId: id,
    clientKey: newKey(),
    name: 'Lin Daiyu',
    email: 'daiyu@garden.example',
  });
  await run(node, ada.ctx, 'conversation.take', { conversationId: id, clientKey: newKey() });
  const write = (name: string, text: string) =>
    run(node, ada.ctx, name, { conversationId: id, clientKey: newKey(), text });
  await write('message.send', 'Our warehouse answers tomorrow');
  await write('note.add', 'difficultcustomer');
  await indexed();
  for (const query of ['daiyu@garden.example', 'lin daiyu', 'garden', 'warehouse tomorrow']) {
    expect(await found(ada, query)).toEqual([id]);
  }
  expect(await found(ada, 'difficultcustomer')).toEqual([]);
});

test('I11: another workspace’s words are not found, an agent finds only what they may see', async () => {
  const elsewhere = await createDesk(db.pool, 'Elsewhere');
  const stranger = await elsewhere.member('Stranger', { role: 'owner' });
  const outsider = await shop.member('Outsider', { queues: [] });
  const ours = await talk('the secret umbrella');
  const theirs = await talk('another umbrella', undefined, elsewhere);
  await indexed();
  expect(await found(boss, 'umbrella')).toEqual([ours]);
  expect(await found(ada, 'umbrella')).toEqual([ours]);
  expect(await found(stranger, 'umbrella')).toEqual([theirs]);
  expect(await found(outsider, 'umbrella')).toEqual([]);
  // Whoever serves it sees it, whatever its queue.
  await run(node, boss.ctx, 'conversation.take', { conversationId: ours, clientKey: newKey() });
  const other = await shop.queue('Other');
  await db.pool.query('UPDATE conversation SET queue_id = $2 WHERE id = $1', [ours, other]);
  expect(await found(ada, 'umbrella')).toEqual([]);
  expect(await found(boss, 'umbrella')).toEqual([ours]);
});

test('pages go on where the last one ended: each conversation once, newest first', async () => {
  const made: string[] = [];
  for (let at = 0; at < 2 * LIMITS.searchPage + 5; at += 1)
    made.push(await talk(`pagination ${at}`));
  await indexed();
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const { hits, next } = await search(ada, 'pagination', after);
    expect(hits.length).toBeLessThanOrEqual(LIMITS.searchPage);
    seen.push(...hits.map(({ row }) => row.id));
    after = next ?? undefined;
  } while (after);
  expect(seen).toEqual(made.reverse());
});

test('a conversation is named once in a page, by its newest match', async () => {
  const visitor = await shop.visitor();
  const id = uuidv7();
  for (let at = 0; at < 5; at += 1) await say(node, visitor.ctx, id, `repetition ${at}`);
  await indexed();
  const { hits } = await search(boss, 'repetition');
  expect(hits).toMatchObject([{ row: { id }, excerpt: 'repetition 4' }]);
});

test('two workers at once write every message once', async () => {
  const before = await db.pool.query('SELECT FROM search_entry');
  for (let at = 0; at < 20; at += 1) await talk(`together ${at}`);
  await Promise.all([indexEvents(db.pool), indexEvents(db.pool), indexEvents(db.pool)]);
  await indexed();
  const after = await db.pool.query('SELECT FROM search_entry');
  expect((after.rowCount ?? 0) - (before.rowCount ?? 0)).toBe(20);
});

test('after a restore what was not indexed yet is found, and goes on being', async () => {
  const late = await talk('written beforethebackup');
  // As a restore leaves it: transaction ids are the restoring one's, the epoch is new.
  await db.pool.query(`DO $$ BEGIN
    UPDATE event SET tx = pg_current_xact_id();
    UPDATE search_progress SET tx = pg_current_xact_id();
    UPDATE installation SET cluster_epoch = gen_random_uuid();
  END $$`);
  await indexed();
  expect(await found(boss, 'beforethebackup')).toEqual([late]);
  const next = await talk('written aftertherestore');
  await indexed();
  expect(await found(boss, 'aftertherestore')).toEqual([next]);
});
