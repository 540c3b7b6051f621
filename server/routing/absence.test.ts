import { describe, expect, test } from 'vitest';
import { age, until } from '#server/test/clock.ts';
import { makeMember, makeQueue, systemCtx, type TestMember } from '#server/test/factories.ts';
import { setStage } from './test/stage.ts';

const stage = setStage();
const { act, isIn, route, rowOf, set, write, wrongLoads } = stage;

describe('absence', () => {
  async function serving(): Promise<{ id: string; member: TestMember }> {
    const member = await makeMember(stage.pool, stage.workspace);
    const id = await write();
    await act(member, 'conversation.take', { conversationId: id });
    return { id, member };
  }

  test('I9, I7: past the grace an absent owner loses it to the queue with its age', async () => {
    const { id, member } = await serving();
    const { queued_at } = await rowOf(id);
    const second = await makeMember(stage.pool, stage.workspace);
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
    const target = await makeMember(stage.pool, stage.workspace);
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
    const first = await makeMember(stage.pool, stage.workspace);
    route();
    const id = await write();
    await until(isIn(id, 'offered'));
    const second = await makeMember(stage.pool, stage.workspace);
    await stage.conversations.members.setAvailability(first.ctx, first.id, 'away');
    await until(async () => (await rowOf(id)).target === second.id);
    expect(await rowOf(id)).toMatchObject({ phase: 'offered', declined: [] });
    expect(await wrongLoads()).toEqual([]);
  });

  test('who left the page does not hold an offer for the whole grace', async () => {
    const first = await makeMember(stage.pool, stage.workspace);
    route({ graceMs: 60_000 });
    const id = await write();
    await until(isIn(id, 'offered'));
    const second = await makeMember(stage.pool, stage.workspace);
    await set(first, `present = false, absent_since = clock_timestamp() - interval '6 s'`);
    await until(async () => (await rowOf(id)).target === second.id);
    expect(await rowOf(id)).toMatchObject({ phase: 'offered', declined: [] });
  });

  test('a removed member loses what they have, wrap-up too', async () => {
    const { id, member } = await serving();
    await act(member, 'conversation.end', { conversationId: id });
    await stage.pool.query('UPDATE member SET removed_at = now() WHERE id = $1', [member.id]);
    route();
    await until(isIn(id, 'closed'));
  });

  test('nobody left: who waits goes offline; somebody comes: who wrote lately is back', async () => {
    const member = await makeMember(stage.pool, stage.workspace, { capacity: 0 });
    const id = await write();
    route();
    const ctx = systemCtx(stage.workspace.id, 'presence');
    await stage.conversations.members.setAvailability(ctx, member.id, 'away');
    await until(isIn(id, 'offline'));
    await stage.conversations.members.setAvailability(ctx, member.id, 'available');
    await until(isIn(id, 'queued'));
  });

  test('a reload of the only agent’s page sends nobody away', async () => {
    const member = await makeMember(stage.pool, stage.workspace, { capacity: 0 });
    const id = await write();
    const empty = await makeQueue(stage.pool, stage.workspace.id);
    const sent = await write();
    await stage.pool.query('UPDATE conversation SET queue_id = $2 WHERE id = $1', [sent, empty]);
    await set(member, `present = false, absent_since = clock_timestamp() + interval '1 hour'`);
    route();
    await until(isIn(sent, 'offline'));
    expect((await rowOf(id)).phase).toBe('queued');
  });

  test('one who wrote long ago stays offline for agents to take', async () => {
    const { id } = await (async () => ({ id: await write() }))();
    await until(isIn(id, 'offline'));
    await age(stage.pool, id, 20 * 60_000);
    await makeMember(stage.pool, stage.workspace, { capacity: 0 });
    const recent = await write();
    await stage.pool.query(
      `UPDATE conversation SET phase = 'offline', state = 'offline', live = false WHERE id = $1`,
      [recent],
    );
    route();
    await until(isIn(recent, 'queued'));
    expect((await rowOf(id)).phase).toBe('offline');
  });
});
