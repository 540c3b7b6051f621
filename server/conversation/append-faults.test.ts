import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createPool } from '#lib/db/pool.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { until } from '#server/test/clock.ts';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import {
  makeMember,
  makeVisitor,
  makeWorkspace,
  newKey,
  type TestMember,
  type TestWorkspace,
} from '#server/test/factories.ts';
import { type Fault, faultyPool } from '#server/test/faulty-pool.ts';
import {
  expectHolds,
  expectSound,
  logOf,
  openOne,
  openServed,
  run,
  say,
} from '#server/test/talk.ts';
import { type Conversations, type ConversationsOptions, createConversations } from './index.ts';
import type { Committed } from './records.ts';

let db: TestDatabase;
let workspace: TestWorkspace;
let member: TestMember;
const nodes: Conversations[] = [];
const ending: (() => Promise<unknown>)[] = [];

/** A node of its own on the one database. */
function makeNode(options: Partial<ConversationsOptions> = {}): Conversations {
  const node = createConversations({ pool: db.pool, ...options });
  nodes.push(node);
  return node;
}

/** Somebody outside who holds a row and does not answer, such as a stopped process. */
async function holder(sql: string, values: unknown[]): Promise<Client> {
  const client = new Client({ connectionString: db.url, application_name: 'holder' });
  client.on('error', () => undefined);
  await client.connect();
  ending.push(() => client.end());
  await client.query('BEGIN');
  await client.query(sql, values);
  return client;
}

const hold = (conversationId: string) =>
  holder('SELECT FROM conversation WHERE id = $1 FOR UPDATE', [conversationId]);

beforeAll(async () => {
  db = await createTestDatabase();
  workspace = await makeWorkspace(db.pool);
  member = await makeMember(db.pool, workspace, { capacity: 100 });
});
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
  await Promise.all(nodes.splice(0).map((node) => node.close()));
  await expectHolds(db.pool, workspace.id);
});
afterAll(() => db?.drop());

const anyVisitor = () => makeVisitor(db.pool, workspace);
const messages = async (id: string) =>
  (await expectSound(db.pool, workspace, id)).filter((event) => event.kind === 'message.sent');

describe('two nodes', () => {
  test('a duplicate in flight on both is one message with one seq', async () => {
    const [a, b] = [makeNode(), makeNode()];
    const visitor = await anyVisitor();
    const id = await openOne(a, visitor);
    for (let round = 0; round < 20; round += 1) {
      const clientId = newKey();
      const [x, y] = await Promise.all([
        say(a, visitor.ctx, id, 'twice', { clientId }),
        say(b, visitor.ctx, id, 'twice', { clientId }),
      ]);
      expect(x.seq).toBe(y.seq);
      expect([x.repeated, y.repeated].sort()).toEqual([false, true]);
    }
    expect(await messages(id)).toHaveLength(21);
  });

  test('a duplicate committed between lock and lookup is seen: the key is read after the lock', async () => {
    const node = makeNode();
    const visitor = await anyVisitor();
    const id = await openOne(node, visitor);
    const clientId = newKey();
    // Another node's transaction: has the row, has written the message, has not committed.
    const other = await hold(id);
    await other.query(
      `INSERT INTO event (conversation_id, seq, workspace_id, public_seq, source, client_id, kind,
         actor_kind, actor_id, data)
       SELECT id, last_seq + 1, workspace_id, last_public_seq + 1, $2, $3, 'message.sent', 'visitor',
         visitor_id, '{"text":"slow"}' FROM conversation WHERE id = $1`,
      [id, `v:${visitor.visitorId}`, clientId],
    );
    await other.query(
      `UPDATE conversation SET last_seq = last_seq + 1, last_public_seq = last_public_seq + 1
       WHERE id = $1`,
      [id],
    );
    const repeat = say(node, visitor.ctx, id, 'slow', { clientId });
    await waitsForLock();
    await other.query('COMMIT');
    expect(await repeat).toMatchObject({ seq: 4, repeated: true });
    expect(await logOf(db.pool, workspace, id)).toHaveLength(4);
  });

  test('the first message opened on both nodes at once is one conversation, one message', async () => {
    const [a, b] = [makeNode(), makeNode()];
    for (let round = 0; round < 10; round += 1) {
      const visitor = await anyVisitor();
      const clientId = newKey();
      const id = uuidv7();
      const same = await Promise.all([
        say(a, visitor.ctx, id, 'hello', { clientId }),
        say(b, visitor.ctx, id, 'hello', { clientId }),
      ]);
      expect(same.map((one) => [one.conversationId, one.seq])).toEqual([
        [id, 2],
        [id, 2],
      ]);
      expect(await messages(id)).toHaveLength(1);
    }
  });

  test('two ids for one person on two nodes become one open conversation', async () => {
    const [a, b] = [makeNode(), makeNode()];
    for (let round = 0; round < 10; round += 1) {
      const visitor = await anyVisitor();
      const answers = await Promise.all([
        say(a, visitor.ctx, uuidv7(), 'one'),
        say(b, visitor.ctx, uuidv7(), 'two'),
      ]);
      const [where, ...others] = new Set(answers.map((answer) => answer.conversationId));
      expect(others).toEqual([]);
      expect(await messages(where ?? '')).toHaveLength(2);
    }
  });
});

