import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
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
import {
  expectHolds,
  expectSound,
  openOne,
  openServed,
  rowOf,
  run,
  say,
} from '#server/test/talk.ts';
import { type Conversations, createConversations } from '../index.ts';
import type { ReadMoved } from '../records.ts';
import { moveVisitorRead } from '../store-reads.ts';

let db: TestDatabase;
let node: Conversations;
let workspace: TestWorkspace;
let agent: TestMember;
let colleague: TestMember;
let supervisor: TestMember;
/** An agent of no queue. */
let outsider: TestMember;

beforeAll(async () => {
  db = await createTestDatabase();
  node = createConversations({ pool: db.pool });
  workspace = await makeWorkspace(db.pool);
  agent = await makeMember(db.pool, workspace, { capacity: 50 });
  colleague = await makeMember(db.pool, workspace, { capacity: 50 });
  supervisor = await makeMember(db.pool, workspace, {
    role: 'supervisor',
    capacity: 1,
    queueIds: [],
  });
  outsider = await makeMember(db.pool, workspace, { queueIds: [] });
});
afterEach(() => expectHoldsButOverrides());
afterAll(async () => {
  await node?.close();
  await db?.drop();
});

/** I4 knows one exception: what a supervisor took over capacity. */
async function expectHoldsButOverrides(): Promise<void> {
  await db.pool.query('UPDATE member SET capacity = 50 WHERE id = $1', [supervisor.id]);
  await expectHolds(db.pool, workspace.id);
  await db.pool.query('UPDATE member SET capacity = 1 WHERE id = $1', [supervisor.id]);
}

const anyVisitor = () => makeVisitor(db.pool, workspace);
const on = (conversationId: string, more: Record<string, unknown> = {}) => ({
  conversationId,
  clientKey: newKey(),
  ...more,
});
const refusedAs = (code: string) => ({ code });

interface Moved {
  seq: number;
  row: { phase: string; ownerId: string | null; targetMemberId: string | null; queuedAt: string };
}
const act = (member: TestMember, name: string, id: string, more = {}) =>
  run<Moved>(node, member.ctx, name, on(id, more));

const toMember = (member: TestMember, note?: string) => ({
  to: { kind: 'member', memberId: member.id },
  ...(note && { note }),
});

const loadOf = async (member: TestMember) => {
  const { rows } = await db.pool.query<{ load: number; at: Date | null }>(
    'SELECT load, last_assigned_at AS at FROM member_state WHERE member_id = $1',
    [member.id],
  );
  return rows[0];
};

