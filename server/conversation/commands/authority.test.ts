import { describe, expect, test } from 'vitest';
import { makeMember, makeWorkspace } from '#server/test/factories.ts';
import { expectSound, openOne, openServed } from '#server/test/talk.ts';
import { on, refusedAs, teamForFile, toMember } from '#server/test/team.ts';

const team = teamForFile();

describe('who may', () => {
  test('agents see their queues, what they own and what is offered to them; others nothing', async () => {
    const id = await openOne(team.node, await team.anyVisitor());
    for (const name of ['conversation.take', 'note.add', 'offer.accept', 'message.send']) {
      await expect(team.act(team.outsider, name, id, { text: 'x' })).rejects.toMatchObject(
        refusedAs('not_found'),
      );
    }
    await team.act(team.agent, 'conversation.take', id);
    await expect(team.act(team.outsider, 'message.send', id, { text: 'x' })).rejects.toMatchObject(
      refusedAs('not_found'),
    );
    await expect(team.act(team.colleague, 'message.send', id, { text: 'x' })).rejects.toMatchObject(
      refusedAs('not_owner'),
    );
    await team.act(team.agent, 'transfer.request', id, toMember(team.outsider));
    await team.act(team.outsider, 'note.add', id, { text: 'looking' });
    await team.act(team.outsider, 'transfer.accept', id);
    await team.act(team.outsider, 'message.send', id, { text: 'I am here now' });
  });

  test('I11: a member of another workspace finds nothing, even as its owner', async () => {
    const id = await openOne(team.node, await team.anyVisitor());
    const stranger = await makeMember(team.db.pool, await makeWorkspace(team.db.pool), {
      role: 'owner',
    });
    for (const name of ['conversation.take', 'note.add', 'message.send', 'conversation.read']) {
      await expect(team.act(stranger, name, id, { text: 'x', seq: 1 })).rejects.toMatchObject(
        refusedAs('not_found'),
      );
    }
    await expectSound(team.db.pool, team.workspace, id);
  });

  test('a visitor cannot ask as a member, nor a member as a visitor', async () => {
    const visitor = await team.anyVisitor();
    const id = await openOne(team.node, visitor);
    const take = team.node.commands.member.get('conversation.take');
    const rate = team.node.commands.visitor.get('conversation.rate');
    await expect(take?.run(team.node, visitor.ctx, on(id))).rejects.toMatchObject(
      refusedAs('forbidden'),
    );
    await expect(rate?.run(team.node, team.agent.ctx, on(id, { score: 5 }))).rejects.toMatchObject(
      refusedAs('forbidden'),
    );
  });

  test('I4: taking from somebody and past capacity is for supervisors, and the log says so', async () => {
    const id = await openServed(team.node, await team.anyVisitor(), team.agent);
    await openServed(team.node, await team.anyVisitor(), team.supervisor);
    const override = { override: true };
    await expect(team.act(team.colleague, 'conversation.take', id)).rejects.toMatchObject(
      refusedAs('already_taken'),
    );
    await expect(team.act(team.colleague, 'conversation.take', id, override)).rejects.toMatchObject(
      refusedAs('forbidden'),
    );
    const other = await openOne(team.node, await team.anyVisitor());
    await expect(team.act(team.supervisor, 'conversation.take', other)).rejects.toMatchObject(
      refusedAs('at_capacity'),
    );
    const { row } = await team.act(team.supervisor, 'conversation.take', id, override);
    expect(row.ownerId).toBe(team.supervisor.id);
    const events = await expectSound(team.db.pool, team.workspace, id);
    expect(events.at(-1)).toMatchObject({
      actorId: team.supervisor.id,
      data: { about: { override: true } },
    });
  });
});
