import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import type {
  MemberInput,
  MemberOutput,
  VisitorInput,
  VisitorOutput,
} from '#lib/protocol/envelope.ts';
import { type MemberCommandName, MemberCommands } from '#lib/protocol/member.ts';
import { type VisitorCommandName, VisitorCommands } from '#lib/protocol/visitor.ts';
import { createTestDatabase } from '#server/test/database.ts';
import { createDesk } from '#server/test/desk.ts';
import { insertConversation, insertEvent } from '#server/test/log.ts';
import type { Ctx, MemberCtx, VisitorCtx } from '../context.ts';
import { createMembers } from '../members/index.ts';
import { mayReach } from '../policies.ts';
import type { ConversationDeps } from '../ports.ts';
import { createReads } from './index.ts';

const database = await createTestDatabase();
const { pool } = database;
const members = createMembers({ pool });
const reads = createReads(pool, members);

afterAll(() => database.drop());

// Reads close over what they need; the write commands' deps are not theirs.
const deps = {} as ConversationDeps;

/** Runs a read as its edge does: the answer must be of the wire's form, and of that alone. */
async function run(
  ctx: Ctx,
  name: string,
  input: object,
  output: { parse(answer: unknown): unknown },
) {
  const spec = reads.commands.find((one) => one.name === name && one.audience === ctx.actor.kind);
  if (!spec) throw new Error(`no read ${name} for a ${ctx.actor.kind}`);
  const answer = await spec.run(deps, ctx, input);
  expect(output.parse(answer)).toEqual(answer);
  return answer;
}

const asVisitor = <N extends VisitorCommandName>(
  ctx: VisitorCtx,
  name: N,
  input: VisitorInput<N> & object,
) => run(ctx, name, input, VisitorCommands[name].output) as Promise<VisitorOutput<N>>;

const asMember = <N extends MemberCommandName>(
  ctx: MemberCtx,
  name: N,
  input: MemberInput<N> & object,
) => run(ctx, name, input, MemberCommands[name].output) as Promise<MemberOutput<N>>;

async function chat() {
  const desk = await createDesk(pool);
  const [ada, visitor] = [await desk.member('Ada'), await desk.visitor('Vera')];
  const id = await insertConversation(pool, desk, visitor, { phase: 'serving', ownerId: ada.id });
  const put = (event: Parameters<typeof insertEvent>[3]) =>
    insertEvent(pool, desk.workspaceId, id, event);
  return { desk, ada, visitor, id, put };
}

test('I12 D2: a visitor syncs public events only, without a gap, page by page in order', async () => {
  const { ada, visitor, id, put } = await chat();
  for (let n = 1; n <= 700; n += 1) {
    await put({ data: { text: `m${n}` } });
    if (n % 3 === 0)
      await put({
        kind: 'note.added',
        data: { text: 'secret' },
        by: { kind: 'member', id: ada.id },
      });
  }
  const first = await asVisitor(visitor.ctx, 'conversation.sync', { conversationId: id, after: 0 });
  expect(first).toMatchObject({ more: true, conversation: { head: 700, agent: { name: 'Ada' } } });
  const next = await asVisitor(visitor.ctx, 'conversation.sync', {
    conversationId: id,
    after: first.events.at(-1)?.seq ?? 0,
  });
  expect(next.more).toBe(false);
  const texts = [...first.events, ...next.events].map((event) => [
    event.seq,
    event.kind === 'message' && event.text,
  ]);
  expect(texts).toEqual(Array.from({ length: 700 }, (_, n) => [n + 1, `m${n + 1}`]));
  expect(JSON.stringify([first, next])).not.toContain('secret');
  expect(
    (await asVisitor(visitor.ctx, 'conversation.sync', { conversationId: id, after: 700 })).events,
  ).toEqual([]);
});

test('D3: a member syncs all events after the presented seq, notes in their place', async () => {
  const { ada, id, put } = await chat();
  await put({ data: { text: 'one' } });
  await put({ kind: 'note.added', data: { text: 'two' }, by: { kind: 'member', id: ada.id } });
  await put({ data: { text: 'three' }, by: { kind: 'member', id: ada.id } });
  const answer = await asMember(ada.ctx, 'conversation.sync', { conversationId: id, after: 1 });
  expect(answer.row).toMatchObject({ id, head: 3, unread: true });
  expect(answer.events).toMatchObject([
    { seq: 2, kind: 'note', text: 'two' },
    { seq: 3, kind: 'message', text: 'three', publicSeq: 2 },
  ]);
});

