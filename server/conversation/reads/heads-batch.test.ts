import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { type Conversations, createConversations } from '#server/conversation/index.ts';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import { createDesk, type TestDesk, type TestVisitor } from '#server/test/desk.ts';
import { openOne } from '#server/test/talk.ts';
import type { FindNames } from '../presenters/names.ts';
import { createHeadsBatch } from './heads-batch.ts';

let db: TestDatabase;
let node: Conversations;
let desks: TestDesk[];
const people: { visitor: TestVisitor; ids: string[] }[] = [];

beforeAll(async () => {
  db = await createTestDatabase();
  node = createConversations({ pool: db.pool });
  desks = [await createDesk(db.pool, 'One'), await createDesk(db.pool, 'Two')];
  for (const [index, desk] of [...desks, ...desks].entries()) {
    const visitor = await desk.visitor(`Visitor ${index}`);
    people.push({ visitor, ids: [await openOne(node, { ...visitor, visitorId: visitor.id })] });
  }
});

afterAll(async () => {
  await node.close();
  await db.drop();
});

const namesIn =
  (workspaceId: string): FindNames =>
  (need) =>
    node.members.names(workspaceId, need);

test('I11: visitors of several workspaces who ask at once each get their own list, as if alone', async () => {
  const list = createHeadsBatch(db.pool, namesIn);
  const together = await Promise.all(people.map(({ visitor }) => list(visitor.ctx)));
  for (const [index, { visitor, ids }] of people.entries()) {
    expect(together[index]?.conversations.map(({ id }) => id)).toEqual(ids);
    expect(together[index]).toEqual(await list(visitor.ctx));
    expect(together[index]).toMatchObject({ more: false, channel: { accent: '#112233' } });
  }
});

test('a thousand who ask at once are answered by a few statements', async () => {
  let statements = 0;
  const counting = {
    query: (...args: Parameters<Pool['query']>) => {
      statements += 1;
      return db.pool.query(...args);
    },
  } as unknown as Pool;
  const list = createHeadsBatch(counting, namesIn);
  const asked = Array.from({ length: 1_000 }, (_, n) => people[n % people.length]);
  const answers = await Promise.all(asked.map((one) => list(one?.visitor.ctx as never)));
  expect(answers.map(({ conversations }) => conversations[0]?.id)).toEqual(
    asked.map((one) => one?.ids[0]),
  );
  expect(statements).toBeLessThan(40);
});

test('I11: another workspace’s visitor, or one who is gone, is refused alone', async () => {
  const list = createHeadsBatch(db.pool, namesIn);
  const [first, other] = people;
  if (!first || !other) throw new Error('there are four');
  const foreign = { ...first.visitor.ctx, workspaceId: other.visitor.ctx.workspaceId };
  const gone = {
    ...first.visitor.ctx,
    actor: { ...first.visitor.ctx.actor, visitorId: uuidv7() },
  };
  const [good, ...bad] = await Promise.allSettled([
    list(first.visitor.ctx),
    list(foreign),
    list(gone),
  ]);
  expect(good).toMatchObject({ status: 'fulfilled' });
  for (const one of bad) {
    expect(one).toMatchObject({ status: 'rejected', reason: { code: 'not_found' } });
  }
});
