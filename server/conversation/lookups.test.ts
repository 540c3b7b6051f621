import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import { createDesk, type TestDesk, type TestMember } from '#server/test/desk.ts';
import { openOne } from '#server/test/talk.ts';
import { type Conversations, createConversations } from './index.ts';
import { createLookups, type Lookups } from './lookups.ts';

let db: TestDatabase;
let node: Conversations;
let lookups: Lookups;
let statements = 0;
const worlds: { desk: TestDesk; member: TestMember; second: string; conversationId: string }[] = [];

beforeAll(async () => {
  db = await createTestDatabase();
  node = createConversations({ pool: db.pool });
  const counting = {
    query: (...args: Parameters<Pool['query']>) => {
      statements += 1;
      return db.pool.query(...args);
    },
  } as unknown as Pool;
  lookups = createLookups(counting);
  for (const name of ['One', 'Two']) {
    const desk = await createDesk(db.pool, name);
    const second = await desk.queue('Second');
    const member = await desk.member('Ann', { queues: [desk.queueId, second] });
    const visitor = await desk.visitor();
    const conversationId = await openOne(node, { ...visitor, visitorId: visitor.id });
    worlds.push({ desk, second, member, conversationId });
  }
  const [one] = worlds;
  await db.pool.query(
    `UPDATE member_state SET availability = 'available', present = true WHERE member_id = $1`,
    [one?.member.id],
  );
});

afterAll(async () => {
  await node.close();
  await db.drop();
});

/** Of the workspace `asking`, whatever belongs to `theirs`. */
async function ask(asking: number, theirs: number) {
  const { workspaceId } = worlds[asking]?.desk ?? { workspaceId: '' };
  const { desk, member, conversationId } = worlds[theirs] as (typeof worlds)[number];
  const [record, queues, queue, staffed] = await Promise.all([
    lookups.find(workspaceId, conversationId),
    lookups.queuesOf(workspaceId, member.id),
    lookups.queue(workspaceId, desk.queueId),
    lookups.staffed(workspaceId, desk.queueId),
  ]);
  return { found: record?.conversationId ?? null, queues: [...queues].sort(), queue, staffed };
}

test('I11: who asks at the same moment is answered what is their workspace’s, and no more', async () => {
  const pairs = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ] as const;
  const rounds = Array.from({ length: 50 }, () => pairs).flat();
  const answers = await Promise.all(rounds.map(([asking, theirs]) => ask(asking, theirs)));
  for (const [index, [asking, theirs]] of rounds.entries()) {
    const own = asking === theirs;
    const world = worlds[theirs] as (typeof worlds)[number];
    expect(answers[index]).toEqual({
      found: own ? world.conversationId : null,
      queues: own ? [world.desk.queueId, world.second].sort() : [],
      queue: own ? { offerMs: expect.any(Number), archived: false } : null,
      staffed: own && theirs === 0,
    });
  }
});

test('a thousand who ask at once share a few statements', async () => {
  const { desk, member } = worlds[0] as (typeof worlds)[number];
  const before = statements;
  const asked = Array.from({ length: 1_000 }, () => lookups.queuesOf(desk.workspaceId, member.id));
  expect(new Set((await Promise.all(asked)).map(({ size }) => size))).toEqual(new Set([2]));
  expect(statements - before).toBeLessThan(20);
});

test('what is nowhere is answered so, beside what is', async () => {
  const { desk, conversationId } = worlds[0] as (typeof worlds)[number];
  const [none, one, nobody] = await Promise.all([
    lookups.find(desk.workspaceId, uuidv7()),
    lookups.find(desk.workspaceId, conversationId),
    lookups.queuesOf(desk.workspaceId, uuidv7()),
  ]);
  expect([none, one?.conversationId, nobody.size]).toEqual([null, conversationId, 0]);
});