/** Some backend of this database waits for a lock. */
async function waitsForLock(): Promise<void> {
  await until(async () => {
    const { rowCount } = await db.pool.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return (rowCount ?? 0) > 0;
  });
}

describe('a poison item', () => {
  test.each([
    ['NUL', 'a\u0000b'],
    ['half a surrogate pair', 'a\ud800b'],
  ])('with %s fails alone; the rest of its group is stored in order', async (_, poison) => {
    const node = makeNode();
    const visitors = await Promise.all(Array.from({ length: 7 }, anyVisitor));
    const ids = await Promise.all(visitors.map((visitor) => openOne(node, visitor)));
    const sent = visitors.flatMap((visitor, index) =>
      ['first', index === 3 ? poison : 'second', 'third'].map((text) =>
        say(node, visitor.ctx, ids[index] ?? '', text),
      ),
    );
    const answers = await Promise.allSettled(sent);
    const failed = answers.flatMap((answer, index) =>
      answer.status === 'rejected' ? [index] : [],
    );
    expect(failed).toEqual([10]);
    expect(answers[10]).toMatchObject({ reason: { code: 'invalid_input' } });
    for (const [index, id] of ids.entries()) {
      const texts = (await messages(id)).map((event) => event.data.text);
      const expected = index === 3 ? ['first', 'third'] : ['first', 'second', 'third'];
      expect(texts).toEqual(['hello', ...expected]);
    }
  });

  test('that would open a conversation leaves none behind', async () => {
    const node = makeNode();
    const visitor = await anyVisitor();
    const id = uuidv7();
    await expect(say(node, visitor.ctx, id, 'a\u0000b')).rejects.toMatchObject({
      code: 'invalid_input',
    });
    expect((await db.pool.query('SELECT FROM conversation WHERE id = $1', [id])).rowCount).toBe(0);
    expect((await say(node, visitor.ctx, id, 'fine')).seq).toBe(2);
  });

  test('of ours (a broken flow) fails alone too', async () => {
    const node = makeNode();
    const broken = await makeWorkspace(db.pool, { flow: { id: 'broken', states: {} } });
    const unlucky = await makeVisitor(db.pool, broken);
    const visitor = await anyVisitor();
    const [bad, good] = await Promise.allSettled([
      say(node, unlucky.ctx, uuidv7(), 'hello'),
      say(node, visitor.ctx, uuidv7(), 'hello'),
    ]);
    expect(bad).toMatchObject({ status: 'rejected', reason: { code: 'internal' } });
    expect(good).toMatchObject({ status: 'fulfilled' });
  });
});

