import { describe, expect, test } from 'vitest';
import type { Ctx } from '../context.ts';
import { createTurns, mostReads } from './turns.ts';

const visitor = (visitorId: string): Ctx => ({
  workspaceId: 'w',
  trace: 't',
  actor: { kind: 'visitor', visitorId, contactId: 'c', channelId: 'ch' },
});
const member = (memberId: string): Ctx => ({
  workspaceId: 'w',
  trace: 't',
  actor: { kind: 'member', memberId, role: 'agent' },
});

function setup(most: number) {
  let time = 0;
  const { inTurn } = createTurns({ most, now: () => time });
  const order: string[] = [];
  let underWay = 0;
  let highest = 0;
  const read = (ctx: Ctx, name: string, error?: Error) =>
    inTurn(ctx, async () => {
      underWay += 1;
      highest = Math.max(highest, underWay);
      order.push(name);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      if (error) throw error;
      return name;
    });
  return {
    read,
    order,
    highest: () => highest,
    later(ms: number) {
      time += ms;
    },
  };
}

describe('turns of reads', () => {
  test('D5: of a storm of syncs only a few are under way at a time, and all are answered', async () => {
    const { read, highest } = setup(3);
    const names = Array.from({ length: 500 }, (_, n) => `read ${n}`);
    const answers = await Promise.all(names.map((name, n) => read(visitor(`v${n}`), name)));
    expect(answers).toEqual(names);
    expect(highest()).toBe(3);
    expect(mostReads(20, 8)).toBe(6);
    expect(mostReads(20, 4)).toBe(4);
    expect(mostReads(20, 1)).toBe(2);
    expect(mostReads(2, 8)).toBe(2);
  });

  test('D5: members before visitors, and everybody in turn', async () => {
    const { read, order } = setup(1);
    await Promise.all([
      read(visitor('a'), 'a1'),
      read(visitor('a'), 'a2'),
      read(visitor('a'), 'a3'),
      read(visitor('b'), 'b1'),
      read(member('m'), 'm1'),
      read(visitor('c'), 'c1'),
      read(member('m'), 'm2'),
    ]);
    expect(order).toEqual(['a1', 'm1', 'm2', 'a2', 'b1', 'c1', 'a3']);
  });

  test('D7: whose turn comes too late is told to ask again', async () => {
    const { read, later, order } = setup(1);
    const first = read(visitor('a'), 'first');
    const late = read(visitor('b'), 'late');
    later(4_001);
    await expect(late).rejects.toMatchObject({
      code: 'overloaded',
      retryAfterMs: expect.any(Number),
    });
    expect(await first).toBe('first');
    expect(order).toEqual(['first']);
  });

  test('a read that fails gives its turn on', async () => {
    const { read } = setup(1);
    const failing = read(visitor('a'), 'bad', new Error('no such row'));
    const after = read(visitor('b'), 'good');
    await expect(failing).rejects.toThrow('no such row');
    expect(await after).toBe('good');
  });
});
