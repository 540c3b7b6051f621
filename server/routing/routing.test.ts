import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createLogger } from '#lib/observability/logger.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { type Conversations, type Ctx, createConversations } from '#server/conversation/index.ts';
import { age, until } from '#server/test/clock.ts';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import {
  makeMember,
  makeQueue,
  makeVisitor,
  makeWorkspace,
  newKey,
  systemCtx,
  type TestMember,
  type TestWorkspace,
} from '#server/test/factories.ts';
import { type Runner, startTimers } from '#server/timers/index.ts';
import { type RoutingRunner, startRouting } from './index.ts';

const log = createLogger({ level: 'silent' });
const GRACE_MS = 300;
let db: TestDatabase;
let workspace: TestWorkspace;
let conversations: Conversations;
const running: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  db = await createTestDatabase();
  conversations = createConversations({ pool: db.pool });
});
beforeEach(async () => {
  workspace = await makeWorkspace(db.pool);
});
afterEach(async () => {
  for (const runner of running.splice(0)) await runner.stop();
});
afterAll(async () => {
  await conversations?.close();
  await db?.drop();
});

function route(options: { on?: Conversations; graceMs?: number } = {}): RoutingRunner {
  const on = options.on ?? conversations;
  const nodeId = uuidv7();
  const graceMs = options.graceMs ?? GRACE_MS;
  const deps = { pool: db.pool, conversations: on, members: on.members, log, nodeId };
  const runner = startRouting({ ...deps, graceMs, pollMs: 100, leaseMs: 400 });
  running.push(runner);
  return runner;
}

function time(): Runner {
  const deps = { pool: db.pool, conversations, log, nodeId: uuidv7() };
  const runner = startTimers({ ...deps, pollMs: 50, leaseMs: 400 });
  running.push(runner);
  return runner;
}

async function write(): Promise<string> {
  const { ctx } = await makeVisitor(db.pool, workspace);
  const id = uuidv7();
  await conversations.commands.visitor
    .get('message.send')
    ?.run(conversations, ctx, { conversationId: id, clientKey: newKey(), text: 'hi', open: {} });
  return id;
}

function act(member: TestMember, name: string, input: Record<string, unknown>) {
  return conversations.commands.member
    .get(name)
    ?.run(conversations, member.ctx, { clientKey: newKey(), ...input });
}

async function rowOf(id: string) {
  const { rows } = await db.pool.query<{
    phase: string;
    owner: string | null;
    target: string | null;
    queued_at: Date | null;
    declined: string[];
  }>(
    `SELECT phase, owner_id AS owner, target_member_id AS target, queued_at,
       declined_by::text[] AS declined FROM conversation WHERE id = $1`,
    [id],
  );
  const row = rows[0];
  if (!row) throw new Error(`no conversation ${id}`);
  return row;
}

const isIn = (id: string, phase: string) => async () => (await rowOf(id)).phase === phase;

async function set(member: TestMember, columns: string): Promise<void> {
  await db.pool.query(`UPDATE member_state SET ${columns} WHERE member_id = $1`, [member.id]);
}

/** I4: what each member's load should be by the conversations, and is. */
async function wrongLoads(): Promise<unknown[]> {
  const { rows } = await db.pool.query(
    `SELECT s.member_id, s.load, held.load AS should FROM member_state s
     JOIN member m ON m.id = s.member_id
     CROSS JOIN LATERAL (SELECT coalesce(sum(c.weight), 0)::int AS load FROM conversation c
       WHERE c.closed_at IS NULL AND (c.owner_id = s.member_id OR c.target_member_id = s.member_id)) held
     WHERE s.workspace_id = $1 AND (s.load <> held.load OR s.load > m.capacity)`,
    [workspace.id],
  );
  return rows;
}

