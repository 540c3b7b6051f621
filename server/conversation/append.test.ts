import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import {
  makeMember,
  makeVisitor,
  makeWorkspace,
  newKey,
  type TestMember,
  type TestWorkspace,
} from '#server/test/factories.ts';
import { expectSound, logOf, openOne, openServed, rowOf, run, say } from '#server/test/talk.ts';
import { type Conversations, createConversations } from './index.ts';
import type { Committed } from './records.ts';

let db: TestDatabase;
let node: Conversations;
let workspace: TestWorkspace;
let member: TestMember;

beforeAll(async () => {
  db = await createTestDatabase();
  workspace = await makeWorkspace(db.pool);
  member = await makeMember(db.pool, workspace, { capacity: 100 });
  node = createConversations({ pool: db.pool });
});
afterAll(async () => {
  await node?.close();
  await db?.drop();
});

const anyVisitor = () => makeVisitor(db.pool, workspace);

describe('opening', () => {
  test('I5: the first message opens the conversation and is answered with its own seq', async () => {
    const visitor = await anyVisitor();
    const id = uuidv7();
    const told: Committed[] = [];
    const stop = node.onCommitted((news) => told.push(news));
    const answer = await say(node, visitor.ctx, id, 'hello');
    stop();
    expect(answer).toMatchObject({ conversationId: id, seq: 2, publicSeq: 2, repeated: false });
    const events = await expectSound(db.pool, workspace, id);
    expect(events.map((event) => event.kind)).toEqual([
      'conversation.opened',
      'message.sent',
      'line.said',
    ]);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ before: null, conversationId: id });
    expect(told[0]?.timers.map((timer) => timer.name).sort()).toEqual(['giveUp', 'stillWaiting']);
    const timers = await db.pool.query('SELECT name, shard FROM timer WHERE conversation_id = $1', [
      id,
    ]);
    expect(timers.rows).toHaveLength(2);
    expect(timers.rows[0]?.shard).toBe(Number.parseInt(id.slice(-1), 16));
  });

  test('the first message sent twice by two tabs with one key is one message', async () => {
    const visitor = await anyVisitor();
    const id = uuidv7();
    const clientId = newKey();
    const answers = await Promise.all([
      say(node, visitor.ctx, id, 'hello', { clientId }),
      say(node, visitor.ctx, id, 'hello', { clientId }),
    ]);
    expect(answers.map((a) => [a.conversationId, a.seq])).toEqual([
      [id, 2],
      [id, 2],
    ]);
    expect(answers.map((a) => a.repeated)).toEqual([false, true]);
    expect(await expectSound(db.pool, workspace, id)).toHaveLength(3);
  });

  test('two tabs that open under different ids meet in one open conversation, nothing lost', async () => {
    const visitor = await anyVisitor();
    const ids = [uuidv7(), uuidv7()];
    const answers = await Promise.all(ids.map((id) => say(node, visitor.ctx, id, `from ${id}`)));
    const [where] = new Set(answers.map((a) => a.conversationId));
    expect(new Set(answers.map((a) => a.conversationId)).size).toBe(1);
    const events = await expectSound(db.pool, workspace, where ?? '');
    expect(events.filter((event) => event.kind === 'message.sent')).toHaveLength(2);
    const other = ids.find((id) => id !== where) ?? '';
    expect(await logOf(db.pool, workspace, other)).toEqual([]);
  });

  test('a repeat of a redirected first message finds it, even when that conversation has closed', async () => {
    const visitor = await anyVisitor();
    const home = await openServed(node, visitor, member);
    const stray = uuidv7();
    const clientId = newKey();
    const first = await say(node, visitor.ctx, stray, 'once', { clientId });
    expect(first.conversationId).toBe(home);
    const action = () => ({ conversationId: home, clientKey: newKey() });
    await run(node, member.ctx, 'conversation.end', action());
    await run(node, member.ctx, 'wrapup.finish', action());
    const again = await say(node, visitor.ctx, stray, 'once', { clientId });
    expect(again).toMatchObject({ conversationId: home, seq: first.seq, repeated: true });
    const opened = await db.pool.query('SELECT FROM conversation WHERE id = $1', [stray]);
    expect(opened.rowCount).toBe(0);
  });

  test('several messages sent at once into a new conversation keep their order', async () => {
    const visitor = await anyVisitor();
    const id = uuidv7();
    const texts = Array.from({ length: 20 }, (_, index) => `number ${index}`);
    await Promise.all(texts.map((text) => say(node, visitor.ctx, id, text)));
    const events = await expectSound(db.pool, workspace, id);
    expect(
      events.filter((event) => event.kind === 'message.sent').map((event) => event.data.text),
    ).toEqual(texts);
  });

  test.each([
    ['a day ahead', 25 * 3600_000],
    ['a day behind', -25 * 3600_000],
  ])('an id made %s is refused and leaves nothing', async (_, offset) => {
    const visitor = await anyVisitor();
    const id = uuidv7(Date.now() + offset);
    await expect(say(node, visitor.ctx, id, 'hello')).rejects.toMatchObject({
      code: 'id_out_of_range',
    });
    expect((await db.pool.query('SELECT FROM conversation WHERE id = $1', [id])).rowCount).toBe(0);
  });

  test('without `open` an unknown conversation is not found', async () => {
    const visitor = await anyVisitor();
    await expect(say(node, visitor.ctx, uuidv7(), 'hello', { open: false })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('keys', () => {
  test('a repeat returns the first result and writes nothing', async () => {
    const visitor = await anyVisitor();
    const id = await openOne(node, visitor);
    const clientId = newKey();
    const first = await say(node, visitor.ctx, id, 'text', { clientId });
    const between = await say(node, visitor.ctx, id, 'another');
    const again = await say(node, visitor.ctx, id, 'text', { clientId });
    expect(again).toMatchObject({ seq: first.seq, publicSeq: first.publicSeq, at: first.at });
    expect(again.repeated).toBe(true);
    expect(again.row.lastSeq).toBe(between.seq);
  });

  test('I10: a repeat of an accepted message is answered although the conversation closed since', async () => {
    const visitor = await anyVisitor();
    const id = await openServed(node, visitor, member);
    const clientId = newKey();
    const first = await say(node, visitor.ctx, id, 'text', { clientId });
    await run(node, member.ctx, 'conversation.end', { conversationId: id, clientKey: newKey() });
    await run(node, member.ctx, 'wrapup.finish', { conversationId: id, clientKey: newKey() });
    const again = await say(node, visitor.ctx, id, 'text', { clientId });
    expect(again).toMatchObject({ seq: first.seq, repeated: true });
  });

  test("no client's key can meet a derived one", async () => {
    const visitor = await anyVisitor();
    const id = uuidv7();
    await say(node, visitor.ctx, id, 'hello', { clientId: 'k' });
    for (const clientId of ['k#1', 'k1', 'k#opened'])
      await say(node, visitor.ctx, id, 'x', { clientId });
    const events = await expectSound(db.pool, workspace, id);
    const derived = events.filter((event) => event.clientId.includes(' '));
    expect(derived.map((event) => event.kind)).toEqual(['conversation.opened', 'line.said']);
  });

  test('the same key of two sources is two messages', async () => {
    const visitor = await anyVisitor();
    const id = await openServed(node, visitor, member);
    const clientId = newKey();
    await say(node, visitor.ctx, id, 'from the visitor', { clientId });
    const input = { conversationId: id, clientKey: clientId, text: 'from the member' };
    await run(node, member.ctx, 'message.send', input);
    const events = await expectSound(db.pool, workspace, id);
    expect(events.filter((event) => event.clientId === clientId)).toHaveLength(2);
  });
});

describe('numbers', () => {
  test('I5, I12: a note between two visitor messages leaves no public gap', async () => {
    const visitor = await anyVisitor();
    const id = await openOne(node, visitor);
    const before = await say(node, visitor.ctx, id, 'one');
    const note = { conversationId: id, clientKey: newKey(), text: 'for us only' };
    const noted = await run<{ seq: number }>(node, member.ctx, 'note.add', note);
    const after = await say(node, visitor.ctx, id, 'two');
    expect(noted.seq).toBe(before.seq + 1);
    expect(after.seq).toBe(before.seq + 2);
    expect(after.publicSeq).toBe((before.publicSeq ?? 0) + 1);
    const events = await expectSound(db.pool, workspace, id);
    expect(events.find((event) => event.seq === noted.seq)?.publicSeq).toBeNull();
    expect((await rowOf(db.pool, workspace, id)).preview).toBe('two');
  });

  test('a preview ends at a whole character', async () => {
    const visitor = await anyVisitor();
    const id = await openOne(node, visitor);
    await say(node, visitor.ctx, id, '🙂'.repeat(300));
    expect((await rowOf(db.pool, workspace, id)).preview).toBe('🙂'.repeat(160));
  });

  test('a plain message moves no timer row and no state', async () => {
    const visitor = await anyVisitor();
    const id = await openOne(node, visitor);
    const timers = () =>
      db.pool.query('SELECT *, xmin::text FROM timer WHERE conversation_id = $1 ORDER BY name', [
        id,
      ]);
    const before = (await timers()).rows;
    const { row } = await say(node, visitor.ctx, id, 'plain');
    expect((await timers()).rows).toEqual(before);
    expect(row.stateRev).toBe(1);
  });
});
