import { describe, expect, test } from 'vitest';
import { createPool } from '#lib/db/pool.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { newKey } from '#server/test/factories.ts';
import { nodesForFile } from '#server/test/nodes.ts';
import { expectSound, openOne, run, say } from '#server/test/talk.ts';
import type { Conversations } from './index.ts';

const world = nodesForFile();

describe('a row held by a stopped process', () => {
  /** Without the connection's own limit a group that waits for a lock waits for ever. */
  function patientNode(): Conversations {
    const pool = createPool(world.db.url, { max: 10, lock_timeout: 0 });
    world.atEnd(() => pool.end());
    return world.makeNode({ pool });
  }

  test('stalls nobody else; its own messages go through in order once it is free', async () => {
    const node = patientNode();
    const [stuck, free] = await Promise.all([world.anyVisitor(), world.anyVisitor()]);
    const [held, other] = [await openOne(node, stuck), await openOne(node, free)];
    const process = await world.hold(held);
    const settled: string[] = [];
    const waiting = ['one', 'two', 'three'].map((text) =>
      say(node, stuck.ctx, held, text, { open: false }).then((answer) => {
        settled.push(text);
        return answer;
      }),
    );
    await world.waitsForLock();
    for (const text of ['a', 'b', 'c']) await say(node, free.ctx, other, text, { open: false });
    // A later one joins the lane behind those that wait there already.
    waiting.push(say(node, stuck.ctx, held, 'four'));
    expect(settled).toEqual([]);
    await process.query('ROLLBACK');
    const answers = await Promise.all(waiting);
    expect(answers.map((answer) => answer.seq)).toEqual([4, 5, 6, 7]);
    const texts = (await world.messages(held)).map((event) => event.data.text);
    expect(texts).toEqual(['hello', 'one', 'two', 'three', 'four']);
  });

  test('is given up at the deadline as overloaded, to be repeated with the same key', async () => {
    const node = world.makeNode({ append: { deadlineMs: 50 } });
    const visitor = await world.anyVisitor();
    const id = await openOne(world.makeNode(), visitor);
    const process = await world.hold(id);
    const clientId = newKey();
    await expect(say(node, visitor.ctx, id, 'late', { clientId })).rejects.toMatchObject({
      code: 'overloaded',
      retryAfterMs: expect.any(Number),
    });
    await process.query('ROLLBACK');
    const again = await say(world.makeNode(), visitor.ctx, id, 'late', { clientId });
    expect(again).toMatchObject({ seq: 4, repeated: false });
  });

  test('being opened there stalls nobody here', async () => {
    const node = patientNode();
    const [stuck, free] = await Promise.all([world.anyVisitor(), world.anyVisitor()]);
    const id = uuidv7();
    const process = await world.holder(
      `INSERT INTO conversation (id, workspace_id, channel_id, contact_id, visitor_id,
         flow_version_id, state, phase, live) VALUES ($1, $2, $3, $4, $5, $6, 's', 'queued', true)`,
      [
        id,
        world.workspace.id,
        world.workspace.channelId,
        stuck.contactId,
        stuck.visitorId,
        world.workspace.flowVersionId,
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
    const [first, second] = await Promise.all([world.anyVisitor(), world.anyVisitor()]);
    const wanted = await openOne(node, first);
    const other = await openOne(node, second);
    const process = await world.holder('SELECT FROM member_state WHERE member_id = $1 FOR UPDATE', [
      world.member.id,
    ]);
    const input = { conversationId: wanted, clientKey: newKey() };
    const taking = run(node, world.member.ctx, 'conversation.take', input);
    await world.waitsForLock();
    await say(node, second.ctx, other, 'through', { open: false });
    await process.query('ROLLBACK');
    await taking;
    await expectSound(world.db.pool, world.workspace, wanted);
  });
});

test('what was sent behind an item that must wait stays behind it', async () => {
  const node = world.makeNode();
  const visitor = await world.anyVisitor();
  const id = await openOne(node, visitor);
  const process = await world.holder('SELECT FROM member_state WHERE member_id = $1 FOR UPDATE', [
    world.member.id,
  ]);
  const taking = node.append({
    ctx: world.member.ctx,
    conversationId: id,
    key: { source: `m:${world.member.id}`, clientId: newKey() },
    entries: [],
    event: { type: 'agent.took', memberId: world.member.id, override: false },
  });
  const behind = ['one', 'two'].map((text) => say(node, visitor.ctx, id, text));
  await world.waitsForLock();
  await process.query('ROLLBACK');
  const answers = await Promise.all([taking, ...behind]);
  expect(answers.map((answer) => answer.seq)).toEqual([4, 5, 6]);
  await expectSound(world.db.pool, world.workspace, id);
});
