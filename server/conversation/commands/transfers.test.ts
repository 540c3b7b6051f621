import { describe, expect, test } from 'vitest';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { makeMember, makeQueue, makeWorkspace } from '#server/test/factories.ts';
import { expectSound, openOne, openServed, rowOf, say } from '#server/test/talk.ts';
import { refusedAs, teamForFile, toMember } from '#server/test/team.ts';

const team = teamForFile();

describe('transfers', () => {
  test('I4, I8: while transferring the owner keeps the load and may answer; then the target owns', async () => {
    const visitor = await team.anyVisitor();
    const id = await openServed(team.node, visitor, team.agent);
    const [mine, theirs] = [
      (await team.loadOf(team.agent))?.load,
      (await team.loadOf(team.colleague))?.load ?? 0,
    ];
    const asked = await team.act(
      team.agent,
      'transfer.request',
      id,
      toMember(team.colleague, 'speaks Chinese'),
    );
    expect(asked.row).toMatchObject({ ownerId: team.agent.id, targetMemberId: team.colleague.id });
    expect((await team.loadOf(team.agent))?.load).toBe(mine);
    expect((await team.loadOf(team.colleague))?.load).toBe(theirs + 1);
    await team.act(team.agent, 'message.send', id, { text: 'one moment' });
    await say(team.node, visitor.ctx, id, 'sure');
    const done = await team.act(team.colleague, 'transfer.accept', id);
    expect(done.row).toMatchObject({ ownerId: team.colleague.id, targetMemberId: null });
    expect((await team.loadOf(team.agent))?.load).toBe((mine ?? 0) - 1);
    await expect(team.act(team.agent, 'message.send', id, { text: 'late' })).rejects.toMatchObject(
      refusedAs('not_owner'),
    );
    const events = await expectSound(team.db.pool, team.workspace, id);
    const requested = events.find((event) => event.data.trigger === 'transfer.requested');
    expect(requested?.data.about).toEqual({ note: 'speaks Chinese' });
  });

  test('I7: a declined transfer leaves the owner as they were', async () => {
    const id = await openServed(team.node, await team.anyVisitor(), team.agent);
    const before = await team.loadOf(team.colleague);
    await team.act(team.agent, 'transfer.request', id, toMember(team.colleague));
    const { row } = await team.act(team.colleague, 'transfer.decline', id);
    expect(row).toMatchObject({ phase: 'serving', ownerId: team.agent.id, targetMemberId: null });
    expect((await team.loadOf(team.colleague))?.load).toBe(before?.load);
  });

  test('to a member who cannot take it is refused and changes nothing', async () => {
    const id = await openServed(team.node, await team.anyVisitor(), team.agent);
    const away = await makeMember(team.db.pool, team.workspace, { availability: 'away' });
    const full = await makeMember(team.db.pool, team.workspace, { capacity: 0 });
    const fresh = await makeMember(team.db.pool, team.workspace, { stateless: true });
    const elsewhere = await makeMember(team.db.pool, await makeWorkspace(team.db.pool));
    for (const [target, code] of [
      [away, 'member_unavailable'],
      [full, 'at_capacity'],
      [fresh, 'member_unavailable'],
      [elsewhere, 'member_unavailable'],
      [team.agent, 'transfer_to_self'],
    ] as const) {
      await expect(
        team.act(team.agent, 'transfer.request', id, toMember(target)),
      ).rejects.toMatchObject(refusedAs(code));
    }
    expect((await rowOf(team.db.pool, team.workspace, id)).phase).toBe('serving');
    await expectSound(team.db.pool, team.workspace, id);
  });

  test('to a queue it waits there; to none, an archived or a foreign one it is not found', async () => {
    const visitor = await team.anyVisitor();
    const id = await openServed(team.node, visitor, team.agent);
    const queue = await makeQueue(team.db.pool, team.workspace.id);
    const archived = await makeQueue(team.db.pool, team.workspace.id);
    await team.db.pool.query('UPDATE queue SET archived_at = now() WHERE id = $1', [archived]);
    const foreign = await makeWorkspace(team.db.pool);
    const to = (queueId: string) => ({ to: { kind: 'queue', queueId } });
    for (const queueId of [uuidv7(), archived, foreign.queueId]) {
      await expect(team.act(team.agent, 'transfer.request', id, to(queueId))).rejects.toMatchObject(
        refusedAs('not_found'),
      );
    }
    await makeMember(team.db.pool, team.workspace, { queueIds: [queue] });
    await team.act(team.agent, 'transfer.request', id, to(queue));
    expect(await rowOf(team.db.pool, team.workspace, id)).toMatchObject({
      phase: 'queued',
      queueId: queue,
      ownerId: null,
    });
  });

  test('the owner gives it back: it waits again with its age', async () => {
    const id = await openOne(team.node, await team.anyVisitor());
    const { queuedAt } = await rowOf(team.db.pool, team.workspace, id);
    await team.act(team.agent, 'conversation.take', id);
    await team.act(team.agent, 'conversation.return', id);
    expect(await rowOf(team.db.pool, team.workspace, id)).toMatchObject({
      phase: 'queued',
      queuedAt,
    });
  });
});