describe('offers', () => {
  test('a first message is offered to the member, with the explanation in the log', async () => {
    route();
    const member = await makeMember(db.pool, workspace);
    const id = await write();
    await until(isIn(id, 'offered'));
    expect(await rowOf(id)).toMatchObject({ target: member.id });
    const { rows } = await db.pool.query(
      `SELECT data->'about'->'explanation' AS explanation FROM event
       WHERE conversation_id = $1 AND kind = 'conversation.transitioned' AND source = 'routing'`,
      [id],
    );
    expect(rows).toMatchObject([
      { explanation: { ring: 1, candidates: [{ memberId: member.id }], failed: {} } },
    ]);
  });

  test('declined, it goes to the next; declined by all, it stays queued and is nobody’s', async () => {
    route();
    const members = [await makeMember(db.pool, workspace), await makeMember(db.pool, workspace)];
    const id = await write();
    for (const _ of members) {
      await until(isIn(id, 'offered'));
      const { target } = await rowOf(id);
      const asked = members.find((member) => member.id === target);
      if (asked) await act(asked, 'offer.decline', { conversationId: id });
    }
    await until(isIn(id, 'queued'));
    expect((await rowOf(id)).declined.sort()).toEqual(members.map((m) => m.id).sort());
    expect(await wrongLoads()).toEqual([]);
  });

  test('expired, it goes to the next, and who let it ring is set away', async () => {
    workspace = await makeWorkspace(db.pool, { offerSeconds: 1 });
    const members = [await makeMember(db.pool, workspace), await makeMember(db.pool, workspace)];
    route();
    const id = await write();
    await until(isIn(id, 'offered'));
    const first = (await rowOf(id)).target;
    time();
    await until(async () => ![null, first].includes((await rowOf(id)).target));
    const second = members.find((member) => member.id !== first);
    expect(await rowOf(id)).toMatchObject({
      phase: 'offered',
      target: second?.id,
      declined: [first],
    });
    await until(async () => {
      const { rows } = await db.pool.query(
        `SELECT FROM member_event WHERE member_id = $1 AND kind = 'member.availability_changed'
           AND data->>'to' = 'away'`,
        [first],
      );
      return rows.length === 1;
    });
  });

  test('auto: assigned at once', async () => {
    workspace = await makeWorkspace(db.pool, { acceptMode: 'auto' });
    route();
    const member = await makeMember(db.pool, workspace);
    const id = await write();
    await until(isIn(id, 'serving'));
    expect(await rowOf(id)).toMatchObject({ owner: member.id, target: null });
  });

  test('I4: two nodes on one queue give each conversation once and nobody too much', async () => {
    workspace = await makeWorkspace(db.pool, { acceptMode: 'auto' });
    const members = await Promise.all(
      Array.from({ length: 4 }, () => makeMember(db.pool, workspace, { capacity: 5 })),
    );
    const ids = await Promise.all(Array.from({ length: 30 }, () => write()));
    const other = createConversations({ pool: db.pool });
    running.push({ stop: () => other.close() });
    route();
    route({ on: other });
    const served = async () =>
      (await Promise.all(ids.map(rowOf))).filter((row) => row.owner).length;
    await until(async () => (await served()) === 20);
    expect(await wrongLoads()).toEqual([]);
    // Room made anywhere is filled from the queue.
    const ended = (await Promise.all(ids.map(rowOf))).findIndex(
      (row) => row.owner === members[0]?.id,
    );
    const conversationId = ids[ended];
    if (members[0]) {
      await act(members[0], 'conversation.end', { conversationId });
      await act(members[0], 'wrapup.finish', { conversationId });
    }
    await until(async () => (await served()) === 20);
    expect(await wrongLoads()).toEqual([]);
  });

  test('I4: sixteen queues on two nodes share the same members without giving them too much', async () => {
    const queues = await Promise.all(
      Array.from({ length: 16 }, () => makeQueue(db.pool, workspace.id, { acceptMode: 'auto' })),
    );
    const options = { capacity: 4, queueIds: queues, availability: 'busy' } as const;
    const members = await Promise.all(
      Array.from({ length: 3 }, () => makeMember(db.pool, workspace, options)),
    );
    await makeMember(db.pool, workspace, { capacity: 0 });
    const other = createConversations({ pool: db.pool });
    running.push({ stop: () => other.close() });
    route();
    route({ on: other });
    await until(async () => {
      const { rows } = await db.pool.query<{ held: number }>(
        `SELECT count(*)::int AS held FROM lease
         WHERE name LIKE 'routing:_' AND expires_at > clock_timestamp() GROUP BY holder`,
      );
      return rows.length === 2 && rows.every(({ held }) => held >= 7);
    });
    for (const member of members) await set(member, `availability = 'available'`);
    const ids = await Promise.all(Array.from({ length: 24 }, () => write()));
    await db.pool.query(
      `UPDATE conversation SET queue_id = ($2::uuid[])[1 + abs(hashtext(id::text)) % 16]
       WHERE id = ANY ($1)`,
      [ids, queues],
    );
    const served = async () =>
      (await Promise.all(ids.map(rowOf))).filter((row) => row.owner).length;
    await until(async () => (await served()) === 12);
    expect(await wrongLoads()).toEqual([]);
  });

  test('a node that froze with a queue is replaced when its lease ends', async () => {
    const member = await makeMember(db.pool, workspace);
    const id = await write();
    const name = `routing:${workspace.queueId.slice(-1)}`;
    await db.pool.query(
      `INSERT INTO lease (name, holder, epoch, expires_at)
       VALUES ($1, $2, 70, clock_timestamp() + interval '300 ms')
       ON CONFLICT (name) DO UPDATE
         SET holder = $2, epoch = 70, expires_at = clock_timestamp() + interval '300 ms'`,
      [name, uuidv7()],
    );
    route();
    await until(isIn(id, 'offered'));
    expect(await rowOf(id)).toMatchObject({ target: member.id });
    const { rows } = await db.pool.query('SELECT epoch::int FROM lease WHERE name = $1', [name]);
    expect(rows).toEqual([{ epoch: 71 }]);
  });

  test('a member who becomes available gets what waits, oldest first', async () => {
    route();
    const elsewhere = await makeMember(db.pool, workspace, { capacity: 0 });
    const first = await write();
    const second = await write();
    expect(elsewhere.id).toBeTruthy();
    const member = await makeMember(db.pool, workspace, { capacity: 1, availability: 'away' });
    const ctx: Ctx = systemCtx(workspace.id, 'presence');
    await conversations.members.setAvailability(ctx, member.id, 'available');
    await until(isIn(first, 'offered'));
    expect((await rowOf(second)).phase).toBe('queued');
  });

  test('a late offer by a node that decided on an older look is refused', async () => {
    const member = await makeMember(db.pool, workspace);
    const id = await write();
    await act(member, 'conversation.take', { conversationId: id });
    const late = conversations.append({
      ctx: systemCtx(workspace.id, 'routing'),
      conversationId: id,
      key: { source: 'routing', clientId: 'offer:1' },
      entries: [],
      event: { type: 'offer.made', memberId: member.id, offerMs: 1000, auto: true },
    });
    await expect(late).rejects.toMatchObject({ code: 'not_possible_now' });
    expect(await wrongLoads()).toEqual([]);
  });
});