test('opening shows the visitor as last heard of, and the earlier conversations the member may see', async () => {
  const { desk, ada, visitor, id } = await chat();
  const elsewhere = await desk.queue('Elsewhere');
  const old = (queueId: string, at: number) =>
    insertConversation(pool, desk, visitor, {
      phase: 'closed',
      queueId,
      id: `0190000${at}-0000-7000-8000-000000000000`,
    });
  const [first, second] = [await old(desk.queueId, 1), await old(desk.queueId, 2)];
  await old(elsewhere, 3);
  await pool.query(
    `UPDATE visitor SET page_url = 'https://shop.test/a', user_agent = 'UA', locale = 'zh-CN' WHERE id = $1`,
    [visitor.id],
  );
  const answer = await asMember(ada.ctx, 'conversation.open', { conversationId: id, after: 0 });
  expect(answer.visitor).toEqual({
    online: true,
    locale: 'zh-CN',
    userAgent: 'UA',
    page: { url: 'https://shop.test/a', title: 'https://shop.test/a' },
  });
  expect(answer.earlier.map((one) => one.id)).toEqual([second, first]);
});

test('I11 I12: conversations are opened and synced by nobody else than the policies let', async () => {
  const { desk, id } = await chat();
  const other = await createDesk(pool);
  const [spy, stranger] = [await other.member('Spy', { role: 'owner' }), await other.visitor()];
  const [idle, neighbour] = [await desk.member('Idle', { queues: [] }), await desk.visitor()];
  for (const ctx of [spy.ctx, idle.ctx]) {
    for (const name of ['conversation.sync', 'conversation.open'] as const) {
      await expect(asMember(ctx, name, { conversationId: id, after: 0 })).rejects.toMatchObject({
        code: 'not_found',
      });
    }
  }
  for (const ctx of [stranger.ctx, neighbour.ctx]) {
    await expect(
      asVisitor(ctx, 'conversation.sync', { conversationId: id, after: 0 }),
    ).rejects.toMatchObject({
      code: 'not_found',
    });
    expect((await asVisitor(ctx, 'conversation.list', {})).conversations).toEqual([]);
    expect(await reads.outline(ctx, id)).toBeNull();
  }
});

test('I12: what a visitor lists is what the policies let them reach', async () => {
  const desk = await createDesk(pool);
  const [me, other] = [await desk.visitor(), await desk.visitor()];
  const second = { ...desk, channelId: randomUUID() };
  await pool.query(
    `INSERT INTO channel SELECT $1::uuid, workspace_id, kind, name, $1::uuid::text, allowed_origins, queue_id, flow_id, settings
     FROM channel WHERE id = $2`,
    [second.channelId, desk.channelId],
  );
  const made = [];
  for (const channel of [desk, second]) {
    for (const contact of [me, other]) {
      for (const browser of [me, other]) {
        const visitor = { ...contact, id: browser.id };
        const id = await insertConversation(pool, channel, visitor, { phase: 'closed' });
        made.push({
          id,
          channelId: channel.channelId,
          contactId: contact.contactId,
          visitorId: browser.id,
        });
      }
    }
  }
  const { conversations } = await asVisitor(me.ctx, 'conversation.list', {});
  const reachable = made.filter((one) => mayReach(me.ctx.actor, one)).map((one) => one.id);
  expect(conversations.map((one) => one.id)).toEqual(reachable.sort().reverse());
  expect(reachable.length).toBe(3);
});

test('outlines page newest first, with the channel in the visitor’s language', async () => {
  const desk = await createDesk(pool);
  const visitor = await desk.visitor();
  const ids = [];
  for (let n = 0; n < 25; n += 1)
    ids.push(await insertConversation(pool, desk, visitor, { phase: 'closed' }));
  await pool.query(`UPDATE visitor SET locale = 'zh-CN' WHERE id = $1`, [visitor.id]);
  const first = await asVisitor(visitor.ctx, 'conversation.list', {});
  expect(first).toMatchObject({
    more: true,
    channel: {
      title: '您好',
      greeting: '有什么可以帮您？',
      accent: '#112233',
      position: 'left',
      staffed: false,
    },
  });
  const next = await asVisitor(visitor.ctx, 'conversation.list', {
    before: first.conversations.at(-1)?.id,
  });
  expect(next.more).toBe(false);
  const listed = [...first.conversations, ...next.conversations].map((one) => one.id);
  expect(listed).toEqual(ids.sort().reverse());
});

