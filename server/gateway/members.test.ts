import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ConversationRow, MemberView } from '#lib/protocol/member.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import type { VisitorConversation } from '#lib/protocol/visitor.ts';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import { createDesk, type TestDesk } from '#server/test/desk.ts';
import {
  askMember,
  askVisitor,
  type Listener,
  message,
  type RunningDesk,
  refusal,
  runDesk,
} from '#server/test/running-desk.ts';

let db: TestDatabase;
let shop: TestDesk;
let desk: RunningDesk;
let key: string;

beforeAll(async () => {
  db = await createTestDatabase();
  shop = await createDesk(db.pool);
  key = `pk_${shop.channelId}`;
  desk = await runDesk(db.pool);
});

afterAll(async () => {
  await desk.close();
  await db.drop();
});

async function newVisitor() {
  const session = await desk.session(key);
  return { session, ...(await desk.visitor(session.token)) };
}

/** A visitor's conversation that an agent has taken and looks at. */
async function serving(name: string) {
  const visitor = await newVisitor();
  const { conversationId } = await askVisitor(visitor, 'message.send', message('hello'));
  const agent = await shop.member(name);
  // As lib/config does for whoever joins: names are read again.
  await db.pool.query('UPDATE workspace SET config_rev = config_rev + 1 WHERE id = $1', [
    shop.workspaceId,
  ]);
  await desk.gateway?.watch.watchConfig();
  const console_ = await desk.member(agent.id);
  await askMember(console_, 'conversation.take', { conversationId, clientKey: uuidv7() });
  await askMember(console_, 'conversation.open', { conversationId, after: 0 });
  return { visitor, agent, console_, conversationId };
}

const gone = ({ socket }: Listener) => new Promise((resolve) => socket.once('disconnect', resolve));