describe('a life', () => {
  test('I1, I2, I4, I5: from the first message to the rating, each step with its load', async () => {
    const visitor = await anyVisitor();
    const id = await openOne(node, visitor);
    expect(await rowOf(db.pool, workspace, id)).toMatchObject({ phase: 'queued', ownerId: null });
    const before = await loadOf(agent);
    const taken = await act(agent, 'conversation.take', id);
    expect(taken.row).toMatchObject({ phase: 'serving', ownerId: agent.id });
    expect((await loadOf(agent))?.load).toBe((before?.load ?? 0) + 1);
    expect((await loadOf(agent))?.at).not.toBeNull();
    await act(agent, 'message.send', id, { text: 'How can I help?' });
    expect(await rowOf(db.pool, workspace, id)).toMatchObject({
      previewBy: 'member',
      preview: 'How can I help?',
    });
    await say(node, visitor.ctx, id, 'thanks, done');
    expect((await act(agent, 'conversation.end', id)).row.phase).toBe('wrapup');
    expect((await loadOf(agent))?.load).toBe((before?.load ?? 0) + 1);
    await run(node, visitor.ctx, 'conversation.rate', on(id, { score: 5, comment: 'good' }));
    expect((await act(agent, 'wrapup.finish', id)).row).toMatchObject({
      phase: 'closed',
      ownerId: null,
    });
    expect((await loadOf(agent))?.load).toBe(before?.load);
    expect((await rowOf(db.pool, workspace, id)).rating).toBe(5);
    const timers = await db.pool.query('SELECT FROM timer WHERE conversation_id = $1', [id]);
    expect(timers.rowCount).toBe(0);
    await expectSound(db.pool, workspace, id);
  });

  test('I10: a repeated command is a no-op that answers the same', async () => {
    const visitor = await anyVisitor();
    const id = await openOne(node, visitor);
    const input = on(id);
    const first = await run<Moved>(node, agent.ctx, 'conversation.take', input);
    const again = await run<Moved>(node, agent.ctx, 'conversation.take', input);
    expect(again.seq).toBe(first.seq);
    await expect(act(agent, 'conversation.take', id)).rejects.toMatchObject(
      refusedAs('already_owner'),
    );
    await act(agent, 'conversation.end', id);
    await act(agent, 'wrapup.finish', id);
    for (const name of ['conversation.take', 'conversation.end', 'message.send', 'offer.accept']) {
      await expect(act(agent, name, id, { text: 'x' })).rejects.toMatchObject(
        refusedAs('conversation_closed'),
      );
    }
    await expect(run(node, visitor.ctx, 'conversation.end', on(id))).rejects.toMatchObject(
      refusedAs('conversation_closed'),
    );
    // Members may still note something about it.
    await act(agent, 'note.add', id, { text: 'called back' });
    await expectSound(db.pool, workspace, id);
  });

  test('the visitor ends it and speaks on in the wrap-up: the agent serves again', async () => {
    const visitor = await anyVisitor();
    const id = await openServed(node, visitor, agent);
    await run(node, visitor.ctx, 'conversation.end', on(id));
    expect((await rowOf(db.pool, workspace, id)).phase).toBe('wrapup');
    const { row } = await say(node, visitor.ctx, id, 'one more thing');
    expect(row).toMatchObject({ phase: 'serving', ownerId: agent.id });
    await expectSound(db.pool, workspace, id);
  });

  test('I12: what changes neither stage nor agent for the visitor is not in their log', async () => {
    const visitor = await anyVisitor();
    const id = await openServed(node, visitor, agent);
    await act(agent, 'transfer.request', id, toMember(colleague));
    await act(agent, 'transfer.cancel', id);
    await act(agent, 'conversation.end', id);
    const events = await expectSound(db.pool, workspace, id);
    const transitions = events.filter((event) => event.kind === 'conversation.transitioned');
    expect(transitions.map((event) => [event.data.trigger, event.publicSeq !== null])).toEqual([
      ['agent.took', true],
      ['transfer.requested', false],
      ['transfer.cancelled', false],
      ['conversation.ended', true],
    ]);
  });
});

describe('offers', () => {
  const offer = (id: string, member: TestMember) =>
    node.append({
      ctx: systemCtx(workspace.id, 'routing'),
      conversationId: id,
      key: { source: 'routing', clientId: newKey() },
      entries: [],
      event: { type: 'offer.made', memberId: member.id, offerMs: 30_000, auto: false },
      about: { explanation: { policyVersion: 'test' } },
    });

  test('I3: an offer has one target and one live timer, and its reason stays in the log', async () => {
    const id = await openOne(node, await anyVisitor());
    const told: string[] = [];
    const stop = node.onCommitted((news) => told.push(...news.timers.map((timer) => timer.name)));
    await offer(id, agent);
    stop();
    expect(told).toContain('offer');
    expect(await rowOf(db.pool, workspace, id)).toMatchObject({
      phase: 'offered',
      targetMemberId: agent.id,
    });
    await expect(act(colleague, 'offer.accept', id)).rejects.toMatchObject(refusedAs('offer_gone'));
    expect((await act(agent, 'offer.accept', id)).row.ownerId).toBe(agent.id);
    const events = await expectSound(db.pool, workspace, id);
    expect(events.find((event) => event.data.trigger === 'offer.made')?.data.about).toEqual({
      explanation: { policyVersion: 'test' },
    });
  });

  test('I7: a declined offer waits on with its age and is not offered to the same member', async () => {
    const id = await openOne(node, await anyVisitor());
    const { queuedAt } = await rowOf(db.pool, workspace, id);
    await offer(id, agent);
    await act(agent, 'offer.decline', id);
    const row = await rowOf(db.pool, workspace, id);
    expect(row).toMatchObject({ phase: 'queued', queuedAt, declinedBy: [agent.id] });
    await expect(offer(id, agent)).rejects.toMatchObject(refusedAs('not_possible_now'));
  });

  test.each([
    ['away', { availability: 'away' as const }],
    ['not connected', { present: false }],
  ])('I9: a member who is %s by now is given nothing', async (_, state) => {
    const gone = await makeMember(db.pool, workspace, state);
    const id = await openOne(node, await anyVisitor());
    await expect(offer(id, gone)).rejects.toMatchObject(refusedAs('member_unavailable'));
    expect((await rowOf(db.pool, workspace, id)).phase).toBe('queued');
  });

  test('I6: a stale timer does nothing and its row goes', async () => {
    const id = await openOne(node, await anyVisitor());
    await offer(id, agent);
    const { timers } = await rowOf(db.pool, workspace, id);
    const gen = timers.offer?.gen ?? 0;
    await act(agent, 'offer.accept', id);
    await db.pool.query(
      `INSERT INTO timer (conversation_id, name, workspace_id, gen, due_at, shard)
       VALUES ($1, 'offer', $2, $3, now(), 0)`,
      [id, workspace.id, gen],
    );
    const fired = await node.append({
      ctx: systemCtx(workspace.id, 'timers'),
      conversationId: id,
      key: { source: 'timer', clientId: `offer:${gen}` },
      entries: [],
      event: { type: 'timer.fired', name: 'offer', gen },
    });
    expect(fired).toMatchObject({ moved: false, row: { phase: 'serving', ownerId: agent.id } });
    const left = await db.pool.query(
      `SELECT FROM timer WHERE conversation_id = $1 AND name = 'offer'`,
      [id],
    );
    expect(left.rowCount).toBe(0);
  });
});