describe('a row held by a stopped process', () => {
  /** Without the connection's own limit a group that waits for a lock waits for ever. */
  function patientNode(): Conversations {
    const pool = createPool(db.url, { max: 10, lock_timeout: 0 });
    ending.push(() => pool.end());
    return makeNode({ pool });
  }

  test('stalls nobody else; its own messages go through in order once it is free', async () => {
    const node = patientNode();
    const [stuck, free] = await Promise.all([anyVisitor(), anyVisitor()]);
    const [held, other] = [await openOne(node, stuck), await openOne(node, free)];
    const process = await hold(held);
    const settled: string[] = [];
    const waiting = ['one', 'two', 'three'].map((text) =>
      say(node, stuck.ctx, held, text, { open: false }).then((answer) => {
        settled.push(text);
        return answer;
      }),
    );
    await waitsForLock();
    for (const text of ['a', 'b', 'c']) await say(node, free.ctx, other, text, { open: false });
    // A later one joins the lane behind those that wait there already.
    waiting.push(say(node, stuck.ctx, held, 'four'));
    expect(settled).toEqual([]);
    await process.query('ROLLBACK');
    const answers = await Promise.all(waiting);
    expect(answers.map((answer) => answer.seq)).toEqual([4, 5, 6, 7]);
    const texts = (await messages(held)).map((event) => event.data.text);
    expect(texts).toEqual(['hello', 'one', 'two', 'three', 'four']);
  });

  test('is given up at the deadline as overloaded, to be repeated with the same key', async () => {
    const node = makeNode({ append: { deadlineMs: 50 } });
    const visitor = await anyVisitor();
    const id = await openOne(makeNode(), visitor);
    const process = await hold(id);
    const clientId = newKey();
    await expect(say(node, visitor.ctx, id, 'late', { clientId })).rejects.toMatchObject({
      code: 'overloaded',
      retryAfterMs: expect.any(Number),
    });
    await process.query('ROLLBACK');
    const again = await say(makeNode(), visitor.ctx, id, 'late', { clientId });
    expect(again).toMatchObject({ seq: 4, repeated: false });
  });

  test('being opened there stalls nobody here', async () => {
    const node = patientNode();
    const [stuck, free] = await Promise.all([anyVisitor(), anyVisitor()]);
    const id = uuidv7();
    const process = await holder(
      `INSERT INTO conversation (id, workspace_id, channel_id, contact_id, visitor_id,
         flow_version_id, state, phase, live) VALUES ($1, $2, $3, $4, $5, $6, 's', 'queued', true)`,
      [
        id,
        workspace.id,
        workspace.channelId,
        stuck.contactId,
        stuck.visitorId,
        workspace.flowVersionId,
      ],
    );
    const waiting = say(node, stuck.ctx, id, 'hello');
    const answers = await Promise.all([
      say(node, free.ctx, uuidv7(), 'hello'),
      say(node, free.ctx, uuidv7(), 'hello again'),
    ]);
    expect(new Set(answers.map((answer) => answer.conversationId)).size).toBe(1);
    await process.query('ROLLBACK');
    expect(await waiting).toMatchObject({ conversationId: id, seq: 2 });
  });

  test("a held member's row stalls only what changes that member's load", async () => {
    const node = patientNode();
    const [first, second] = await Promise.all([anyVisitor(), anyVisitor()]);
    const wanted = await openOne(node, first);
    const other = await openOne(node, second);
    const process = await holder('SELECT FROM member_state WHERE member_id = $1 FOR UPDATE', [
      member.id,
    ]);
    const input = { conversationId: wanted, clientKey: newKey() };
    const taking = run(node, member.ctx, 'conversation.take', input);
    await waitsForLock();
    await say(node, second.ctx, other, 'through', { open: false });
    await process.query('ROLLBACK');
    await taking;
    await expectSound(db.pool, workspace, wanted);
  });
});

