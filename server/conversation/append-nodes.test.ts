import { describe, expect, test } from 'vitest';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { newKey } from '#server/test/factories.ts';
import { nodesForFile } from '#server/test/nodes.ts';
import { logOf, openOne, openServed, say } from '#server/test/talk.ts';

const world = nodesForFile();

describe('two nodes', () => {
  test('a duplicate in flight on both is one message with one seq', async () => {
    const [a, b] = [world.makeNode(), world.makeNode()];
    const visitor = await world.anyVisitor();
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
    expect(await world.messages(id)).toHaveLength(21);
  });

  test('a duplicate committed between lock and lookup is seen: the key is read after the lock', async () => {
    const node = world.makeNode();
    const visitor = await world.anyVisitor();
    const id = await openOne(node, visitor);
    const clientId = newKey();
    // Another node's transaction: has the row, has written the message, has not committed.
    const other = await world.hold(id);
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
    await world.waitsForLock();
    await other.query('COMMIT');
    expect(await repeat).toMatchObject({ seq: 4, repeated: true });
    expect(await logOf(world.db.pool, world.workspace, id)).toHaveLength(4);
  });

  test('the first message opened on both nodes at once is one conversation, one message', async () => {
    const [a, b] = [world.makeNode(), world.makeNode()];
    for (let round = 0; round < 10; round += 1) {
      const visitor = await world.anyVisitor();
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
      expect(await world.messages(id)).toHaveLength(1);
    }
  });

  test('two ids for one person on two nodes become one open conversation', async () => {
    const [a, b] = [world.makeNode(), world.makeNode()];
    for (let round = 0; round < 10; round += 1) {
      const visitor = await world.anyVisitor();
      const answers = await Promise.all([
        say(a, visitor.ctx, uuidv7(), 'one'),
        say(b, visitor.ctx, uuidv7(), 'two'),
      ]);
      const [where, ...others] = new Set(answers.map((answer) => answer.conversationId));
      expect(others).toEqual([]);
      expect(await world.messages(where ?? '')).toHaveLength(2);
    }
  });
});

test('I10: a conversation closed between the decision to write and the lock takes no message', async () => {
  const node = world.makeNode();
  const visitor = await world.anyVisitor();
  const id = await openOne(node, visitor);
  const other = await world.holder(
    `UPDATE conversation SET phase = 'closed', state = 'closed', live = false, closed_at = now(),
       state_rev = state_rev + 1, timers = '{}' WHERE id = $1`,
    [id],
  );
  const late = say(node, visitor.ctx, id, 'too late');
  const refused = expect(late).rejects.toMatchObject({ code: 'conversation_closed' });
  await world.waitsForLock();
  await other.query('COMMIT');
  await refused;
  expect(await logOf(world.db.pool, world.workspace, id)).toHaveLength(3);
});

test('a served conversation goes on after close() of one node on another', async () => {
  const [a, b] = [world.makeNode(), world.makeNode()];
  const visitor = await world.anyVisitor();
  const id = await openServed(a, visitor, world.member);
  const last = say(a, visitor.ctx, id, 'in flight');
  await a.close();
  await last;
  await expect(say(a, visitor.ctx, id, 'late')).rejects.toMatchObject({ code: 'unavailable' });
  await say(b, visitor.ctx, id, 'there');
  expect(await world.messages(id)).toHaveLength(3);
});
