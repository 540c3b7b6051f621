import { describe, expect, test } from 'vitest';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import type { Ctx } from '#server/conversation/index.ts';
import { until } from '#server/test/clock.ts';
import { makeMember, makeQueue, systemCtx } from '#server/test/factories.ts';
import { setStage } from './test/stage.ts';

const stage = setStage();
const { act, isIn, route, rowOf, set, time, write, wrongLoads } = stage;

describe('offers', () => {
  test('a first message is offered to the member, with the explanation in the log', async () => {
    route();
    const member = await makeMember(stage.pool, stage.workspace);
    const id = await write();
    await until(isIn(id, 'offered'));
    expect(await rowOf(id)).toMatchObject({ target: member.id });
    const { rows } = await stage.pool.query(
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
    const members = [
      await makeMember(stage.pool, stage.workspace),
      await makeMember(stage.pool, stage.workspace),
    ];
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
    await stage.enter({ offerSeconds: 1 });
    const members = [
      await makeMember(stage.pool, stage.workspace),
      await makeMember(stage.pool, stage.workspace),
    ];
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
      const { rows } = await stage.pool.query(
        `SELECT FROM member_event WHERE member_id = $1 AND kind = 'member.availability_changed'
           AND data->>'to' = 'away' AND data->>'reason' = 'missed_offer' AND actor_id IS NULL`,
        [first],
      );
      return rows.length === 1;
    });
    const own = await stage.conversations.members.ownView(stage.workspace.id, first ?? '');
    expect(own).toMatchObject({ availability: 'away', awayReason: 'missed_offer' });
  });

  test('auto: assigned at once', async () => {
    await stage.enter({ acceptMode: 'auto' });
    route();
    const member = await makeMember(stage.pool, stage.workspace);
    const id = await write();
    await until(isIn(id, 'serving'));
    expect(await rowOf(id)).toMatchObject({ owner: member.id, target: null });
  });

  test('I4: two nodes on one queue give each conversation once and nobody too much', async () => {
    await stage.enter({ acceptMode: 'auto' });
    const members = await Promise.all(
      Array.from({ length: 4 }, () => makeMember(stage.pool, stage.workspace, { capacity: 5 })),
    );
    const ids = await Promise.all(Array.from({ length: 30 }, () => write()));
    const other = stage.otherNode();
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
      Array.from({ length: 16 }, () =>
        makeQueue(stage.pool, stage.workspace.id, { acceptMode: 'auto' }),
      ),
    );
    const options = { capacity: 4, queueIds: queues, availability: 'busy' } as const;
    const members = await Promise.all(
      Array.from({ length: 3 }, () => makeMember(stage.pool, stage.workspace, options)),
    );
    await makeMember(stage.pool, stage.workspace, { capacity: 0 });
    const other = stage.otherNode();
    route();
    route({ on: other });
    await until(async () => {
      const { rows } = await stage.pool.query<{ held: number }>(
        `SELECT count(*)::int AS held FROM lease
         WHERE name LIKE 'routing:_' AND expires_at > clock_timestamp() GROUP BY holder`,
      );
      return rows.length === 2 && rows.every(({ held }) => held >= 7);
    });
    for (const member of members) await set(member, `availability = 'available'`);
    const ids = await Promise.all(Array.from({ length: 24 }, () => write()));
    await stage.pool.query(
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
    const member = await makeMember(stage.pool, stage.workspace);
    const id = await write();
    const name = `routing:${stage.workspace.queueId.slice(-1)}`;
    await stage.pool.query(
      `INSERT INTO lease (name, holder, epoch, expires_at)
       VALUES ($1, $2, 70, clock_timestamp() + interval '300 ms')
       ON CONFLICT (name) DO UPDATE
         SET holder = $2, epoch = 70, expires_at = clock_timestamp() + interval '300 ms'`,
      [name, uuidv7()],
    );
    route();
    await until(isIn(id, 'offered'));
    expect(await rowOf(id)).toMatchObject({ target: member.id });
    const { rows } = await stage.pool.query('SELECT epoch::int FROM lease WHERE name = $1', [name]);
    expect(rows).toEqual([{ epoch: 71 }]);
  });

  test('a member who becomes available gets what waits, oldest first', async () => {
    route();
    const elsewhere = await makeMember(stage.pool, stage.workspace, { capacity: 0 });
    const first = await write();
    const second = await write();
    expect(elsewhere.id).toBeTruthy();
    const member = await makeMember(stage.pool, stage.workspace, {
      capacity: 1,
      availability: 'away',
    });
    const ctx: Ctx = systemCtx(stage.workspace.id, 'presence');
    await stage.conversations.members.setAvailability(ctx, member.id, 'available');
    await until(isIn(first, 'offered'));
    expect((await rowOf(second)).phase).toBe('queued');
  });

  test('a late offer by a node that decided on an older look is refused', async () => {
    const member = await makeMember(stage.pool, stage.workspace);
    const id = await write();
    await act(member, 'conversation.take', { conversationId: id });
    const late = stage.conversations.append({
      ctx: systemCtx(stage.workspace.id, 'routing'),
      conversationId: id,
      key: { source: 'routing', clientId: 'offer:1' },
      entries: [],
      event: { type: 'offer.made', memberId: member.id, offerMs: 1000, auto: true },
    });
    await expect(late).rejects.toMatchObject({ code: 'not_possible_now' });
    expect(await wrongLoads()).toEqual([]);
  });
});