describe('transfers', () => {
  test('I4, I8: while transferring the owner keeps the load and may answer; then the target owns', async () => {
    const visitor = await anyVisitor();
    const id = await openServed(node, visitor, agent);
    const [mine, theirs] = [(await loadOf(agent))?.load, (await loadOf(colleague))?.load ?? 0];
    const asked = await act(agent, 'transfer.request', id, toMember(colleague, 'speaks Chinese'));
    expect(asked.row).toMatchObject({ ownerId: agent.id, targetMemberId: colleague.id });
    expect((await loadOf(agent))?.load).toBe(mine);
    expect((await loadOf(colleague))?.load).toBe(theirs + 1);
    await act(agent, 'message.send', id, { text: 'one moment' });
    await say(node, visitor.ctx, id, 'sure');
    const done = await act(colleague, 'transfer.accept', id);
    expect(done.row).toMatchObject({ ownerId: colleague.id, targetMemberId: null });
    expect((await loadOf(agent))?.load).toBe((mine ?? 0) - 1);
    await expect(act(agent, 'message.send', id, { text: 'late' })).rejects.toMatchObject(
      refusedAs('not_owner'),
    );
    const events = await expectSound(db.pool, workspace, id);
    const requested = events.find((event) => event.data.trigger === 'transfer.requested');
    expect(requested?.data.about).toEqual({ note: 'speaks Chinese' });
  });

  test('I7: a declined transfer leaves the owner as they were', async () => {
    const id = await openServed(node, await anyVisitor(), agent);
    const before = await loadOf(colleague);
    await act(agent, 'transfer.request', id, toMember(colleague));
    const { row } = await act(colleague, 'transfer.decline', id);
    expect(row).toMatchObject({ phase: 'serving', ownerId: agent.id, targetMemberId: null });
    expect((await loadOf(colleague))?.load).toBe(before?.load);
  });

  test('to a member who cannot take it is refused and changes nothing', async () => {
    const id = await openServed(node, await anyVisitor(), agent);
    const away = await makeMember(db.pool, workspace, { availability: 'away' });
    const full = await makeMember(db.pool, workspace, { capacity: 0 });
    const fresh = await makeMember(db.pool, workspace, { stateless: true });
    const elsewhere = await makeMember(db.pool, await makeWorkspace(db.pool));
    for (const [target, code] of [
      [away, 'member_unavailable'],
      [full, 'at_capacity'],
      [fresh, 'member_unavailable'],
      [elsewhere, 'member_unavailable'],
      [agent, 'transfer_to_self'],
    ] as const) {
      await expect(act(agent, 'transfer.request', id, toMember(target))).rejects.toMatchObject(
        refusedAs(code),
      );
    }
    expect((await rowOf(db.pool, workspace, id)).phase).toBe('serving');
    await expectSound(db.pool, workspace, id);
  });

  test('to a queue it waits there; to none, an archived or a foreign one it is not found', async () => {
    const visitor = await anyVisitor();
    const id = await openServed(node, visitor, agent);
    const queue = await makeQueue(db.pool, workspace.id);
    const archived = await makeQueue(db.pool, workspace.id);
    await db.pool.query('UPDATE queue SET archived_at = now() WHERE id = $1', [archived]);
    const foreign = await makeWorkspace(db.pool);
    const to = (queueId: string) => ({ to: { kind: 'queue', queueId } });
    for (const queueId of [uuidv7(), archived, foreign.queueId]) {
      await expect(act(agent, 'transfer.request', id, to(queueId))).rejects.toMatchObject(
        refusedAs('not_found'),
      );
    }
    await makeMember(db.pool, workspace, { queueIds: [queue] });
    await act(agent, 'transfer.request', id, to(queue));
    expect(await rowOf(db.pool, workspace, id)).toMatchObject({
      phase: 'queued',
      queueId: queue,
      ownerId: null,
    });
  });

  test('the owner gives it back: it waits again with its age', async () => {
    const id = await openOne(node, await anyVisitor());
    const { queuedAt } = await rowOf(db.pool, workspace, id);
    await act(agent, 'conversation.take', id);
    await act(agent, 'conversation.return', id);
    expect(await rowOf(db.pool, workspace, id)).toMatchObject({ phase: 'queued', queuedAt });
  });
});

