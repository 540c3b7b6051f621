import type { Pool } from 'pg';
import { describe, expect, test } from 'vitest';
import { newKey } from '#server/test/factories.ts';
import { faultyPool } from '#server/test/faulty-pool.ts';
import { nodesForFile } from '#server/test/nodes.ts';
import { openOne, openServed, rowOf, run, say } from '#server/test/talk.ts';
import { STATEMENT, writePlain } from './group-plain.ts';
import type { AppendItem, ConversationRecord, Conversations } from './index.ts';
import { KnownRows } from './store-versions.ts';

const world = nodesForFile();

/** A node, and how often it read rows under their lock before it wrote. */
function watched(): { node: Conversations; looks: () => number } {
  let count = 0;
  const pool: Pool = faultyPool(world.db.pool, (sql) => {
    if (sql.startsWith('WITH locked AS')) count += 1;
    return 'pass';
  });
  const node = world.makeNode({ pool });
  return {
    node,
    looks: () => {
      const seen = count;
      count = 0;
      return seen;
    },
  };
}

describe('a plain message', () => {
  test('of a row this node wrote last needs no look at it, of either side', async () => {
    const { node, looks } = watched();
    const visitor = await world.anyVisitor();
    const id = await openServed(node, visitor, world.member);
    looks();
    await say(node, visitor.ctx, id, 'one');
    await run(node, world.member.ctx, 'message.send', {
      conversationId: id,
      clientKey: newKey(),
      text: 'two',
    });
    await Promise.all(['three', 'four'].map((text) => say(node, visitor.ctx, id, text)));
    expect(looks()).toBe(0);
    const texts = (await world.messages(id)).map((event) => event.data.text);
    expect(texts).toEqual(['hello', 'one', 'two', 'three', 'four']);
  });

  test('I5: of a row another node wrote since is written on the row as it is', async () => {
    const [a, b] = [watched(), watched()];
    const visitor = await world.anyVisitor();
    const id = await openOne(a.node, visitor);
    for (const round of [1, 2, 3]) {
      await say(a.node, visitor.ctx, id, `a${round}`);
      await say(b.node, visitor.ctx, id, `b${round}`);
    }
    // b saw it for the first time; whoever was overtaken looks first from then on.
    expect([a.looks() > 0, b.looks() > 0]).toEqual([true, true]);
    const texts = (await world.messages(id)).map((event) => event.data.text);
    expect(texts).toEqual(['hello', 'a1', 'b1', 'a2', 'b2', 'a3', 'b3']);
    // Alone again, it writes without looking.
    for (const text of ['c1', 'c2', 'c3']) await say(a.node, visitor.ctx, id, text);
    a.looks();
    await say(a.node, visitor.ctx, id, 'c4');
    expect(a.looks()).toBe(0);
  });

  test('a repeat returns the first result, alone and beside others', async () => {
    const { node } = watched();
    const visitor = await world.anyVisitor();
    const id = await openOne(node, visitor);
    const clientId = newKey();
    const first = await say(node, visitor.ctx, id, 'once', { clientId });
    const again = await say(node, visitor.ctx, id, 'once', { clientId });
    expect(again).toMatchObject({ seq: first.seq, repeated: true });
    const [repeat, next] = await Promise.all([
      say(node, visitor.ctx, id, 'once', { clientId }),
      say(node, visitor.ctx, id, 'next'),
    ]);
    expect([repeat.seq, repeat.repeated]).toEqual([first.seq, true]);
    expect([next.seq, next.repeated]).toEqual([first.seq + 1, false]);
    const twice = newKey();
    const twins = await Promise.all(
      [1, 2].map(() => say(node, visitor.ctx, id, 'twin', { clientId: twice })),
    );
    expect(twins.map((one) => one.repeated).sort()).toEqual([false, true]);
    expect(await world.messages(id)).toHaveLength(4);
  });

  test('a repeat that only the index knows sends its whole group the whole way', async () => {
    const { node: a } = watched();
    const { node: b, looks } = watched();
    const visitor = await world.anyVisitor();
    const id = await openOne(a, visitor);
    const clientId = newKey();
    const first = await say(a, visitor.ctx, id, 'once', { clientId });
    const other = await world.anyVisitor();
    const beside = await openOne(b, other);
    for (const text of ['b1', 'b2', 'b3']) await say(b, visitor.ctx, id, text);
    looks();
    const [repeat, next] = await Promise.all([
      say(b, visitor.ctx, id, 'once', { clientId }),
      say(b, other.ctx, beside, 'beside'),
    ]);
    expect(looks()).toBe(1);
    expect([repeat.seq, repeat.at, repeat.repeated]).toEqual([first.seq, first.at, true]);
    expect(next.repeated).toBe(false);
    expect(await world.messages(id)).toHaveLength(5);
  });

  test('its statement prunes no partitions as it runs, or PostgreSQL 18 crashes with it', async () => {
    const { rows } = await world.db.pool.query<Record<string, string>>(
      `EXPLAIN (GENERIC_PLAN, COSTS off) ${STATEMENT.text}`,
    );
    const lines = rows.map((row) => row['QUERY PLAN'] ?? '');
    expect(lines.some((line) => line.includes('Insert on event'))).toBe(true);
    expect(lines.filter((line) => /Append|Subplans/.test(line))).toEqual([]);
  });

  test('moves the flow where the flow says so', async () => {
    const { node } = watched();
    const visitor = await world.anyVisitor();
    const id = await openServed(node, visitor, world.member);
    const end = { conversationId: id, clientKey: newKey() };
    await run(node, world.member.ctx, 'conversation.end', end);
    const answer = await say(node, visitor.ctx, id, 'one thing more');
    expect(answer).toMatchObject({ moved: true, row: { phase: 'serving' } });
    await world.messages(id);
  });

  test('D6: read marks go with it, forward only, of either side', async () => {
    const { node, looks } = watched();
    const visitor = await world.anyVisitor();
    const id = await openServed(node, visitor, world.member);
    await say(node, visitor.ctx, id, 'one');
    const { lastPublicSeq } = await rowOf(world.db.pool, world.workspace, id);
    const end = lastPublicSeq + 1;
    looks();
    const read = (seq: number) =>
      run<{ readSeq: number }>(node, visitor.ctx, 'conversation.read', { conversationId: id, seq });
    const [late, , early] = await Promise.all([
      read(4),
      say(node, visitor.ctx, id, 'two'),
      read(2),
    ]);
    expect([late.readSeq, early.readSeq]).toEqual([4, 4]);
    expect(await read(1_000)).toEqual({ readSeq: end });
    expect(looks()).toBe(0);
    // It stands there already: nothing to write, and the row itself says so.
    expect(await read(3)).toEqual({ readSeq: end });
    expect(looks()).toBe(1);
    const row = await rowOf(world.db.pool, world.workspace, id);
    expect([row.visitorReadSeq, row.agentReadSeq, row.preview]).toEqual([end, 0, 'two']);
    await world.messages(id);
  });

  test('Law 7: what another server said is not relied upon', async () => {
    const rows = new KnownRows();
    const record = {} as ConversationRecord;
    rows.heardFrom(1);
    rows.wrote('c', record, 7, []);
    rows.heardFrom(1);
    expect(rows.get('c')).toMatchObject({ version: 7, alone: true });
    rows.heardFrom(2);
    expect(rows.get('c')).toBeUndefined();

    const visitor = await world.anyVisitor();
    const id = await openOne(world.makeNode(), visitor);
    const { rows: found } = await world.db.pool.query<{ version: string }>(
      'SELECT xmin AS version FROM conversation WHERE id = $1',
      [id],
    );
    const row = await rowOf(world.db.pool, world.workspace, id);
    rows.wrote(id, row, Number(found[0]?.version), []);
    const item: AppendItem = {
      ctx: visitor.ctx,
      conversationId: id,
      key: { source: `v:${visitor.visitorId}`, clientId: newKey() },
      entries: [{ kind: 'message.sent', public: true, data: { text: 'elsewhere' } }],
      event: { type: 'visitor.message' },
    };
    const known = rows.get(id);
    const client = await world.db.pool.connect();
    try {
      if (!known) throw new Error('just written');
      const result = await writePlain(client, [{ row: known, items: [item] }], rows);
      expect([result.missed, result.committed]).toEqual([[id], []]);
    } finally {
      client.release();
    }
    expect(await world.messages(id)).toHaveLength(1);
  });

  test("I10, I11: refused where it has no place, and another workspace's stays unknown", async () => {
    const { node } = watched();
    const visitor = await world.anyVisitor();
    const id = await openServed(node, visitor, world.member);
    const stranger = await world.anyVisitor();
    await expect(say(node, stranger.ctx, id, 'me too', { open: false })).rejects.toMatchObject({
      code: 'not_found',
    });
    for (const name of ['conversation.end', 'wrapup.finish']) {
      await run(node, world.member.ctx, name, { conversationId: id, clientKey: newKey() });
    }
    await expect(say(node, visitor.ctx, id, 'late')).rejects.toMatchObject({
      code: 'conversation_closed',
    });
  });
});
