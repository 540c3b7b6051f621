import { beforeEach, describe, expect, test } from 'vitest';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { makeVisitor, makeWorkspace, newKey } from '#server/test/factories.ts';
import { nodesForFile } from '#server/test/nodes.ts';
import { expectSound, openOne, openServed, rowOf, run, say } from '#server/test/talk.ts';
import type { Conversations } from './index.ts';
import type { Committed } from './records.ts';

const world = nodesForFile();
let node: Conversations;
beforeEach(() => {
  node = world.makeNode();
});

const codeOf = (error: unknown) => (error as { code?: string }).code;

describe('listeners', () => {
  test("hear each conversation in the log's order; one that throws hurts nobody", async () => {
    const visitor = await world.anyVisitor();
    const id = uuidv7();
    const seqs: number[] = [];
    const stops = [
      node.onCommitted(() => {
        throw new Error('a listener of ours is broken');
      }),
      node.onCommitted((news) => {
        if (news.conversationId === id) seqs.push(...news.events.map((event) => event.seq));
      }),
    ];
    const sent = Array.from({ length: 30 }, (_, index) => say(node, visitor.ctx, id, `${index}`));
    // Somebody reads meanwhile, which holds the row now and then and sends messages to the lane.
    const read = { conversationId: id, seq: 3 };
    await sent[0];
    await Promise.all([...sent, run(node, visitor.ctx, 'conversation.read', read)]);
    for (const stop of stops) stop();
    expect(seqs).toEqual(Array.from({ length: 32 }, (_, index) => index + 1));
  });

  test('are given the same snapshot before and after a plain message, others when it moved', async () => {
    const visitor = await world.anyVisitor();
    const id = await openOne(node, visitor);
    const told: Committed[] = [];
    const stop = node.onCommitted((news) => told.push(news));
    await say(node, visitor.ctx, id, 'plain');
    await run(node, world.member.ctx, 'conversation.take', {
      conversationId: id,
      clientKey: newKey(),
    });
    stop();
    expect(told.map((news) => news.before === news.after)).toEqual([true, false]);
    expect(told[1]).toMatchObject({ before: { phase: 'queued' }, after: { phase: 'serving' } });
  });
});

describe('who may', () => {
  test('I11: the same id from another workspace is not found, in one group with the rightful', async () => {
    const visitor = await world.anyVisitor();
    const id = await openOne(node, visitor);
    const elsewhere = await makeWorkspace(world.db.pool);
    const stranger = await makeVisitor(world.db.pool, elsewhere);
    const answers = await Promise.allSettled([
      say(node, visitor.ctx, id, 'mine'),
      say(node, stranger.ctx, id, 'not mine'),
      say(node, stranger.ctx, id, 'not mine', { open: false }),
      say(node, visitor.ctx, id, 'mine again'),
    ]);
    expect(answers.map((a) => a.status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
    ]);
    for (const answer of answers) {
      if (answer.status === 'rejected') expect(codeOf(answer.reason)).toBe('not_found');
    }
    await expectSound(world.db.pool, world.workspace, id);
  });

  test("I12: another visitor's conversation is not found, with and without `open`", async () => {
    const visitor = await world.anyVisitor();
    const id = await openOne(node, visitor);
    const other = await world.anyVisitor();
    for (const open of [true, false]) {
      await expect(say(node, other.ctx, id, 'hello', { open })).rejects.toMatchObject({
        code: 'not_found',
      });
    }
  });

  test('I11: a visitor is not taken at their word about channel and contact', async () => {
    const elsewhere = await makeWorkspace(world.db.pool);
    const visitor = await makeVisitor(world.db.pool, elsewhere);
    const forged = { ...visitor.ctx, workspaceId: world.workspace.id };
    const id = uuidv7();
    await expect(say(node, forged, id, 'hello')).rejects.toMatchObject({ code: 'not_found' });
    expect(
      (await world.db.pool.query('SELECT FROM conversation WHERE id = $1', [id])).rowCount,
    ).toBe(0);
  });
});

test('I10: closed is final; writing again opens a new conversation linked to the old one', async () => {
  const visitor = await world.anyVisitor();
  const old = await openServed(node, visitor, world.member);
  await run(node, world.member.ctx, 'conversation.end', {
    conversationId: old,
    clientKey: newKey(),
  });
  await run(node, world.member.ctx, 'wrapup.finish', { conversationId: old, clientKey: newKey() });
  for (const open of [true, false]) {
    await expect(say(node, visitor.ctx, old, 'hello?', { open })).rejects.toMatchObject({
      code: 'conversation_closed',
    });
  }
  const closed = await rowOf(world.db.pool, world.workspace, old);
  const { row } = await say(node, visitor.ctx, uuidv7(), 'again');
  expect(row).toMatchObject({ previousId: old, phase: 'queued' });
  expect(await rowOf(world.db.pool, world.workspace, old)).toEqual(closed);
});
