import { describe, expect, test } from 'vitest';
import { DEFAULT_POLICY, decide } from '#lib/domain/routing/index.ts';
import { until } from '#server/test/clock.ts';
import { makeMember } from '#server/test/factories.ts';
import { expectSound } from '#server/test/talk.ts';
import { setStage } from './test/stage.ts';

const stage = setStage();
const { act, isIn, route, rowOf, write, wrongLoads } = stage;

const weigh = (weight: number) =>
  stage.pool.query('UPDATE channel SET weight = $2 WHERE id = $1', [
    stage.workspace.channelId,
    weight,
  ]);

async function loadOf(memberId: string): Promise<number> {
  const { rows } = await stage.pool.query<{ load: number }>(
    'SELECT load FROM member_state WHERE member_id = $1',
    [memberId],
  );
  return rows[0]?.load ?? 0;
}

describe('weighted capacity', () => {
  test('I4: two conversations of weight 2 fill a capacity of 4; the third waits for room', async () => {
    await stage.enter({ acceptMode: 'auto' });
    await weigh(2);
    const member = await makeMember(stage.pool, stage.workspace, { capacity: 4 });
    const ids = [await write(), await write()];
    route();
    for (const id of ids) await until(isIn(id, 'serving'));
    expect(await loadOf(member.id)).toBe(4);
    // A light one given to somebody else shows that routing has looked past the heavy one.
    const third = await write();
    const second = await makeMember(stage.pool, stage.workspace, { capacity: 1 });
    await weigh(1);
    const light = await write();
    await until(isIn(light, 'serving'));
    expect(await rowOf(light)).toMatchObject({ owner: second.id });
    expect(await rowOf(third)).toMatchObject({ phase: 'queued', owner: null });
    expect(await wrongLoads()).toEqual([]);

    await act(member, 'conversation.end', { conversationId: ids[0] });
    await act(member, 'wrapup.finish', { conversationId: ids[0] });
    await until(isIn(third, 'serving'));
    expect(await rowOf(third)).toMatchObject({ owner: member.id });
    expect(await loadOf(member.id)).toBe(4);
    expect(await wrongLoads()).toEqual([]);
  });

  test('I4, R2: heavier than anybody’s capacity, it waits: at_capacity, taken by hand too', async () => {
    await stage.enter({ acceptMode: 'auto' });
    await weigh(5);
    const member = await makeMember(stage.pool, stage.workspace, { capacity: 4 });
    const heavy = await write();
    await weigh(4);
    const light = await write();
    route();
    await until(isIn(light, 'serving'));
    expect(await rowOf(heavy)).toMatchObject({ phase: 'queued', owner: null });
    await act(member, 'conversation.end', { conversationId: light });
    await act(member, 'wrapup.finish', { conversationId: light });
    expect(await loadOf(member.id)).toBe(0);
    await expect(act(member, 'conversation.take', { conversationId: heavy })).rejects.toMatchObject(
      { code: 'at_capacity' },
    );
    const { rows } = await stage.pool.query<{ weight: number }>(
      'SELECT weight FROM conversation WHERE id = $1',
      [heavy],
    );
    const item = {
      conversationId: heavy,
      queueId: stage.workspace.queueId,
      priority: 0,
      queuedAt: 0,
      weight: rows[0]?.weight ?? 0,
      requiredSkills: [],
      declinedBy: [],
    };
    const roster = await stage.conversations.members.rosterOf(stage.workspace.id);
    expect(decide(DEFAULT_POLICY, item, roster, 0)).toMatchObject({
      kind: 'wait',
      explanation: { candidates: [], failed: { at_capacity: 1 } },
    });
  });

  test('I5: a conversation keeps the weight it opened with; another weight counts from then on', async () => {
    await weigh(3);
    const id = await write();
    await weigh(7);
    const next = await write();
    const weights = [];
    for (const one of [id, next]) {
      // Row = fold of the log, the weight among it.
      const [opened] = await expectSound(stage.pool, stage.workspace, one);
      weights.push(opened?.data.patch);
    }
    expect(weights).toMatchObject([{ weight: 3 }, { weight: 7 }]);
  });
});
