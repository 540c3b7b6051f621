import { describe, expect, test } from 'vitest';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { makeVisitor, makeWorkspace } from '#server/test/factories.ts';
import { nodesForFile } from '#server/test/nodes.ts';
import { openOne, say } from '#server/test/talk.ts';

const world = nodesForFile();

describe('a poison item', () => {
  test.each([
    ['NUL', 'a\u0000b'],
    ['half a surrogate pair', 'a\ud800b'],
  ])('with %s fails alone; the rest of its group is stored in order', async (_, poison) => {
    const node = world.makeNode();
    const visitors = await Promise.all(Array.from({ length: 7 }, world.anyVisitor));
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
      const texts = (await world.messages(id)).map((event) => event.data.text);
      const expected = index === 3 ? ['first', 'third'] : ['first', 'second', 'third'];
      expect(texts).toEqual(['hello', ...expected]);
    }
  });

  test('does not bring a held conversation out of order', async () => {
    const node = world.makeNode();
    const visitors = await Promise.all([1, 2, 3].map(world.anyVisitor));
    const ids = await Promise.all(visitors.map((visitor) => openOne(node, visitor)));
    const speak = (index: number, text: string) => {
      const [visitor, id] = [visitors[index], ids[index]];
      if (!visitor || !id) throw new Error(`no visitor ${index}`);
      return say(node, visitor.ctx, id, text, { open: false });
    };
    const process = await world.hold(ids[0] ?? '');
    // One group: its first half holds what waits, its second what cannot be stored.
    const answers = [
      speak(1, 'free').then(() => speak(0, 'three')),
      speak(0, 'one'),
      speak(0, 'two'),
      expect(speak(2, 'a\u0000b')).rejects.toMatchObject({ code: 'invalid_input' }),
      speak(2, 'fine'),
      speak(2, 'fine too'),
    ];
    await Promise.all(answers.slice(3));
    await process.query('ROLLBACK');
    await Promise.all(answers);
    const texts = (await world.messages(ids[0] ?? '')).map((event) => event.data.text);
    expect(texts).toEqual(['hello', 'one', 'two', 'three']);
  });

  test('that would open a conversation leaves none behind', async () => {
    const node = world.makeNode();
    const visitor = await world.anyVisitor();
    const id = uuidv7();
    await expect(say(node, visitor.ctx, id, 'a\u0000b')).rejects.toMatchObject({
      code: 'invalid_input',
    });
    expect(
      (await world.db.pool.query('SELECT FROM conversation WHERE id = $1', [id])).rowCount,
    ).toBe(0);
    expect((await say(node, visitor.ctx, id, 'fine')).seq).toBe(2);
  });

  test('of ours (a broken flow) fails alone too', async () => {
    const node = world.makeNode();
    const broken = await makeWorkspace(world.db.pool, { flow: { id: 'broken', states: {} } });
    const unlucky = await makeVisitor(world.db.pool, broken);
    const visitor = await world.anyVisitor();
    const [bad, good] = await Promise.allSettled([
      say(node, unlucky.ctx, uuidv7(), 'hello'),
      say(node, visitor.ctx, uuidv7(), 'hello'),
    ]);
    expect(bad).toMatchObject({ status: 'rejected', reason: { code: 'internal' } });
    expect(good).toMatchObject({ status: 'fulfilled' });
  });
});

test('beyond its bound the queue refuses with retryAfterMs, and what was accepted is stored', async () => {
  const node = world.makeNode({ append: { queueSize: 10, groupSize: 5 } });
  const visitor = await world.anyVisitor();
  const id = await openOne(node, visitor);
  const answers = await Promise.allSettled(
    Array.from({ length: 30 }, (_, index) => say(node, visitor.ctx, id, `number ${index}`)),
  );
  const refused = answers.filter((answer) => answer.status === 'rejected');
  expect(refused.length).toBeGreaterThan(0);
  for (const { reason } of refused) {
    expect(reason).toMatchObject({ code: 'overloaded', retryAfterMs: expect.any(Number) });
  }
  expect(await world.messages(id)).toHaveLength(1 + answers.length - refused.length);
});