test('a visitor’s place in the queue counts who is ahead by priority, then age, in that queue alone', async () => {
  const desk = await createDesk(pool);
  const second = await desk.queue('Second');
  const wait = async (row: object) => {
    const visitor = await desk.visitor();
    const id = await insertConversation(pool, desk, visitor, row);
    return { id, place: async () => (await reads.outline(visitor.ctx, id))?.position };
  };
  const late = await wait({ queuedAt: 3_000 });
  const early = await wait({ queuedAt: 1_000 });
  const urgent = await wait({ queuedAt: 5_000, priority: 2 });
  const elsewhere = await wait({ queuedAt: 1_000, queueId: second });
  const offered = await wait({ phase: 'offered', targetMemberId: (await desk.member('Ada')).id });
  const offline = await wait({ phase: 'offline' });
  const places = [late, early, urgent, elsewhere, offered, offline].map((one) => one.place());
  expect(await Promise.all(places)).toEqual([3, 2, 1, 1, 1, null]);
  expect(await reads.queuePlaces(desk.workspaceId, desk.queueId)).toEqual([
    { conversationId: urgent.id, position: 1 },
    { conversationId: early.id, position: 2 },
    { conversationId: late.id, position: 3 },
  ]);
});

test('unread counts agents’ messages past the visitor’s mark, whatever notes lie between', async () => {
  const { desk, ada, visitor, id, put } = await chat();
  const agent = { kind: 'member' as const, id: ada.id };
  await put({});
  await put({ by: agent });
  await put({ kind: 'note.added', by: agent });
  await put({ by: agent });
  await put({ kind: 'line.said', data: { line: 'rate_us' }, by: { kind: 'system' } });
  const unread = async () => (await reads.outline(visitor.ctx, id))?.unread;
  expect(await unread()).toBe(2);
  await pool.query('UPDATE conversation SET visitor_read_seq = 2 WHERE id = $1', [id]);
  expect(await unread()).toBe(1);
  await pool.query('UPDATE conversation SET visitor_read_seq = 4 WHERE id = $1', [id]);
  expect(await unread()).toBe(0);
  expect(await reads.outlinesOf(desk.workspaceId, [id])).toMatchObject([
    { id, unread: 0, agent: { name: 'Ada' } },
  ]);
});

test('desk.open tells me, my workspace’s members, queues and canned replies, and nobody else’s', async () => {
  const [desk, other] = [await createDesk(pool, 'Shop'), await createDesk(pool)];
  const [bo, ada] = [await desk.member('Bo'), await desk.member('Ada', { role: 'admin' })];
  await other.member('Stranger');
  await pool.query(
    `INSERT INTO canned_reply (id, workspace_id, shortcut, body) VALUES ($1, $2, 'hi', 'Hello!')`,
    [randomUUID(), desk.workspaceId],
  );
  await members.setAvailability(ada.ctx, ada.id, 'available');
  const answer = await asMember(ada.ctx, 'desk.open', {});
  expect(answer).toMatchObject({
    workspace: { id: desk.workspaceId, name: 'Shop' },
    me: {
      id: ada.id,
      role: 'admin',
      availability: 'available',
      present: false,
      capacity: 4,
      load: 0,
    },
    queues: [{ id: desk.queueId, name: 'Support' }],
    cannedReplies: [{ shortcut: 'hi', body: 'Hello!' }],
    configRev: '1',
  });
  expect(answer.members.map((one) => one.id)).toEqual([ada.id, bo.id]);
  await pool.query('UPDATE member SET removed_at = now() WHERE id = $1', [ada.id]);
  await expect(asMember(ada.ctx, 'desk.open', {})).rejects.toMatchObject({ code: 'not_found' });
});

test('availability.set answers me as I am now', async () => {
  const desk = await createDesk(pool);
  const ada = await desk.member('Ada');
  const answer = await asMember(ada.ctx, 'availability.set', { availability: 'busy' });
  expect(answer.me).toMatchObject({ id: ada.id, availability: 'busy' });
});