describe('absence', () => {
  async function serving(): Promise<{ id: string; member: TestMember }> {
    const member = await makeMember(db.pool, workspace);
    const id = await write();
    await act(member, 'conversation.take', { conversationId: id });
    return { id, member };
  }

  test('I9, I7: past the grace an absent owner loses it to the queue with its age', async () => {
    const { id, member } = await serving();
    const { queued_at } = await rowOf(id);
    const second = await makeMember(db.pool, workspace);
    await set(member, `present = false, absent_since = clock_timestamp()`);
    route();
    await until(async () => (await rowOf(id)).owner === null);
    await until(isIn(id, 'offered'));
    expect(await rowOf(id)).toMatchObject({ target: second.id, queued_at });
    expect(await wrongLoads()).toEqual([]);
  });

  test('within the grace they keep it; being away is not being absent', async () => {
    const { id, member } = await serving();
    const marker = await serving();
    await set(member, `availability = 'away'`);
    await set(marker.member, `present = false, absent_since = clock_timestamp() - interval '1 s'`);
    route();
    await until(async () => (await rowOf(marker.id)).owner === null);
    expect(await rowOf(id)).toMatchObject({ phase: 'serving', owner: member.id });
  });

  test('I7: the owner of a transfer is lost: its target may still accept', async () => {
    const { id, member } = await serving();
    const target = await makeMember(db.pool, workspace);
    const to = { kind: 'member', memberId: target.id };
    await act(member, 'transfer.request', { conversationId: id, to });
    await set(member, `present = false, absent_since = clock_timestamp() - interval '1 s'`);
    route();
    await until(isIn(id, 'offered'));
    await act(target, 'transfer.accept', { conversationId: id });
    expect(await rowOf(id)).toMatchObject({ phase: 'serving', owner: target.id });
    expect(await wrongLoads()).toEqual([]);
  });

  test('who steps away while it rings loses the offer at once, and was not one who declined', async () => {
    const first = await makeMember(db.pool, workspace);
    route();
    const id = await write();
    await until(isIn(id, 'offered'));
    const second = await makeMember(db.pool, workspace);
    await conversations.members.setAvailability(first.ctx, first.id, 'away');
    await until(async () => (await rowOf(id)).target === second.id);
    expect(await rowOf(id)).toMatchObject({ phase: 'offered', declined: [] });
    expect(await wrongLoads()).toEqual([]);
  });

  test('who left the page does not hold an offer for the whole grace', async () => {
    const first = await makeMember(db.pool, workspace);
    route({ graceMs: 60_000 });
    const id = await write();
    await until(isIn(id, 'offered'));
    const second = await makeMember(db.pool, workspace);
    await set(first, `present = false, absent_since = clock_timestamp() - interval '6 s'`);
    await until(async () => (await rowOf(id)).target === second.id);
    expect(await rowOf(id)).toMatchObject({ phase: 'offered', declined: [] });
  });

  test('a removed member loses what they have, wrap-up too', async () => {
    const { id, member } = await serving();
    await act(member, 'conversation.end', { conversationId: id });
    await db.pool.query('UPDATE member SET removed_at = now() WHERE id = $1', [member.id]);
    route();
    await until(isIn(id, 'closed'));
  });

  test('nobody left: who waits goes offline; somebody comes: who wrote lately is back', async () => {
    const member = await makeMember(db.pool, workspace, { capacity: 0 });
    const id = await write();
    route();
    const ctx = systemCtx(workspace.id, 'presence');
    await conversations.members.setAvailability(ctx, member.id, 'away');
    await until(isIn(id, 'offline'));
    await conversations.members.setAvailability(ctx, member.id, 'available');
    await until(isIn(id, 'queued'));
  });

  test('a reload of the only agent’s page sends nobody away', async () => {
    const member = await makeMember(db.pool, workspace, { capacity: 0 });
    const id = await write();
    const empty = await makeQueue(db.pool, workspace.id);
    const sent = await write();
    await db.pool.query('UPDATE conversation SET queue_id = $2 WHERE id = $1', [sent, empty]);
    await set(member, `present = false, absent_since = clock_timestamp() + interval '1 hour'`);
    route();
    await until(isIn(sent, 'offline'));
    expect((await rowOf(id)).phase).toBe('queued');
  });

  test('one who wrote long ago stays offline for agents to take', async () => {
    const { id } = await (async () => ({ id: await write() }))();
    await until(isIn(id, 'offline'));
    await age(db.pool, id, 20 * 60_000);
    await makeMember(db.pool, workspace, { capacity: 0 });
    const recent = await write();
    await db.pool.query(
      `UPDATE conversation SET phase = 'offline', state = 'offline', live = false WHERE id = $1`,
      [recent],
    );
    route();
    await until(isIn(recent, 'queued'));
    expect((await rowOf(id)).phase).toBe('offline');
  });
});
