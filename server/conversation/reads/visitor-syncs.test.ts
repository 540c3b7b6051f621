import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import { createDesk, type TestDesk, type TestMember, type TestVisitor } from '#server/test/desk.ts';
import { insertConversation, insertEvent } from '#server/test/log.ts';
import { createMembers } from '../members/index.ts';
import { createTurns } from './turns.ts';
import { createVisitorSyncs } from './visitor-syncs.ts';

let db: TestDatabase;
let desks: TestDesk[];
const agents = new Map<string, TestMember>();
/** The n-th has missed 2 n messages, with a note after each second one. */
const people: { visitor: TestVisitor; id: string; missed: number }[] = [];
const PEOPLE = 40;

beforeAll(async () => {
  db = await createTestDatabase();
  desks = [await createDesk(db.pool, 'One'), await createDesk(db.pool, 'Two')];
  for (const desk of desks) agents.set(desk.workspaceId, await desk.member('Ada'));
  for (let n = 0; n < PEOPLE; n += 1) {
    const desk = desks[n % 2] as TestDesk;
    const visitor = await desk.visitor(`Visitor ${n}`);
    people.push({ visitor, id: await talk(desk, visitor, n), missed: 2 * n });
  }
});

afterAll(() => db.drop());

async function talk(desk: TestDesk, visitor: TestVisitor, pairs: number): Promise<string> {
  const agent = agents.get(desk.workspaceId) as TestMember;
  const by = { kind: 'member' as const, id: agent.id };
  const id = await insertConversation(db.pool, desk, visitor, {
    phase: 'serving',
    ownerId: agent.id,
  });
  for (let n = 1; n <= pairs; n += 1) {
    await insertEvent(db.pool, desk.workspaceId, id, { data: { text: `asked ${n}` } });
    await insertEvent(db.pool, desk.workspaceId, id, { data: { text: `said ${n}` }, by });
    if (n % 2 === 0) {
      await insertEvent(db.pool, desk.workspaceId, id, {
        kind: 'note.added',
        data: { text: 'secret' },
        by,
      });
    }
  }
  return id;
}

/** Notes how many statements ran, and how many at a time. */
function watched(fail: (statement: number) => boolean = () => false) {
  const seen = { statements: 0, atOnce: 0 };
  let underWay = 0;
  const pool = {
    query: async (...args: Parameters<Pool['query']>) => {
      seen.statements += 1;
      underWay += 1;
      seen.atOnce = Math.max(seen.atOnce, underWay);
      try {
        if (fail(seen.statements)) throw new Error('connection lost');
        return await db.pool.query(...args);
      } finally {
        underWay -= 1;
      }
    },
  };
  return { seen, pool: pool as unknown as Pool };
}

function syncsOn(pool: Pool, now?: () => number, isBusy = () => false) {
  const members = createMembers({ pool: db.pool });
  return createVisitorSyncs({
    pool,
    namesIn: (workspaceId) => (need) => members.names(workspaceId, need),
    turns: createTurns({ most: 2 }),
    isBusy,
    ...(now ? { now } : {}),
  });
}

test('I11 I12 D3: visitors of several workspaces who sync at once each get their own, as if alone', async () => {
  const sync = syncsOn(db.pool);
  const together = await Promise.all(people.map(({ visitor, id }) => sync(visitor.ctx, id, 0)));
  for (const [index, { visitor, id, missed }] of people.entries()) {
    const page = together[index];
    expect(page).toMatchObject({
      conversation: { id, head: missed, agent: { name: 'Ada' } },
      more: false,
    });
    expect(
      page?.events.map((event) => [event.seq, event.kind === 'message' && event.text]),
    ).toEqual(
      Array.from({ length: missed }, (_, at) => [
        at + 1,
        `${at % 2 === 0 ? 'asked' : 'said'} ${Math.floor(at / 2) + 1}`,
      ]),
    );
    expect(page).toEqual(await sync(visitor.ctx, id, 0));
  }
  expect(JSON.stringify(together)).not.toContain('secret');
});

