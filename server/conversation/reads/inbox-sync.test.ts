import { randomUUID } from 'node:crypto';
import type { PoolClient } from 'pg';
import { afterAll, expect, test } from 'vitest';
import { createPool } from '#lib/db/pool.ts';
import { createTestDatabase } from '#server/test/database.ts';
import { createDesk, type TestMember } from '#server/test/desk.ts';
import { insertConversation, insertEvent } from '#server/test/log.ts';
import { findConversation } from '../store.ts';
import { moveMemberRead } from '../store-reads.ts';
import { inboxCursor, syncInbox } from './inbox-sync.ts';

const database = await createTestDatabase();
const { pool } = database;
// Transactions that stall on purpose need to be let.
const slow = createPool(database.url, { max: 4, idle_in_transaction_session_timeout: 0 });
const desk = await createDesk(pool);
const boss = await desk.member('Boss', { role: 'supervisor' });

afterAll(async () => {
  await slow.end();
  await database.drop();
});

const conversation = async (row = {}) => insertConversation(pool, desk, await desk.visitor(), row);
const say = (id: string, db: PoolClient | typeof pool = pool) =>
  insertEvent(db, desk.workspaceId, id);
const transition = (id: string) =>
  insertEvent(pool, desk.workspaceId, id, { kind: 'conversation.transitioned', data: {} });

/** Syncs until nothing more is there, as a client does. */
async function drain(who: TestMember, from: string) {
  const ids: string[] = [];
  const gone: string[] = [];
  let cursor = from;
  let pages = 0;
  for (;;) {
    const page = await syncInbox(pool, who.ctx, cursor);
    if (page.reset) return { ids, gone, cursor: page.cursor, pages, reset: true };
    ids.push(...page.rows.map((row) => row.id));
    gone.push(...page.gone);
    pages += 1;
    cursor = page.cursor;
    if (!page.more) return { ids, gone, cursor, pages, reset: false };
  }
}

async function begin(): Promise<PoolClient> {
  const client = await slow.connect();
  await client.query('BEGIN');
  return client;
}

async function end(client: PoolClient, how: 'COMMIT' | 'ROLLBACK' = 'COMMIT') {
  await client.query(how);
  client.release();
}

test('D4: what changed since the cursor is returned, once, and the next sync is empty', async () => {
  const [one, two] = [await conversation(), await conversation()];
  const start = await inboxCursor(pool, boss.ctx);
  await say(one);
  await say(one);
  const first = await drain(boss, start);
  expect(first.ids).toEqual([one]);
  await say(two);
  const second = await drain(boss, first.cursor);
  expect(second.ids).toEqual([two]);
  expect((await drain(boss, second.cursor)).ids).toEqual([]);
  // Repeats are harmless: the same cursor answers the same again.
  expect((await drain(boss, start)).ids.sort()).toEqual([one, two].sort());
});

test('D4: a stalled transaction’s change is found when it commits, though later ones were synced before', async () => {
  const [stalled, later] = [await conversation(), await conversation()];
  const start = await inboxCursor(pool, boss.ctx);
  const client = await begin();
  await say(stalled, client);
  await say(later);
  const meanwhile = await drain(boss, start);
  // Others are not held up by it …
  expect(meanwhile.ids).toEqual([later]);
  expect((await drain(boss, meanwhile.cursor)).ids).toEqual([]);
  await end(client);
  // … and nothing is repeated because of it.
  const after = await drain(boss, meanwhile.cursor);
  expect(after.ids).toEqual([stalled]);
  expect((await drain(boss, after.cursor)).ids).toEqual([]);
});

test('D4: a list’s cursor taken while a transaction is open finds its change afterwards', async () => {
  const [id, other] = [await conversation(), await conversation()];
  const client = await begin();
  await say(id, client);
  await say(other);
  const start = await inboxCursor(pool, boss.ctx);
  await end(client);
  expect((await drain(boss, start)).ids).toEqual([id]);
});

test('D4: what is rolled back is never told', async () => {
  const id = await conversation();
  const client = await begin();
  await say(id, client);
  const start = await inboxCursor(pool, boss.ctx);
  await end(client, 'ROLLBACK');
  expect((await drain(boss, start)).ids).toEqual([]);
});

test('D4: a stalled transaction that commits between two pages is not lost', async () => {
  const many = await Promise.all(Array.from({ length: 260 }, () => conversation()));
  const stalled = await conversation();
  const start = await inboxCursor(pool, boss.ctx);
  const client = await begin();
  await say(stalled, client);
  for (const id of many) await say(id);
  const first = await syncInbox(pool, boss.ctx, start);
  expect(first.more).toBe(true);
  await end(client);
  const rest = await drain(boss, first.cursor);
  const seen = [...first.rows.map((row) => row.id), ...rest.ids];
  expect(new Set(seen)).toEqual(new Set([...many, stalled]));
  expect(seen.length).toBe(new Set(seen).size);
});

test('D4: one transaction larger than a page comes whole', async () => {
  const many = await Promise.all(Array.from({ length: 250 }, () => conversation()));
  const start = await inboxCursor(pool, boss.ctx);
  const client = await begin();
  for (const id of many) await say(id, client);
  await end(client);
  const all = await drain(boss, start);
  expect(new Set(all.ids)).toEqual(new Set(many));
  expect(all.ids.length).toBe(many.length);
});

