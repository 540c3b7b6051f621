import { describe, expect, test } from 'vitest';
import { makeMember, newKey, systemCtx, type TestMember } from '#server/test/factories.ts';
import { expectSound, openOne, rowOf } from '#server/test/talk.ts';
import { refusedAs, teamForFile } from '#server/test/team.ts';

const team = teamForFile();

describe('offers', () => {
  const offer = (id: string, member: TestMember) =>
    team.node.append({
      ctx: systemCtx(team.workspace.id, 'routing'),
      conversationId: id,
      key: { source: 'routing', clientId: newKey() },
      entries: [],
      event: { type: 'offer.made', memberId: member.id, offerMs: 30_000, auto: false },
      about: { explanation: { policyVersion: 'test' } },
    });

  test('I3: an offer has one target and one live timer, and its reason stays in the log', async () => {
    const id = await openOne(team.node, await team.anyVisitor());
    const told: string[] = [];
    const stop = team.node.onCommitted((news) =>
      told.push(...news.timers.map((timer) => timer.name)),
    );
    await offer(id, team.agent);
    stop();
    expect(told).toContain('offer');
    expect(await rowOf(team.db.pool, team.workspace, id)).toMatchObject({
      phase: 'offered',
      targetMemberId: team.agent.id,
    });
    await expect(team.act(team.colleague, 'offer.accept', id)).rejects.toMatchObject(
      refusedAs('offer_gone'),
    );
    expect((await team.act(team.agent, 'offer.accept', id)).row.ownerId).toBe(team.agent.id);
    const events = await expectSound(team.db.pool, team.workspace, id);
    expect(events.find((event) => event.data.trigger === 'offer.made')?.data.about).toEqual({
      explanation: { policyVersion: 'test' },
    });
  });

  test('I7: a declined offer waits on with its age and is not offered to the same member', async () => {
    const id = await openOne(team.node, await team.anyVisitor());
    const { queuedAt } = await rowOf(team.db.pool, team.workspace, id);
    await offer(id, team.agent);
    await team.act(team.agent, 'offer.decline', id);
    const row = await rowOf(team.db.pool, team.workspace, id);
    expect(row).toMatchObject({ phase: 'queued', queuedAt, declinedBy: [team.agent.id] });
    await expect(offer(id, team.agent)).rejects.toMatchObject(refusedAs('not_possible_now'));
  });

  test.each([
    ['away', { availability: 'away' as const }],
    ['not connected', { present: false }],
  ])('I9: a member who is %s by now is given nothing', async (_, state) => {
    const gone = await makeMember(team.db.pool, team.workspace, state);
    const id = await openOne(team.node, await team.anyVisitor());
    await expect(offer(id, gone)).rejects.toMatchObject(refusedAs('member_unavailable'));
    expect((await rowOf(team.db.pool, team.workspace, id)).phase).toBe('queued');
  });

  test('I6: a stale timer does nothing and its row goes', async () => {
    const id = await openOne(team.node, await team.anyVisitor());
    await offer(id, team.agent);
    const { timers } = await rowOf(team.db.pool, team.workspace, id);
    const gen = timers.offer?.gen ?? 0;
    await team.act(team.agent, 'offer.accept', id);
    await team.db.pool.query(
      `INSERT INTO timer (conversation_id, name, workspace_id, gen, due_at, shard)
       VALUES ($1, 'offer', $2, $3, now(), 0)`,
      [id, team.workspace.id, gen],
    );
    const fired = await team.node.append({
      ctx: systemCtx(team.workspace.id, 'timers'),
      conversationId: id,
      key: { source: 'timer', clientId: `offer:${gen}` },
      entries: [],
      event: { type: 'timer.fired', name: 'offer', gen },
    });
    expect(fired).toMatchObject({
      moved: false,
      row: { phase: 'serving', ownerId: team.agent.id },
    });
    const left = await team.db.pool.query(
      `SELECT FROM timer WHERE conversation_id = $1 AND name = 'offer'`,
      [id],
    );
    expect(left.rowCount).toBe(0);
  });
});