test('D2: pages follow one another without a gap, and who has everything gets nothing', async () => {
  const desk = desks[0] as TestDesk;
  const visitor = await desk.visitor('Long away');
  const id = await talk(desk, visitor, 600);
  const sync = syncsOn(db.pool);
  const seqs: number[] = [];
  for (let pages = 0; pages < 5; pages += 1) {
    // Beside others, who are in the same statements.
    const [page] = await Promise.all([
      sync(visitor.ctx, id, seqs.at(-1) ?? 0),
      ...people.map((one) => sync(one.visitor.ctx, one.id, one.missed)),
    ]);
    seqs.push(...page.events.map(({ seq }) => seq));
    if (!page.more) break;
  }
  expect(seqs).toEqual(Array.from({ length: 1_200 }, (_, at) => at + 1));
  for (const after of [1_200, 9_000]) {
    const page = await sync(visitor.ctx, id, after);
    expect(page).toMatchObject({ conversation: { head: 1_200 }, events: [], more: false });
  }
});

test('I11: what is another’s, or of another workspace, or nowhere, is refused alone', async () => {
  const sync = syncsOn(db.pool);
  const [mine, foreign, mate] = people.slice(-3);
  if (!mine || !foreign || !mate) throw new Error('there are forty');
  const elsewhere = { ...foreign.visitor.ctx, workspaceId: mine.visitor.ctx.workspaceId };
  const [good, ...bad] = await Promise.allSettled([
    sync(mine.visitor.ctx, mine.id, 0),
    sync(mine.visitor.ctx, mate.id, 0),
    sync(mine.visitor.ctx, foreign.id, 0),
    sync(elsewhere, foreign.id, 0),
    sync(mine.visitor.ctx, uuidv7(), 0),
  ]);
  expect(good).toMatchObject({ status: 'fulfilled' });
  for (const one of bad) {
    expect(one).toMatchObject({ status: 'rejected', reason: { code: 'not_found' } });
  }
});

test('D5: a storm is answered by few statements, one after another, while messages are written', async () => {
  const { pool, seen } = watched();
  const sync = syncsOn(pool, undefined, () => true);
  const asked = Array.from({ length: 1_000 }, (_, n) => people[n % 3] as (typeof people)[0]);
  const pages = await Promise.all(asked.map(({ visitor, id }) => sync(visitor.ctx, id, 0)));
  expect(pages.map((page) => page.conversation.id)).toEqual(asked.map(({ id }) => id));
  expect(seen.atOnce).toBe(1);
  expect(seen.statements).toBeLessThan(60);
});

test('D5: one who asks for many conversations delays nobody who asks for one', async () => {
  const sync = syncsOn(db.pool);
  const [greedy, modest] = people;
  if (!greedy || !modest) throw new Error('there are forty');
  const order: string[] = [];
  const ask = async (name: string, { visitor, id }: typeof greedy) => {
    await sync(visitor.ctx, id, 0);
    order.push(name);
  };
  await Promise.all([
    ...Array.from({ length: 100 }, () => ask('greedy', greedy)),
    ask('modest', modest),
  ]);
  // One of the greedy was alone at first; then everybody in turn.
  expect(order.indexOf('modest')).toBeLessThan(4);
});

test('D7: whose turn comes too late is told to ask again, the next ones are answered', async () => {
  let time = 0;
  const sync = syncsOn(db.pool, () => time);
  const [first, ...others] = people.slice(0, 10).map(({ visitor, id }) => sync(visitor.ctx, id, 0));
  time = 4_001;
  for (const late of await Promise.allSettled(others)) {
    expect(late).toMatchObject({
      status: 'rejected',
      reason: { code: 'overloaded', retryAfterMs: expect.any(Number) },
    });
  }
  await first;
  const [one] = people;
  expect(
    await sync((one as (typeof people)[0]).visitor.ctx, (one as (typeof people)[0]).id, 0),
  ).toMatchObject({ more: false });
});

test('a statement that fails fails those in it, and no others', async () => {
  const { pool } = watched((statement) => statement === 2);
  const sync = syncsOn(pool);
  const answers = await Promise.allSettled(
    people.slice(0, 20).map(({ visitor, id }) => sync(visitor.ctx, id, 0)),
  );
  const failed = answers.filter(({ status }) => status === 'rejected').length;
  expect(failed).toBeGreaterThan(0);
  expect(failed).toBeLessThan(20);
});