describe('who may', () => {
  test('agents see their queues, what they own and what is offered to them; others nothing', async () => {
    const id = await openOne(node, await anyVisitor());
    for (const name of ['conversation.take', 'note.add', 'offer.accept', 'message.send']) {
      await expect(act(outsider, name, id, { text: 'x' })).rejects.toMatchObject(
        refusedAs('not_found'),
      );
    }
    await act(agent, 'conversation.take', id);
    await expect(act(outsider, 'message.send', id, { text: 'x' })).rejects.toMatchObject(
      refusedAs('not_found'),
    );
    await expect(act(colleague, 'message.send', id, { text: 'x' })).rejects.toMatchObject(
      refusedAs('not_owner'),
    );
    await act(agent, 'transfer.request', id, toMember(outsider));
    await act(outsider, 'note.add', id, { text: 'looking' });
    await act(outsider, 'transfer.accept', id);
    await act(outsider, 'message.send', id, { text: 'I am here now' });
  });

  test('I11: a member of another workspace finds nothing, even as its owner', async () => {
    const id = await openOne(node, await anyVisitor());
    const stranger = await makeMember(db.pool, await makeWorkspace(db.pool), { role: 'owner' });
    for (const name of ['conversation.take', 'note.add', 'message.send', 'conversation.read']) {
      await expect(act(stranger, name, id, { text: 'x', seq: 1 })).rejects.toMatchObject(
        refusedAs('not_found'),
      );
    }
    await expectSound(db.pool, workspace, id);
  });

  test('a visitor cannot ask as a member, nor a member as a visitor', async () => {
    const visitor = await anyVisitor();
    const id = await openOne(node, visitor);
    const take = node.commands.member.get('conversation.take');
    const rate = node.commands.visitor.get('conversation.rate');
    await expect(take?.run(node, visitor.ctx, on(id))).rejects.toMatchObject(
      refusedAs('forbidden'),
    );
    await expect(rate?.run(node, agent.ctx, on(id, { score: 5 }))).rejects.toMatchObject(
      refusedAs('forbidden'),
    );
  });

  test('I4: taking from somebody and past capacity is for supervisors, and the log says so', async () => {
    const id = await openServed(node, await anyVisitor(), agent);
    await openServed(node, await anyVisitor(), supervisor);
    const override = { override: true };
    await expect(act(colleague, 'conversation.take', id)).rejects.toMatchObject(
      refusedAs('already_taken'),
    );
    await expect(act(colleague, 'conversation.take', id, override)).rejects.toMatchObject(
      refusedAs('forbidden'),
    );
    const other = await openOne(node, await anyVisitor());
    await expect(act(supervisor, 'conversation.take', other)).rejects.toMatchObject(
      refusedAs('at_capacity'),
    );
    const { row } = await act(supervisor, 'conversation.take', id, override);
    expect(row.ownerId).toBe(supervisor.id);
    const events = await expectSound(db.pool, workspace, id);
    expect(events.at(-1)).toMatchObject({
      actorId: supervisor.id,
      data: { about: { override: true } },
    });
  });
});

