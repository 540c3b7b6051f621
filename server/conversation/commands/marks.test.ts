import { describe, expect, test } from 'vitest';
import type { TestMember } from '#server/test/factories.ts';
import { expectSound, openOne, openServed, rowOf, run, say } from '#server/test/talk.ts';
import { on, refusedAs, teamForFile } from '#server/test/team.ts';
import type { ReadMoved } from '../records.ts';

const team = teamForFile();

describe('visitors besides messages', () => {
  test('a contact left in the offline form is kept on the contact, a missing name keeps the old', async () => {
    const visitor = await team.anyVisitor();
    const id = await openOne(team.node, visitor);
    const leave = (more: Record<string, unknown>) =>
      run(team.node, visitor.ctx, 'contact.leave', on(id, more));
    await leave({ name: 'Ada', email: 'ada@example.test' });
    await leave({ email: 'lovelace@example.test' });
    const { rows } = await team.db.pool.query('SELECT name, email FROM contact WHERE id = $1', [
      visitor.contactId,
    ]);
    expect(rows).toEqual([{ name: 'Ada', email: 'lovelace@example.test' }]);
    await run(team.node, visitor.ctx, 'conversation.end', on(id));
    await expect(leave({ email: 'x@example.test' })).rejects.toMatchObject(
      refusedAs('conversation_closed'),
    );
    await expectSound(team.db.pool, team.workspace, id);
  });

  test('a rating comes when it has ended, also after closing; the newest counts', async () => {
    const visitor = await team.anyVisitor();
    const id = await openServed(team.node, visitor, team.agent);
    const rate = (score: number) =>
      run(team.node, visitor.ctx, 'conversation.rate', on(id, { score }));
    await expect(rate(5)).rejects.toMatchObject(refusedAs('not_possible_now'));
    await team.act(team.agent, 'conversation.end', id);
    await rate(2);
    await team.act(team.agent, 'wrapup.finish', id);
    await rate(4);
    expect((await rowOf(team.db.pool, team.workspace, id)).rating).toBe(4);
    await expectSound(team.db.pool, team.workspace, id);
  });

  test("I12: another visitor's conversation can be neither read, rated, ended nor signed", async () => {
    const id = await openServed(team.node, await team.anyVisitor(), team.agent);
    const other = await team.anyVisitor();
    for (const name of [
      'conversation.read',
      'conversation.rate',
      'conversation.end',
      'contact.leave',
    ]) {
      const input = on(id, { seq: 1, score: 1, email: 'x@example.test' });
      await expect(run(team.node, other.ctx, name, input)).rejects.toMatchObject(
        refusedAs('not_found'),
      );
    }
  });
});

describe('read marks (D6)', () => {
  test('move forward only, never past the end, and tell the listeners once', async () => {
    const visitor = await team.anyVisitor();
    const id = await openServed(team.node, visitor, team.agent);
    await team.act(team.agent, 'note.add', id, { text: 'internal' });
    await team.act(team.agent, 'message.send', id, { text: 'hello' });
    const row = await rowOf(team.db.pool, team.workspace, id);
    const told: ReadMoved[] = [];
    const stop = team.node.onReadMoved((moved) => told.push(moved));
    const visitorReads = (seq: number) =>
      run<{ readSeq: number }>(team.node, visitor.ctx, 'conversation.read', {
        conversationId: id,
        seq,
      });
    const memberReads = (member: TestMember, seq: number) =>
      run<{ readSeq: number }>(team.node, member.ctx, 'conversation.read', {
        conversationId: id,
        seq,
      });
    expect(await visitorReads(2)).toEqual({ readSeq: 2 });
    expect(await visitorReads(1)).toEqual({ readSeq: 2 });
    expect(await visitorReads(1_000)).toEqual({ readSeq: row.lastPublicSeq });
    expect(await memberReads(team.agent, 1_000)).toEqual({ readSeq: row.lastSeq });
    expect(await memberReads(team.agent, 1)).toEqual({ readSeq: row.lastSeq });
    // A colleague's reading is their own business; the visitor is shown the owner's.
    expect(await memberReads(team.colleague, 1)).toEqual({ readSeq: 1 });
    stop();
    expect(told.map((moved) => [moved.memberId, moved.readSeq, moved.visitorReadSeq])).toEqual([
      [null, null, 2],
      [null, null, row.lastPublicSeq],
      [team.agent.id, row.lastSeq, row.lastPublicSeq],
      [team.colleague.id, 1, row.lastPublicSeq],
    ]);
    expect((await rowOf(team.db.pool, team.workspace, id)).agentReadSeq).toBe(row.lastPublicSeq);
  });

  test('two devices that looked at once end at the furthest, whoever writes last', async () => {
    const visitor = await team.anyVisitor();
    const id = await openOne(team.node, visitor);
    for (let index = 0; index < 10; index += 1)
      await say(team.node, visitor.ctx, id, `number ${index}`);
    // Both asked when nothing was read yet; their marks go in one group, one after the other.
    const read = (seq: number) =>
      run(team.node, visitor.ctx, 'conversation.read', { conversationId: id, seq });
    expect(await Promise.all([9, 2].map(read))).toEqual([{ readSeq: 9 }, { readSeq: 9 }]);
    expect((await rowOf(team.db.pool, team.workspace, id)).visitorReadSeq).toBe(9);
  });
});
