import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ParlourError } from '#lib/protocol/errors.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import {
  makeMember,
  makeVisitor,
  makeWorkspace,
  newKey,
  systemCtx,
  type TestMember,
  type TestVisitor,
  type TestWorkspace,
} from '#server/test/factories.ts';
import { expectHolds, expectSound, openOne, rowOf, run, say } from '#server/test/talk.ts';
import { type Conversations, createConversations } from './index.ts';
import type { Appended, Committed } from './records.ts';

let db: TestDatabase;
const nodes: Conversations[] = [];

beforeAll(async () => {
  db = await createTestDatabase();
});
afterEach(() => Promise.all(nodes.splice(0).map((node) => node.close())));
afterAll(() => db?.drop());

function twoNodes(): [Conversations, Conversations] {
  // A slow machine is not what is tried here: nothing is given up for having waited.
  const options = { pool: db.pool, append: { deadlineMs: 60_000 } };
  const pair = [createConversations(options), createConversations(options)];
  nodes.push(...pair);
  return pair as [Conversations, Conversations];
}

/** mulberry32: the same choices again for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Expected refusals are part of the load; anything else is a failure. */
async function orRefused<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ParlourError)) throw error;
    if (['internal', 'unavailable', 'overloaded', 'invalid_input'].includes(error.code))
      throw error;
    return null;
  }
}

const offer = (node: Conversations, workspace: TestWorkspace, id: string, memberId: string) =>
  node.append({
    ctx: systemCtx(workspace.id, 'routing'),
    conversationId: id,
    key: { source: 'routing', clientId: newKey() },
    entries: [],
    event: { type: 'offer.made', memberId, offerMs: 30_000, auto: false },
  });

test('I4: load never passes capacity, whoever gives and takes on two nodes at once', async () => {
  const workspace = await makeWorkspace(db.pool);
  const member = await makeMember(db.pool, workspace, { capacity: 3 });
  const [a, b] = twoNodes();
  const visitors = await Promise.all(
    Array.from({ length: 12 }, () => makeVisitor(db.pool, workspace)),
  );
  const ids = await Promise.all(visitors.map((visitor) => openOne(a, visitor)));
  const tried = ids.map((id, index) => {
    const node = index % 2 === 0 ? a : b;
    if (index % 3 === 0) return offer(node, workspace, id, member.id);
    const input = { conversationId: id, clientKey: newKey() };
    return run(node, member.ctx, 'conversation.take', input);
  });
  const results = await Promise.allSettled(tried);
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(3);
  for (const result of results) {
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'at_capacity' });
  }
  const { rows } = await db.pool.query('SELECT load FROM member_state WHERE member_id = $1', [
    member.id,
  ]);
  expect(rows).toEqual([{ load: 3 }]);
  await expectHolds(db.pool, workspace.id);
});

test('I1: one conversation taken by many at once on two nodes has one owner', async () => {
  const workspace = await makeWorkspace(db.pool);
  const members = await Promise.all(
    Array.from({ length: 8 }, () => makeMember(db.pool, workspace)),
  );
  const pair = twoNodes();
  const id = await openOne(pair[0], await makeVisitor(db.pool, workspace));
  const results = await Promise.allSettled(
    members.map((member, index) =>
      run(pair[index % 2 === 0 ? 0 : 1], member.ctx, 'conversation.take', {
        conversationId: id,
        clientKey: newKey(),
      }),
    ),
  );
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
  await expectHolds(db.pool, workspace.id);
});

interface World {
  workspace: TestWorkspace;
  nodes: [Conversations, Conversations];
  members: TestMember[];
  /** Where each visitor writes now. */
  talks: { visitor: TestVisitor; id: string }[];
  acks: Map<string, Appended>;
  random: () => number;
}

const pick = <T>(world: World, from: readonly T[]): T =>
  from[Math.floor(world.random() * from.length)] as T;

