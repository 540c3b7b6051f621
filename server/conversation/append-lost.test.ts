import { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import { createPool } from '#lib/db/pool.ts';
import { newKey } from '#server/test/factories.ts';
import { type Fault, faultyPool } from '#server/test/faulty-pool.ts';
import { nodesForFile } from '#server/test/nodes.ts';
import { expectSound, openOne, run, say } from '#server/test/talk.ts';
import type { Committed } from './records.ts';

const world = nodesForFile();

/** Plain messages of a row the node knows are one statement; else there is a COMMIT. */
const PLAIN = /^WITH u AS/;
const EITHER = /^(COMMIT|WITH u AS)/;

describe('a lost answer', () => {
  /** A node whose next statement that matches fails so. */
  function nodeWith(pattern: RegExp, fault: Fault, times = 1) {
    let left = 0;
    const pool = createPool(world.db.url, { max: 5 });
    world.atEnd(() => pool.end());
    const node = world.makeNode({
      pool: faultyPool(pool, (sql) => {
        if (left === 0 || !pattern.test(sql)) return 'pass';
        left -= 1;
        return fault;
      }),
    });
    const told: Committed[] = [];
    node.onCommitted((news) => told.push(news));
    return {
      node,
      told,
      arm: () => {
        left = times;
        told.length = 0;
      },
    };
  }

  test.each([
    ['COMMIT', /^COMMIT/],
    ['a plain write', PLAIN],
  ])('to %s: repeated with the same keys, stored once, told once', async (_, pattern) => {
    const { node, told, arm } = nodeWith(pattern, 'lose-answer');
    const visitor = await world.anyVisitor();
    const id = await openOne(pattern === PLAIN ? node : world.makeNode(), visitor);
    arm();
    const answers = await Promise.all(
      ['a', 'b', 'c'].map((text) => say(node, visitor.ctx, id, text)),
    );
    expect(answers.map((answer) => answer.seq)).toEqual([4, 5, 6]);
    expect(await world.messages(id)).toHaveLength(4);
    expect(told.flatMap((news) => news.events.map((event) => event.seq))).toEqual([4, 5, 6]);
  });

  test('to the COMMIT that opened the conversation and moved a load', async () => {
    const { node, told, arm } = nodeWith(/^COMMIT/, 'lose-answer');
    const visitor = await world.anyVisitor();
    arm();
    const id = await openOne(node, visitor);
    arm();
    const input = { conversationId: id, clientKey: newKey() };
    await run(node, world.member.ctx, 'conversation.take', input);
    const events = await expectSound(world.db.pool, world.workspace, id);
    expect(events.filter((event) => event.kind === 'conversation.transitioned')).toHaveLength(1);
    expect(told).toHaveLength(1);
    await run(node, world.member.ctx, 'conversation.end', { ...input, clientKey: newKey() });
    await run(node, world.member.ctx, 'wrapup.finish', { ...input, clientKey: newKey() });
  });

  test.each([
    ['COMMIT', /^COMMIT/],
    ['a plain write', PLAIN],
  ])('before %s was sent: nothing was stored, so it is stored now', async (_, pattern) => {
    const { node, told, arm } = nodeWith(pattern, 'cut-before');
    const visitor = await world.anyVisitor();
    const id = await openOne(pattern === PLAIN ? node : world.makeNode(), visitor);
    arm();
    expect(await say(node, visitor.ctx, id, 'once')).toMatchObject({ seq: 4, repeated: false });
    expect(await world.messages(id)).toHaveLength(2);
    expect(told).toHaveLength(1);
  });

  test('again and again ends as unavailable; the key decides what a repeat does', async () => {
    const { node, arm } = nodeWith(/^COMMIT/, 'lose-answer', 4);
    const visitor = await world.anyVisitor();
    const id = await openOne(world.makeNode(), visitor);
    const clientId = newKey();
    arm();
    await expect(say(node, visitor.ctx, id, 'once', { clientId })).rejects.toMatchObject({
      code: 'unavailable',
      retryAfterMs: expect.any(Number),
    });
    expect(await say(node, visitor.ctx, id, 'once', { clientId })).toMatchObject({
      seq: 4,
      repeated: true,
    });
  });
});

describe('a transaction that the server gives up', () => {
  test.each([
    ['a deadlock', '40P01'],
    ['a serialization failure', '40001'],
  ])('for %s is repeated with the same keys', async (_, sqlstate) => {
    let left = 0;
    const fault = (sql: string): Fault => (EITHER.test(sql) && left-- > 0 ? { sqlstate } : 'pass');
    const node = world.makeNode({ pool: faultyPool(world.db.pool, fault) });
    const told: number[] = [];
    node.onCommitted((news) => told.push(...news.events.map((event) => event.seq)));
    const visitor = await world.anyVisitor();
    left = 2;
    const id = await openOne(node, visitor);
    left = 2;
    await Promise.all(['a', 'b'].map((text) => say(node, visitor.ctx, id, text)));
    expect(await world.messages(id)).toHaveLength(3);
    expect(told).toEqual([1, 2, 3, 4, 5]);
  });
});

test('a database that is gone answers unavailable, and all goes on by itself when it is back', async () => {
  const pool = createPool(world.db.url, { max: 5 });
  world.atEnd(() => pool.end());
  const node = world.makeNode({ pool });
  const visitor = await world.anyVisitor();
  const id = await openOne(node, visitor);
  const name = new URL(world.db.url).pathname.slice(1);
  const admin = new Client({ connectionString: world.db.url.replace(`/${name}`, '/postgres') });
  await admin.connect();
  world.atEnd(() => admin.end());
  await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
  await admin.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()`,
    [name],
  );
  const clientId = newKey();
  const lost = await say(node, visitor.ctx, id, 'now', { clientId }).catch((error) => error);
  await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
  expect(lost).toMatchObject({ code: 'unavailable', retryAfterMs: expect.any(Number) });
  await say(node, visitor.ctx, id, 'now', { clientId });
  expect(await world.messages(id)).toHaveLength(2);
});

test('a server that says nothing any more is taken for lost; the message goes in over a new connection', async () => {
  const pool = createPool(world.db.url, { max: 1 });
  world.atEnd(() => pool.end());
  const node = world.makeNode({ pool });
  const visitor = await world.anyVisitor();
  const id = await openOne(node, visitor);
  const { rows } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const pid = rows[0]?.pid ?? Number.NaN;
  process.kill(pid, 'SIGSTOP');
  world.atEnd(async () => process.kill(pid, 'SIGCONT'));
  expect(await say(node, visitor.ctx, id, 'still there?')).toMatchObject({ seq: 4 });
  expect(await world.messages(id)).toHaveLength(2);
});