describe('pushes to members', () => {
  test('the inbox is told that something changed, however little this member has open', async () => {
    const { id } = await shop.member('Ann');
    const console_ = await desk.member(id);
    await askVisitor(await newVisitor(), 'message.send', message('hi'));
    expect(await console_.until('inbox')).toEqual({});
  });

  test('a transfer reaches its target with the row, and nobody else', async () => {
    const { conversationId, console_ } = await serving('Bea');
    const target = await shop.member('Cleo');
    const bystander = await desk.member((await shop.member('Dan')).id);
    const tab = await desk.member(target.id);
    const second = await desk.member(target.id);
    await askMember(tab, 'availability.set', { availability: 'available' });
    await askMember(console_, 'transfer.request', {
      conversationId,
      clientKey: uuidv7(),
      to: { kind: 'member', memberId: target.id },
    });
    for (const one of [tab, second]) {
      const { row } = await one.until<{ row: ConversationRow }>('offer');
      expect(row).toMatchObject({ id: conversationId, targetMemberId: target.id });
    }
    expect(bystander.heard.map(({ name }) => name)).not.toContain('offer');
  });

  test('D5: typing goes both ways, never to the log', async () => {
    const { visitor, console_, conversationId } = await serving('Eve');
    await askVisitor(visitor, 'typing', { conversationId, on: true });
    expect(await console_.until('typing')).toMatchObject({
      conversationId,
      on: true,
      by: { kind: 'visitor' },
    });
    await askMember(console_, 'typing', { conversationId, on: true });
    expect(await visitor.until('typing')).toEqual({ conversationId, name: 'Eve', on: true });
    const other = await desk.member((await shop.member('Fay')).id);
    expect(await refusal(askMember(other, 'typing', { conversationId, on: true }))).toBe(
      'not_owner',
    );
    const { rows } = await db.pool.query(
      `SELECT 1 FROM event WHERE conversation_id = $1 AND kind LIKE '%typing%'`,
      [conversationId],
    );
    expect(rows).toEqual([]);
  });

  test('D6: read marks reach the other side', async () => {
    const { visitor, console_, conversationId } = await serving('Gil');
    const { seq } = await askMember(console_, 'message.send', {
      conversationId,
      clientKey: uuidv7(),
      text: 'yes?',
    });
    const { conversations } = await askVisitor(visitor, 'conversation.list', {});
    await askVisitor(visitor, 'conversation.read', {
      conversationId,
      seq: conversations[0]?.head ?? 0,
    });
    const read = await console_.until<{ visitorReadSeq: number }>(
      'read',
      ({ visitorReadSeq }) => visitorReadSeq >= seq,
    );
    expect(read).toMatchObject({ conversationId });
    await askMember(console_, 'conversation.read', { conversationId, seq });
    const outline = await visitor.until<VisitorConversation>(
      'conversation',
      (c) => c.agentReadSeq > 0,
    );
    expect(outline.id).toBe(conversationId);
  });

  test('the visitor’s page, and whether they are there', async () => {
    const { visitor, console_, conversationId } = await serving('Hal');
    const page = { url: 'https://shop.example/cart', title: 'Cart' };
    await askVisitor(visitor, 'page.view', page);
    expect(await console_.until('visitor')).toEqual({ conversationId, online: true, page });
    const opened = await askMember(console_, 'conversation.open', { conversationId, after: 0 });
    expect(opened.visitor).toMatchObject({ online: true, page });
    visitor.socket.close();
    await console_.until<{ online: boolean }>('visitor', ({ online }) => !online);
    const later = await askMember(console_, 'conversation.open', { conversationId, after: 0 });
    expect(later.visitor.online).toBe(false);
  });

  test('over plain HTTPS they are there too', async () => {
    const { token } = await desk.session(key);
    const sent = message('no socket here');
    const over = (name: string, input: unknown) =>
      desk.post('/api/v1/visitor/command', { name, input }, { authorization: `Bearer ${token}` });
    await over('message.send', sent);
    const { conversationId } = sent;
    const console_ = await desk.member((await shop.member('Ian')).id);
    await askMember(console_, 'conversation.take', { conversationId, clientKey: uuidv7() });
    const opened = await askMember(console_, 'conversation.open', { conversationId, after: 0 });
    expect(opened.visitor.online).toBe(true);
  });

  test('places in the queue move on', async () => {
    const [first, second] = [await newVisitor(), await newVisitor()];
    const sent = await askVisitor(first, 'message.send', message('first'));
    await askVisitor(second, 'message.send', message('second'));
    const before =
      (await askVisitor(second, 'conversation.list', {})).conversations[0]?.position ?? 0;
    const agent = await desk.member((await shop.member('Ida')).id);
    await askMember(agent, 'conversation.take', {
      conversationId: sent.conversationId,
      clientKey: uuidv7(),
    });
    const moved = await second.until<VisitorConversation>(
      'conversation',
      ({ position }) => position === before - 1,
    );
    expect(moved.stage).toBe('waiting');
  });

  test('presence merged over tabs: others hear of the first connect and the last disconnect', async () => {
    const watcher = await desk.member((await shop.member('Jan')).id);
    const { id } = await shop.member('Kim');
    const tabs = [await desk.member(id), await desk.member(id)];
    await watcher.until<MemberView>('member', (view) => view.id === id && view.present);
    tabs[0]?.socket.close();
    await askMember(watcher, 'desk.open', {});
    tabs[1]?.socket.close();
    await watcher.until<MemberView>('member', (view) => view.id === id && !view.present);
    const { rows } = await db.pool.query(
      `SELECT data->>'to' AS present FROM member_event
       WHERE member_id = $1 AND kind = 'member.presence_changed' ORDER BY (data->>'rev')::int`,
      [id],
    );
    expect(rows).toEqual([{ present: 'true' }, { present: 'false' }]);
  });
});