test('what was sent behind an item that must wait stays behind it', async () => {
  const node = makeNode();
  const visitor = await anyVisitor();
  const id = await openOne(node, visitor);
  const process = await holder('SELECT FROM member_state WHERE member_id = $1 FOR UPDATE', [
    member.id,
  ]);
  const taking = node.append({
    ctx: member.ctx,
    conversationId: id,
    key: { source: `m:${member.id}`, clientId: newKey() },
    entries: [],
    event: { type: 'agent.took', memberId: member.id, override: false },
  });
  const behind = ['one', 'two'].map((text) => say(node, visitor.ctx, id, text));
  await waitsForLock();
  await process.query('ROLLBACK');
  const answers = await Promise.all([taking, ...behind]);
  expect(answers.map((answer) => answer.seq)).toEqual([4, 5, 6]);
  await expectSound(db.pool, workspace, id);
});

test('I10: a conversation closed between the decision to write and the lock takes no message', async () => {
  const node = makeNode();
  const visitor = await anyVisitor();
  const id = await openOne(node, visitor);
  const other = await holder(
    `UPDATE conversation SET phase = 'closed', state = 'closed', live = false, closed_at = now(),
       state_rev = state_rev + 1, timers = '{}' WHERE id = $1`,
    [id],
  );
  const late = say(node, visitor.ctx, id, 'too late');
  const refused = expect(late).rejects.toMatchObject({ code: 'conversation_closed' });
  await waitsForLock();
  await other.query('COMMIT');
  await refused;
  expect(await logOf(db.pool, workspace, id)).toHaveLength(3);
});

describe('a lost answer', () => {
  /** A node whose next statement that matches fails so. */
  function nodeWith(pattern: RegExp, fault: Fault, times = 1) {
    let left = 0;
    const pool = createPool(db.url, { max: 5 });
    ending.push(() => pool.end());
    const node = makeNode({
      pool: faultyPool(pool, (sql) => {
        if (left === 0 || !pattern.test(sql)) return 'pass';
        left -= 1;
        return fault;
      }),
    });
    const told: Committed[] = [];
    node.onCommitted((news) => told.push(news));
    return {
      node,
      told,
      arm: () => {
        left = times;
        told.length = 0;
      },
    };
  }

  test('to COMMIT: repeated with the same keys, stored once, told once', async () => {
    const { node, told, arm } = nodeWith(/^COMMIT/, 'lose-answer');
    const visitor = await anyVisitor();
    const id = await openOne(node, visitor);
    arm();
    const answers = await Promise.all(
      ['a', 'b', 'c'].map((text) => say(node, visitor.ctx, id, text)),
    );
    expect(answers.map((answer) => answer.seq)).toEqual([4, 5, 6]);
    expect(await messages(id)).toHaveLength(4);
    expect(told.flatMap((news) => news.events.map((event) => event.seq))).toEqual([4, 5, 6]);
  });

  test('to the COMMIT that opened the conversation and moved a load', async () => {
    const { node, told, arm } = nodeWith(/^COMMIT/, 'lose-answer');
    const visitor = await anyVisitor();
    arm();
    const id = await openOne(node, visitor);
    arm();
    const input = { conversationId: id, clientKey: newKey() };
    await run(node, member.ctx, 'conversation.take', input);
    const events = await expectSound(db.pool, workspace, id);
    expect(events.filter((event) => event.kind === 'conversation.transitioned')).toHaveLength(1);
    expect(told).toHaveLength(1);
    await run(node, member.ctx, 'conversation.end', { ...input, clientKey: newKey() });
    await run(node, member.ctx, 'wrapup.finish', { ...input, clientKey: newKey() });
  });

  test('before COMMIT was sent: nothing was stored, so it is stored now', async () => {
    const { node, told, arm } = nodeWith(/^COMMIT/, 'cut-before');
    const visitor = await anyVisitor();
    const id = await openOne(node, visitor);
    arm();
    expect(await say(node, visitor.ctx, id, 'once')).toMatchObject({ seq: 4, repeated: false });
    expect(await messages(id)).toHaveLength(2);
    expect(told).toHaveLength(1);
  });

  test('again and again ends as unavailable; the key decides what a repeat does', async () => {
    const { node, arm } = nodeWith(/^COMMIT/, 'lose-answer', 4);
    const visitor = await anyVisitor();
    const id = await openOne(node, visitor);
    const clientId = newKey();
    arm();
    await expect(say(node, visitor.ctx, id, 'once', { clientId })).rejects.toMatchObject({
      code: 'unavailable',
      retryAfterMs: expect.any(Number),
    });
    expect(await say(node, visitor.ctx, id, 'once', { clientId })).toMatchObject({
      seq: 4,
      repeated: true,
    });
  });
});