/** A message, one time in three sent on both nodes at once as after a reconnect. */
async function speak(world: World): Promise<void> {
  const talk = pick(world, world.talks);
  const clientId = newKey();
  const node = pick(world, world.nodes);
  const both = world.random() < 0.33 ? world.nodes : [node];
  try {
    const answers = await Promise.all(
      both.map((one) => say(one, talk.visitor.ctx, talk.id, 'text', { clientId })),
    );
    const [first, second] = answers;
    if (!first) return;
    if (second)
      expect([second.conversationId, second.seq]).toEqual([first.conversationId, first.seq]);
    talk.id = first.conversationId;
    world.acks.set(`${first.conversationId} ${clientId}`, first);
  } catch (error) {
    if (!(error instanceof ParlourError) || error.code !== 'conversation_closed') throw error;
    talk.id = uuidv7();
  }
}

async function act(world: World): Promise<void> {
  const { id } = pick(world, world.talks);
  const member = pick(world, world.members);
  const node = pick(world, world.nodes);
  const command = pick(world, [
    'conversation.take',
    'note.add',
    'message.send',
    'transfer.request',
    'transfer.accept',
    'transfer.decline',
    'conversation.return',
    'conversation.end',
    'wrapup.finish',
    'offer.accept',
    'offer.decline',
    'conversation.read',
  ]);
  const target = pick(world, world.members);
  await orRefused(
    run(node, member.ctx, command, {
      conversationId: id,
      clientKey: newKey(),
      text: 'from a member',
      to: { kind: 'member', memberId: target.id },
      seq: 5,
    }),
  );
}

const SEEDS = [Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32))];

test.each(SEEDS)(
  'I1–I5: random load on two nodes leaves every conversation sound (seed %i)',
  async (seed) => {
    const workspace = await makeWorkspace(db.pool);
    const pair = twoNodes();
    const told = new Map<string, number[]>();
    for (const node of pair) {
      node.onCommitted((news: Committed) => {
        const seqs = told.get(news.conversationId) ?? [];
        seqs.push(...news.events.map((event) => event.seq));
        told.set(news.conversationId, seqs);
      });
    }
    const world: World = {
      workspace,
      nodes: pair,
      members: await Promise.all(
        Array.from({ length: 4 }, () => makeMember(db.pool, workspace, { capacity: 3 })),
      ),
      talks: await Promise.all(
        Array.from({ length: 10 }, async () => ({
          visitor: await makeVisitor(db.pool, workspace),
          id: uuidv7(),
        })),
      ),
      acks: new Map(),
      random: randomFrom(seed),
    };
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        for (let step = 0; step < 60; step += 1) {
          const roll = world.random();
          if (roll < 0.5) await speak(world);
          else if (roll < 0.9) await act(world);
          else {
            const { id } = pick(world, world.talks);
            const member = pick(world, world.members);
            await orRefused(offer(pick(world, world.nodes), workspace, id, member.id));
          }
        }
      }),
    );
    const { rows } = await db.pool.query<{ id: string }>(
      'SELECT id FROM conversation WHERE workspace_id = $1',
      [workspace.id],
    );
    for (const { id } of rows) {
      const events = await expectSound(db.pool, workspace, id);
      for (const event of events) {
        const ack = world.acks.get(`${id} ${event.clientId}`);
        if (ack)
          expect([ack.seq, ack.publicSeq, ack.at]).toEqual([event.seq, event.publicSeq, event.at]);
        world.acks.delete(`${id} ${event.clientId}`);
      }
      // Told once each; with two nodes the order between them is the log's business.
      expect(told.get(id)?.toSorted((x, y) => x - y)).toEqual(events.map((event) => event.seq));
      await rowOf(db.pool, workspace, id);
    }
    // Everything acknowledged was found in some log.
    expect([...world.acks.keys()]).toEqual([]);
    await expectHolds(db.pool, workspace.id);
  },
  60_000,
);