describe('sockets do not outlive what let them in', () => {
  test('a removed member is turned out at the next recheck', async () => {
    const { id } = await shop.member('Lea');
    const console_ = await desk.member(id);
    const closed = gone(console_);
    await db.pool.query(
      'UPDATE member SET removed_at = now(), auth_rev = auth_rev + 1 WHERE id = $1',
      [id],
    );
    await desk.gateway?.watch.recheckMembers();
    await closed;
    expect(console_.heard.map(({ name }) => name)).toContain('revoked');
  });

  test('a changed role counts from the next recheck on', async () => {
    const { id } = await shop.member('Max', { role: 'supervisor', queues: [] });
    const console_ = await desk.member(id);
    const { conversationId } = await askVisitor(await newVisitor(), 'message.send', message('hi'));
    await askMember(console_, 'conversation.open', { conversationId, after: 0 });
    await db.pool.query(`UPDATE member SET role = 'agent', auth_rev = auth_rev + 1 WHERE id = $1`, [
      id,
    ]);
    await desk.gateway?.watch.recheckMembers();
    expect(
      await refusal(askMember(console_, 'conversation.open', { conversationId, after: 0 })),
    ).toBe('not_found');
    const before = console_.heard.filter(({ name }) => name === 'events').length;
    const { rows } = await db.pool.query('SELECT visitor_id FROM conversation WHERE id = $1', [
      conversationId,
    ]);
    expect(rows).toHaveLength(1);
    await askMember(console_, 'inbox.counts', {});
    expect(console_.heard.filter(({ name }) => name === 'events')).toHaveLength(before);
  });

  test('I12: an agent out of whose sight a conversation goes hears no more of it', async () => {
    const elsewhere = await shop.queue('Elsewhere');
    const { visitor, console_, conversationId } = await serving('Mia');
    await askMember(console_, 'transfer.request', {
      conversationId,
      clientKey: uuidv7(),
      to: { kind: 'queue', queueId: elsewhere },
    });
    await expect
      .poll(async () => {
        await askMember(console_, 'inbox.counts', {});
        return desk.gateway?.watch.listeners(conversationId);
      })
      .toBe(0);
    expect(await console_.until('hidden')).toEqual({ conversationId });
    const before = console_.heard.filter(({ name }) => name === 'events').length;
    await askVisitor(visitor, 'message.send', message('still there?', conversationId));
    await askMember(console_, 'inbox.counts', {});
    expect(console_.heard.filter(({ name }) => name === 'events')).toHaveLength(before);
  });

  test('I12: an agent who is taken out of a queue hears no more of what they had open there', async () => {
    const { conversationId } = await serving('Ola');
    const onlooker = await shop.member('Second');
    const watching = await desk.member(onlooker.id);
    await askMember(watching, 'conversation.open', { conversationId, after: 0 });
    const listening = () => desk.gateway?.watch.listeners(conversationId);
    expect(listening()).toBe(2);
    // As lib/config does: the queue's members are replaced, the revision moves, nobody's role does.
    await db.pool.query('DELETE FROM queue_member WHERE member_id = $1', [onlooker.id]);
    await db.pool.query('UPDATE workspace SET config_rev = config_rev + 1 WHERE id = $1', [
      shop.workspaceId,
    ]);
    await desk.gateway?.watch.watchConfig();
    expect(listening()).toBe(1);
    expect(await watching.until('hidden')).toEqual({ conversationId });
  });

  test('I12: what goes out of sight while it is being opened is not listened to', async () => {
    const elsewhere = await shop.queue('Out of sight');
    const { console_, conversationId } = await serving('Noa');
    const onlooker = await shop.member('Onlooker');
    const open = desk.gateway?.registry.find('member', 'conversation.open');
    const joined = new Set<string>();
    const opening = open?.run(
      onlooker.ctx,
      { conversationId, after: 0 },
      {
        running: 0,
        leaving: false,
        async join(room) {
          await askMember(console_, 'transfer.request', {
            conversationId,
            clientKey: uuidv7(),
            to: { kind: 'queue', queueId: elsewhere },
          });
          joined.add(room);
        },
        async leave(room) {
          joined.delete(room);
        },
        isIn: (room) => joined.has(room),
      },
    );
    await expect(opening).rejects.toMatchObject({ code: 'not_found' });
    expect(joined).toEqual(new Set());
  });

  test('a visitor of a disabled channel, or whose token was rotated, is turned out', async () => {
    const visitor = await newVisitor();
    const closed = gone(visitor);
    await db.pool.query('UPDATE visitor SET token_rev = token_rev + 1 WHERE id = $1', [
      visitor.session.visitorId,
    ]);
    await desk.gateway?.watch.recheckVisitors();
    await closed;
    expect(visitor.heard.map(({ name }) => name)).toContain('revoked');
  });

  test('a changed configuration is told, to this workspace only', async () => {
    const other = await createDesk(db.pool, 'Other');
    const stranger = await desk.member((await other.member('Nan')).id);
    const console_ = await desk.member((await shop.member('Ola')).id);
    await desk.gateway?.watch.watchConfig();
    await db.pool.query('UPDATE workspace SET config_rev = config_rev + 1 WHERE id = $1', [
      shop.workspaceId,
    ]);
    await desk.gateway?.watch.watchConfig();
    expect(await console_.until('config')).toEqual({ configRev: expect.any(String) });
    expect(stranger.heard.map(({ name }) => name)).not.toContain('config');
  });

  test('a conversation that was left is heard of no more', async () => {
    const { visitor, console_, conversationId } = await serving('Pia');
    await askMember(console_, 'conversation.leave', { conversationId });
    const before = console_.heard.filter(({ name }) => name === 'events').length;
    await askVisitor(visitor, 'message.send', message('anybody?', conversationId));
    await askMember(console_, 'desk.open', {});
    expect(console_.heard.filter(({ name }) => name === 'events')).toHaveLength(before);
  });
});