describe('visitors besides messages', () => {
  test('a contact left in the offline form is kept on the contact, a missing name keeps the old', async () => {
    const visitor = await anyVisitor();
    const id = await openOne(node, visitor);
    const leave = (more: Record<string, unknown>) =>
      run(node, visitor.ctx, 'contact.leave', on(id, more));
    await leave({ name: 'Ada', email: 'ada@example.test' });
    await leave({ email: 'lovelace@example.test' });
    const { rows } = await db.pool.query('SELECT name, email FROM contact WHERE id = $1', [
      visitor.contactId,
    ]);
    expect(rows).toEqual([{ name: 'Ada', email: 'lovelace@example.test' }]);
    await run(node, visitor.ctx, 'conversation.end', on(id));
    await expect(leave({ email: 'x@example.test' })).rejects.toMatchObject(
      refusedAs('conversation_closed'),
    );
    await expectSound(db.pool, workspace, id);
  });

  test('a rating comes when it has ended, also after closing; the newest counts', async () => {
    const visitor = await anyVisitor();
    const id = await openServed(node, visitor, agent);
    const rate = (score: number) => run(node, visitor.ctx, 'conversation.rate', on(id, { score }));
    await expect(rate(5)).rejects.toMatchObject(refusedAs('not_possible_now'));
    await act(agent, 'conversation.end', id);
    await rate(2);
    await act(agent, 'wrapup.finish', id);
    await rate(4);
    expect((await rowOf(db.pool, workspace, id)).rating).toBe(4);
    await expectSound(db.pool, workspace, id);
  });

  test("I12: another visitor's conversation can be neither read, rated, ended nor signed", async () => {
    const id = await openServed(node, await anyVisitor(), agent);
    const other = await anyVisitor();
    for (const name of [
      'conversation.read',
      'conversation.rate',
      'conversation.end',
      'contact.leave',
    ]) {
      const input = on(id, { seq: 1, score: 1, email: 'x@example.test' });
      await expect(run(node, other.ctx, name, input)).rejects.toMatchObject(refusedAs('not_found'));
    }
  });
});

describe('read marks (D6)', () => {
  test('move forward only, never past the end, and tell the listeners once', async () => {
    const visitor = await anyVisitor();
    const id = await openServed(node, visitor, agent);
    await act(agent, 'note.add', id, { text: 'internal' });
    await act(agent, 'message.send', id, { text: 'hello' });
    const row = await rowOf(db.pool, workspace, id);
    const told: ReadMoved[] = [];
    const stop = node.onReadMoved((moved) => told.push(moved));
    const visitorReads = (seq: number) =>
      run<{ readSeq: number }>(node, visitor.ctx, 'conversation.read', { conversationId: id, seq });
    const memberReads = (member: TestMember, seq: number) =>
      run<{ readSeq: number }>(node, member.ctx, 'conversation.read', { conversationId: id, seq });
    expect(await visitorReads(2)).toEqual({ readSeq: 2 });
    expect(await visitorReads(1)).toEqual({ readSeq: 2 });
    expect(await visitorReads(1_000)).toEqual({ readSeq: row.lastPublicSeq });
    expect(await memberReads(agent, 1_000)).toEqual({ readSeq: row.lastSeq });
    expect(await memberReads(agent, 1)).toEqual({ readSeq: row.lastSeq });
    // A colleague's reading is their own business; the visitor is shown the owner's.
    expect(await memberReads(colleague, 1)).toEqual({ readSeq: 1 });
    stop();
    expect(told.map((moved) => [moved.memberId, moved.readSeq, moved.visitorReadSeq])).toEqual([
      [null, null, 2],
      [null, null, row.lastPublicSeq],
      [agent.id, row.lastSeq, row.lastPublicSeq],
      [colleague.id, 1, row.lastPublicSeq],
    ]);
    expect((await rowOf(db.pool, workspace, id)).agentReadSeq).toBe(row.lastPublicSeq);
  });

  test('two devices that looked at once end at the furthest, whoever writes last', async () => {
    const visitor = await anyVisitor();
    const id = await openOne(node, visitor);
    for (let index = 0; index < 10; index += 1) await say(node, visitor.ctx, id, `number ${index}`);
    // Both asked when nothing was read yet; their writes come one after the other.
    expect(await moveVisitorRead(db.pool, workspace.id, id, 9)).not.toBeNull();
    expect(await moveVisitorRead(db.pool, workspace.id, id, 2)).toBeNull();
    expect((await rowOf(db.pool, workspace, id)).visitorReadSeq).toBe(9);
  });
});