describe('a transaction that the server gives up', () => {
  test.each([
    ['a deadlock', '40P01'],
    ['a serialization failure', '40001'],
  ])('for %s is repeated with the same keys', async (_, sqlstate) => {
    let left = 0;
    const fault = (sql: string): Fault =>
      sql.startsWith('COMMIT') && left-- > 0 ? { sqlstate } : 'pass';
    const node = makeNode({ pool: faultyPool(db.pool, fault) });
    const told: number[] = [];
    node.onCommitted((news) => told.push(...news.events.map((event) => event.seq)));
    const visitor = await anyVisitor();
    left = 2;
    const id = await openOne(node, visitor);
    left = 2;
    await Promise.all(['a', 'b'].map((text) => say(node, visitor.ctx, id, text)));
    expect(await messages(id)).toHaveLength(3);
    expect(told).toEqual([1, 2, 3, 4, 5]);
  });
});

test('a database that is gone answers unavailable, and all goes on by itself when it is back', async () => {
  const pool = createPool(db.url, { max: 5 });
  ending.push(() => pool.end());
  const node = makeNode({ pool });
  const visitor = await anyVisitor();
  const id = await openOne(node, visitor);
  const name = new URL(db.url).pathname.slice(1);
  const admin = new Client({ connectionString: db.url.replace(`/${name}`, '/postgres') });
  await admin.connect();
  ending.push(() => admin.end());
  await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
  await admin.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()`,
    [name],
  );
  const clientId = newKey();
  const lost = await say(node, visitor.ctx, id, 'now', { clientId }).catch((error) => error);
  await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
  expect(lost).toMatchObject({ code: 'unavailable', retryAfterMs: expect.any(Number) });
  await say(node, visitor.ctx, id, 'now', { clientId });
  expect(await messages(id)).toHaveLength(2);
});

test('beyond its bound the queue refuses with retryAfterMs, and what was accepted is stored', async () => {
  const node = makeNode({ append: { queueSize: 10, groupSize: 5 } });
  const visitor = await anyVisitor();
  const id = await openOne(node, visitor);
  const answers = await Promise.allSettled(
    Array.from({ length: 30 }, (_, index) => say(node, visitor.ctx, id, `number ${index}`)),
  );
  const refused = answers.filter((answer) => answer.status === 'rejected');
  expect(refused.length).toBeGreaterThan(0);
  for (const { reason } of refused) {
    expect(reason).toMatchObject({ code: 'overloaded', retryAfterMs: expect.any(Number) });
  }
  expect(await messages(id)).toHaveLength(1 + answers.length - refused.length);
});

test('a served conversation goes on after close() of one node on another', async () => {
  const [a, b] = [makeNode(), makeNode()];
  const visitor = await anyVisitor();
  const id = await openServed(a, visitor, member);
  const last = say(a, visitor.ctx, id, 'in flight');
  await a.close();
  await last;
  await expect(say(a, visitor.ctx, id, 'late')).rejects.toMatchObject({ code: 'unavailable' });
  await say(b, visitor.ctx, id, 'there');
  expect(await messages(id)).toHaveLength(3);
});
