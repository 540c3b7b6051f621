import { describe, expect, test } from 'vitest';
import { expectSound, openOne, openServed, rowOf, run, say } from '#server/test/talk.ts';
import { type Moved, on, refusedAs, teamForFile, toMember } from '#server/test/team.ts';

const team = teamForFile();

describe('a life', () => {
  test('I1, I2, I4, I5: from the first message to the rating, each step with its load', async () => {
    const visitor = await team.anyVisitor();
    const id = await openOne(team.node, visitor);
    expect(await rowOf(team.db.pool, team.workspace, id)).toMatchObject({
      phase: 'queued',
      ownerId: null,
    });
    const before = await team.loadOf(team.agent);
    const taken = await team.act(team.agent, 'conversation.take', id);
    expect(taken.row).toMatchObject({ phase: 'serving', ownerId: team.agent.id });
    expect((await team.loadOf(team.agent))?.load).toBe((before?.load ?? 0) + 1);
    expect((await team.loadOf(team.agent))?.at).not.toBeNull();
    await team.act(team.agent, 'message.send', id, { text: 'How can I help?' });
    expect(await rowOf(team.db.pool, team.workspace, id)).toMatchObject({
      previewBy: 'member',
      preview: 'How can I help?',
    });
    await say(team.node, visitor.ctx, id, 'thanks, done');
    expect((await team.act(team.agent, 'conversation.end', id)).row.phase).toBe('wrapup');
    expect((await team.loadOf(team.agent))?.load).toBe((before?.load ?? 0) + 1);
    await run(team.node, visitor.ctx, 'conversation.rate', on(id, { score: 5, comment: 'good' }));
    expect((await team.act(team.agent, 'wrapup.finish', id)).row).toMatchObject({
      phase: 'closed',
      ownerId: null,
    });
    expect((await team.loadOf(team.agent))?.load).toBe(before?.load);
    expect((await rowOf(team.db.pool, team.workspace, id)).rating).toBe(5);
    const timers = await team.db.pool.query('SELECT FROM timer WHERE conversation_id = $1', [id]);
    expect(timers.rowCount).toBe(0);
    await expectSound(team.db.pool, team.workspace, id);
  });

  test('I10: a repeated command is a no-op that answers the same', async () => {
    const visitor = await team.anyVisitor();
    const id = await openOne(team.node, visitor);
    const input = on(id);
    const first = await run<Moved>(team.node, team.agent.ctx, 'conversation.take', input);
    const again = await run<Moved>(team.node, team.agent.ctx, 'conversation.take', input);
    expect(again.seq).toBe(first.seq);
    await expect(team.act(team.agent, 'conversation.take', id)).rejects.toMatchObject(
      refusedAs('already_owner'),
    );
    await team.act(team.agent, 'conversation.end', id);
    await team.act(team.agent, 'wrapup.finish', id);
    for (const name of ['conversation.take', 'conversation.end', 'message.send', 'offer.accept']) {
      await expect(team.act(team.agent, name, id, { text: 'x' })).rejects.toMatchObject(
        refusedAs('conversation_closed'),
      );
    }
    await expect(run(team.node, visitor.ctx, 'conversation.end', on(id))).rejects.toMatchObject(
      refusedAs('conversation_closed'),
    );
    // Members may still note something about it.
    await team.act(team.agent, 'note.add', id, { text: 'called back' });
    await expectSound(team.db.pool, team.workspace, id);
  });

  test('the visitor ends it and speaks on in the wrap-up: the agent serves again', async () => {
    const visitor = await team.anyVisitor();
    const id = await openServed(team.node, visitor, team.agent);
    await run(team.node, visitor.ctx, 'conversation.end', on(id));
    expect((await rowOf(team.db.pool, team.workspace, id)).phase).toBe('wrapup');
    const { row } = await say(team.node, visitor.ctx, id, 'one more thing');
    expect(row).toMatchObject({ phase: 'serving', ownerId: team.agent.id });
    await expectSound(team.db.pool, team.workspace, id);
  });

  test('I12: what changes neither stage nor agent for the visitor is not in their log', async () => {
    const visitor = await team.anyVisitor();
    const id = await openServed(team.node, visitor, team.agent);
    await team.act(team.agent, 'transfer.request', id, toMember(team.colleague));
    await team.act(team.agent, 'transfer.cancel', id);
    await team.act(team.agent, 'conversation.end', id);
    const events = await expectSound(team.db.pool, team.workspace, id);
    const transitions = events.filter((event) => event.kind === 'conversation.transitioned');
    expect(transitions.map((event) => [event.data.trigger, event.publicSeq !== null])).toEqual([
      ['agent.took', true],
      ['transfer.requested', false],
      ['transfer.cancelled', false],
      ['conversation.ended', true],
    ]);
  });
});
