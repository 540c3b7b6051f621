import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createLogger } from '#lib/observability/logger.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { type Conversations, createConversations } from '#server/conversation/index.ts';
import { age, until } from '#server/test/clock.ts';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import {
  makeMember,
  makeVisitor,
  makeWorkspace,
  newKey,
  systemCtx,
  type TestWorkspace,
} from '#server/test/factories.ts';
import { type Runner, startTimers } from './index.ts';

const log = createLogger({ level: 'silent' });
let db: TestDatabase;
let workspace: TestWorkspace;
let conversations: Conversations;
const running: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  db = await createTestDatabase();
  workspace = await makeWorkspace(db.pool);
  conversations = createConversations({ pool: db.pool });
});
afterEach(async () => {
  for (const runner of running.splice(0)) await runner.stop();
});
afterAll(async () => {
  await conversations?.close();
  await db?.drop();
});

function start(options: { nodeId?: string; on?: Conversations } = {}): Runner {
  const runner = startTimers({
    pool: db.pool,
    conversations: options.on ?? conversations,
    log,
    nodeId: options.nodeId ?? uuidv7(),
    pollMs: 50,
    leaseMs: 400,
  });
  running.push(runner);
  return runner;
}

/** A conversation offered to a member, whose offer ends in `offerMs`. */
async function offered(offerMs: number): Promise<{ id: string; memberId: string }> {
  const { ctx } = await makeVisitor(db.pool, workspace);
  const { id: memberId } = await makeMember(db.pool, workspace);
  const id = uuidv7();
  await conversations.commands.visitor
    .get('message.send')
    ?.run(conversations, ctx, { conversationId: id, clientKey: newKey(), text: 'hi', open: {} });
  await conversations.append({
    ctx: systemCtx(workspace.id, 'routing'),
    conversationId: id,
    key: { source: 'routing', clientId: newKey() },
    entries: [],
    event: { type: 'offer.made', memberId, offerMs, auto: false },
  });
  return { id, memberId };
}

async function rowOf(id: string) {
  const { rows } = await db.pool.query<{ phase: string; state_rev: number; declined_by: string[] }>(
    'SELECT phase, state_rev, declined_by::text[] FROM conversation WHERE id = $1',
    [id],
  );
  return rows[0];
}

async function expiries(id: string): Promise<number> {
  const { rows } = await db.pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM event WHERE conversation_id = $1 AND source = 'timer'`,
    [id],
  );
  return rows[0]?.count ?? 0;
}

const queued = (id: string) => async () => (await rowOf(id))?.phase === 'queued';

describe('a due timer', () => {
  test('I6: fires once, and its row is gone', async () => {
    start();
    const { id, memberId } = await offered(150);
    await until(queued(id));
    expect(await rowOf(id)).toMatchObject({ declined_by: [memberId] });
    expect(await expiries(id)).toBe(1);
    const { rows } = await db.pool.query('SELECT name FROM timer WHERE conversation_id = $1', [id]);
    expect(rows.map((row) => row.name).sort()).toEqual(['giveUp', 'stillWaiting']);
  });

  test('I6: what was overdue while no node ran fires once, with two nodes at work', async () => {
    const ids = await Promise.all(
      Array.from({ length: 20 }, async () => (await offered(60_000)).id),
    );
    for (const id of ids) await age(db.pool, id, 61_000);
    const other = createConversations({ pool: db.pool });
    running.push({ stop: () => other.close() });
    start();
    start({ on: other });
    for (const id of ids) await until(queued(id));
    for (const id of ids) expect(await expiries(id)).toBe(1);
  });

  test('I6: a row left behind by an earlier state does nothing and goes', async () => {
    const { id } = await offered(60_000);
    const before = await rowOf(id);
    await db.pool.query(
      `UPDATE timer SET gen = 999, due_at = now() WHERE conversation_id = $1 AND name = 'offer'`,
      [id],
    );
    start();
    await until(async () => {
      const { rows } = await db.pool.query(
        `SELECT FROM timer WHERE conversation_id = $1 AND name = 'offer'`,
        [id],
      );
      return rows.length === 0;
    });
    expect(await rowOf(id)).toEqual(before);
  });

  test('T3: one whose base moved is set to its new time', async () => {
    const { id, memberId } = await offered(60_000);
    await conversations.append({
      ctx: {
        ...systemCtx(workspace.id, 'routing'),
        actor: { kind: 'member', memberId, role: 'agent' },
      },
      conversationId: id,
      key: { source: `m:${memberId}`, clientId: newKey() },
      entries: [],
      event: { type: 'offer.accepted', memberId },
    });
    // The row says due; the conversation knows that the agent has had 30 minutes from now.
    await db.pool.query('UPDATE timer SET due_at = now() WHERE conversation_id = $1', [id]);
    start();
    await until(async () => {
      const { rows } = await db.pool.query(
        `SELECT FROM timer WHERE conversation_id = $1 AND due_at > now() + interval '29 minutes'`,
        [id],
      );
      return rows.length === 1;
    });
    expect(await rowOf(id)).toMatchObject({ phase: 'serving' });
  });
});

describe('leases', () => {
  async function holders(): Promise<Map<string, number>> {
    const { rows } = await db.pool.query<{ holder: string; count: number }>(
      `SELECT holder, count(*)::int AS count FROM lease
       WHERE name LIKE 'timers:%' AND expires_at > clock_timestamp() GROUP BY holder`,
    );
    return new Map(rows.map((row) => [row.holder, row.count]));
  }

  test('two nodes share the shards; one that stops in good order leaves them at once', async () => {
    const [first, second] = [uuidv7(), uuidv7()];
    start({ nodeId: first });
    const leaving = start({ nodeId: second });
    await until(async () => {
      const held = await holders();
      return held.get(first) === 8 && held.get(second) === 8;
    });
    await leaving.stop();
    expect((await holders()).has(second)).toBe(false);
    await until(async () => (await holders()).get(first) === 16);
  });

  test('I6: a holder that froze is replaced, and finds nothing when it wakes', async () => {
    const frozen = uuidv7();
    const { rows } = await db.pool.query<{ name: string; epoch: string }>(
      `INSERT INTO lease (name, holder, epoch, expires_at)
       SELECT 'timers:' || shard, $1, 1, clock_timestamp() + interval '500 ms'
       FROM generate_series(0, 15) AS shard
       ON CONFLICT (name) DO UPDATE SET holder = $1, epoch = lease.epoch + 1,
         expires_at = clock_timestamp() + interval '500 ms'
       RETURNING name, epoch::text`,
      [frozen],
    );
    const held = new Map(rows.map((row) => [row.name.slice('timers:'.length), row.epoch]));
    const { id } = await offered(1);
    const { claimDue } = await import('./claim.ts');
    expect(await claimDue(db.pool, frozen, held, 0, 10)).not.toEqual([]);
    start();
    await until(queued(id));
    await age(db.pool, id, 3_600_000);
    expect(await claimDue(db.pool, frozen, held, 0, 10)).toEqual([]);
  });
});