test('D4: random writers, stalls and syncs lose nothing', async () => {
  const ids = await Promise.all(Array.from({ length: 40 }, () => conversation()));
  let cursor = await inboxCursor(pool, boss.ctx);
  const heads = new Map<string, number>();
  const writers = ids.map(async (id, index) => {
    for (let turn = 0; turn < 5; turn += 1) {
      if ((index + turn) % 4 === 0) {
        const client = await begin();
        await say(id, client);
        await pool.query('SELECT pg_sleep(0.01)');
        await end(client, turn === 2 ? 'ROLLBACK' : 'COMMIT');
      } else await say(id);
    }
  });
  const done = Promise.all(writers).then(() => true);
  const sync = async () => {
    const page = await syncInbox(pool, boss.ctx, cursor);
    for (const row of page.rows) heads.set(row.id, row.head);
    cursor = page.cursor;
  };
  while (!(await Promise.race([done, sync().then(() => false)])));
  await sync();
  const { rows } = await pool.query<{ id: string; last_seq: number }>(
    'SELECT id, last_seq FROM conversation WHERE id = ANY ($1)',
    [ids],
  );
  expect(Object.fromEntries(heads)).toEqual(
    Object.fromEntries(rows.map((r) => [r.id, r.last_seq])),
  );
});

test('D4: what a transition takes out of sight is gone; what was never seen is not named', async () => {
  const other = await desk.queue(`Other ${randomUUID()}`);
  const ada = await desk.member('Ada');
  const [leaves, foreign] = [await conversation(), await conversation({ queueId: other })];
  const start = await inboxCursor(pool, ada.ctx);
  await pool.query('UPDATE conversation SET queue_id = $2 WHERE id = $1', [leaves, other]);
  await transition(leaves);
  await say(foreign);
  expect(await drain(ada, start)).toMatchObject({ ids: [], gone: [leaves], reset: false });
});

test('D4 D6: a read mark moved on one device reaches the others, and nobody else', async () => {
  const [ada, bo] = [await desk.member('Ada'), await desk.member('Bo')];
  const id = await conversation();
  await say(id);
  await say(id);
  const record = await findConversation(pool, desk.workspaceId, id);
  if (!record) throw new Error('no conversation');
  let adas = await inboxCursor(pool, ada.ctx);
  const bos = await inboxCursor(pool, bo.ctx);
  // The first mark is a new row, the second one moves it.
  for (const seq of [1, 2]) {
    await moveMemberRead(pool, ada.ctx, record, seq);
    const page = await syncInbox(pool, ada.ctx, adas);
    expect(page.rows.map((row) => [row.id, row.readSeq, row.unread])).toEqual([[id, seq, seq < 2]]);
    adas = page.cursor;
  }
  await moveMemberRead(pool, ada.ctx, record, 1);
  expect((await syncInbox(pool, ada.ctx, adas)).rows).toEqual([]);
  expect((await syncInbox(pool, bo.ctx, bos)).rows).toEqual([]);
});

test('D4: a member who sees something else now lists anew', async () => {
  const ada = await desk.member('Ada');
  const start = await inboxCursor(pool, ada.ctx);
  expect(await drain(ada, start)).toMatchObject({ reset: false });
  await pool.query('DELETE FROM queue_member WHERE member_id = $1', [ada.id]);
  const after = await drain(ada, start);
  expect(after).toMatchObject({ reset: true });
  expect(await drain(ada, after.cursor)).toMatchObject({ reset: false });
});

test('D4: a cursor of another life of the database, of the future, or no cursor at all, is reset', async () => {
  const start = await inboxCursor(pool, boss.ctx);
  const [, access] = start.split('.');
  for (const cursor of [
    '',
    'nonsense',
    `000000000000.${access}.1`,
    start.replace(/\.[^.]+$/, '.zzzzzzzzzz'),
  ]) {
    expect(await drain(boss, cursor)).toMatchObject({ ids: [], reset: true });
  }
  await pool.query('UPDATE installation SET cluster_epoch = gen_random_uuid()');
  expect(await drain(boss, start)).toMatchObject({ ids: [], reset: true });
});

test('D4: who is thousands of changes behind lists anew', async () => {
  const id = await conversation();
  const start = await inboxCursor(pool, boss.ctx);
  await pool.query(
    `INSERT INTO event (conversation_id, seq, workspace_id, source, client_id, kind, actor_kind, data)
     SELECT $1, n, $2, 's', n::text, 'note.added', 'system', '{}' FROM generate_series(1, 5000) AS n`,
    [id, desk.workspaceId],
  );
  expect(await drain(boss, start)).toMatchObject({ ids: [], reset: true });
});

test('I11: another workspace’s changes are neither rows nor gone', async () => {
  const other = await createDesk(pool);
  const spy = await other.member('Spy', { role: 'owner' });
  const id = await conversation();
  const start = await inboxCursor(pool, spy.ctx);
  await transition(id);
  expect(await drain(spy, start)).toMatchObject({ ids: [], gone: [], reset: false });
});
