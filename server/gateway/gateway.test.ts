import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MemberEventWire } from '#lib/protocol/member.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { PROTOCOL_VERSION } from '#lib/protocol/version.ts';
import type { VisitorEvent } from '#lib/protocol/visitor.ts';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import { createDesk, type TestDesk } from '#server/test/desk.ts';
import {
  ask,
  askMember,
  askVisitor,
  connectTo,
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
  await db.pool.query('UPDATE channel SET allowed_origins = $2 WHERE id = $1', [
    shop.channelId,
    ['https://shop.example'],
  ]);
  desk = await runDesk(db.pool);
});

afterAll(async () => {
  await desk.close();
  await db.drop();
});

type Events<E> = { conversationId: string; events: E[] };

async function newVisitor() {
  const session = await desk.session(key);
  return { session, ...(await desk.visitor(session.token)) };
}

describe('D1: send, commit, ack, push', () => {
  test('the ack comes only after the commit, and every device of the visitor is pushed', async () => {
    const phone = await newVisitor();
    const laptop = await desk.visitor(phone.session.token);
    const sent = message('Hello');
    const ack = await askVisitor(phone, 'message.send', sent);
    const { rows } = await db.pool.query(
      'SELECT public_seq FROM event WHERE conversation_id = $1 AND client_id = $2',
      [ack.conversationId, sent.clientKey],
    );
    expect(rows).toEqual([{ public_seq: ack.seq }]);
    const pushed = await laptop.until<Events<VisitorEvent>>('events');
    expect(pushed.conversationId).toBe(sent.conversationId);
    expect(pushed.events.some((e) => e.kind === 'message' && e.text === 'Hello')).toBe(true);
  });

  test('an uncommitted message is not acknowledged: while its row is locked, no ack', async () => {
    const visitor = await newVisitor();
    const sent = message('one');
    await askVisitor(visitor, 'message.send', sent);
    const holder = await db.pool.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM conversation WHERE id = $1 FOR UPDATE', [
      sent.conversationId,
    ]);
    let acked = false;
    const second = askVisitor(visitor, 'message.send', message('two', sent.conversationId)).then(
      (a) => {
        acked = true;
        return a;
      },
    );
    // Another visitor's message goes through meanwhile, so the desk has had its turn.
    const other = await newVisitor();
    await askVisitor(other, 'message.send', message('elsewhere'));
    expect(acked).toBe(false);
    await holder.query('COMMIT');
    holder.release();
    expect((await second).seq).toBeGreaterThan(1);
  });

  test('D3: the last message of a burst that the fan-out lost is found by the heads', async () => {
    const visitor = await newVisitor();
    const sent = message('first');
    const { conversationId } = await askVisitor(visitor, 'message.send', sent);
    visitor.socket.close();
    const member = await shop.member('Ann');
    // Nobody listens now: whatever is pushed is lost.
    await db.pool.query(
      `INSERT INTO event (conversation_id, seq, workspace_id, public_seq, source, client_id, kind, actor_kind, actor_id, data)
       SELECT id, last_seq + 1, workspace_id, last_public_seq + 1, 'm:x', 'k', 'message.sent', 'member', $2, '{"text":"lost"}'
       FROM conversation WHERE id = $1`,
      [conversationId, member.id],
    );
    await db.pool.query(
      'UPDATE conversation SET last_seq = last_seq + 1, last_public_seq = last_public_seq + 1 WHERE id = $1',
      [conversationId],
    );
    const again = await desk.visitor(visitor.session.token);
    const { conversations } = await askVisitor(again, 'conversation.list', {});
    const head = conversations.find((c) => c.id === conversationId)?.head ?? 0;
    const { events } = await askVisitor(again, 'conversation.sync', {
      conversationId,
      after: head - 1,
    });
    expect(events.at(-1)).toMatchObject({ kind: 'message', text: 'lost', seq: head });
  });
});

describe('I12: what a visitor may see', () => {
  test('two visitors hear and reach nothing of each other', async () => {
    const a = await newVisitor();
    const b = await newVisitor();
    const { conversationId } = await askVisitor(a, 'message.send', message('a secret'));
    expect(await refusal(askVisitor(b, 'conversation.sync', { conversationId, after: 0 }))).toBe(
      'not_found',
    );
    expect(await refusal(askVisitor(b, 'typing', { conversationId, on: true }))).toBe('not_found');
    expect(await refusal(askVisitor(b, 'conversation.read', { conversationId, seq: 1 }))).toBe(
      'not_found',
    );
    expect(
      await refusal(askVisitor(b, 'conversation.end', { conversationId, clientKey: uuidv7() })),
    ).toBe('not_found');
    expect((await askVisitor(b, 'conversation.list', {})).conversations).toEqual([]);
    await askVisitor(a, 'message.send', message('another', conversationId));
    await askVisitor(b, 'message.send', message('mine'));
    await b.until<Events<VisitorEvent>>('events');
    expect(JSON.stringify(b.heard)).not.toContain('secret');
    expect(JSON.stringify(b.heard)).not.toContain(conversationId);
  });

  test('a note reaches members and never the visitor, and leaves no gap', async () => {
    const visitor = await newVisitor();
    const agent = await shop.member('Bea');
    const { conversationId } = await askVisitor(visitor, 'message.send', message('help'));
    const console_ = await desk.member(agent.id);
    await askMember(console_, 'conversation.take', { conversationId, clientKey: uuidv7() });
    await askMember(console_, 'conversation.open', { conversationId, after: 0 });
    await askMember(console_, 'note.add', {
      conversationId,
      clientKey: uuidv7(),
      text: 'difficult person',
    });
    await askMember(console_, 'message.send', {
      conversationId,
      clientKey: uuidv7(),
      text: 'hello there',
    });
    await console_.until<Events<MemberEventWire>>('events', ({ events }) =>
      events.some((e) => e.kind === 'note'),
    );
    await visitor.until<Events<VisitorEvent>>('events', ({ events }) =>
      events.some((e) => e.kind === 'message' && e.text === 'hello there'),
    );
    expect(JSON.stringify(visitor.heard)).not.toContain('difficult');
    const seqs = visitor.heard
      .filter(({ name }) => name === 'events')
      .flatMap(({ payload }) => (payload as Events<VisitorEvent>).events.map((e) => e.seq));
    expect(seqs).toEqual(seqs.map((_, index) => index + 1));
    const synced = await askVisitor(visitor, 'conversation.sync', { conversationId, after: 0 });
    expect(JSON.stringify(synced)).not.toContain('difficult');
    expect(JSON.stringify(synced)).not.toContain(agent.id);
  });
});

describe('I11: workspaces', () => {
  test('a member of another workspace neither opens nor hears a conversation', async () => {
    const other = await createDesk(db.pool, 'Other');
    const stranger = await other.member('Eve', { role: 'owner' });
    const visitor = await newVisitor();
    const { conversationId } = await askVisitor(visitor, 'message.send', message('private'));
    const console_ = await desk.member(stranger.id);
    for (const name of ['conversation.open', 'conversation.sync'] as const) {
      expect(await refusal(askMember(console_, name, { conversationId, after: 0 }))).toBe(
        'not_found',
      );
    }
    expect(await refusal(askMember(console_, 'typing', { conversationId, on: true }))).toBe(
      'not_found',
    );
    await askVisitor(visitor, 'message.send', message('private too', conversationId));
    await askMember(console_, 'desk.open', {});
    expect(JSON.stringify(console_.heard)).not.toContain('private');
    expect(JSON.stringify(console_.heard)).not.toContain(conversationId);
  });
});

describe('D8: protocol versions', () => {
  test('N−1 is served and told that it is outdated', async () => {
    const { token } = await desk.session(key, { v: PROTOCOL_VERSION - 1 });
    const older = await desk.visitor(token, { v: PROTOCOL_VERSION - 1 });
    expect(await older.until('outdated')).toEqual({ v: PROTOCOL_VERSION });
    expect((await askVisitor(older, 'message.send', message('still works'))).seq).toBeGreaterThan(
      0,
    );
  });

  test.each([
    [PROTOCOL_VERSION - 2, 'protocol_outdated'],
    // Another node may be newer: this one's page is asked for only when none is (decision 0125).
    [PROTOCOL_VERSION + 1, 'protocol_ahead'],
  ])('%i is refused with %s, whatever else it sends', async (v, code) => {
    const { token } = await desk.session(key);
    expect(await refusal(desk.visitor(token, { v }))).toBe(code);
    expect(await refusal(desk.visitor(token, { auth: { v, token: undefined } }))).toBe(code);
    expect(await refusal(desk.session(key, { v }))).toBe(code);
  });
});

describe('who may connect', () => {
  test('the main namespace is nobody’s', async () => {
    expect(await refusal(connectTo(desk.url))).toBe('not_found');
  });

  test('visitors: the desk’s own page and allowed origins, nobody else', async () => {
    const { token } = await desk.session(key);
    for (const origin of ['http://desk.example', 'https://shop.example']) {
      expect(await refusal(desk.visitor(token, { origin }))).toBe('accepted');
    }
    for (const origin of ['https://evil.example', 'https://shop.example.evil.example', 'null']) {
      expect(await refusal(desk.visitor(token, { origin }))).toBe('origin_refused');
    }
  });

  test('members: only the desk’s own page, with a session (CSWSH)', async () => {
    const { id } = await shop.member('Cleo');
    expect(await refusal(desk.member(id, { origin: 'https://shop.example' }))).toBe(
      'origin_refused',
    );
    expect(await refusal(desk.member(id))).toBe('accepted');
    expect(await refusal(desk.member(uuidv7()))).toBe('unauthenticated');
  });

  test('a forged, damaged or missing token is refused with its code', async () => {
    const { token } = await desk.session(key);
    const forged = `${token.slice(0, 10)}${token[10] === 'A' ? 'B' : 'A'}${token.slice(11)}`;
    expect(await refusal(desk.visitor(forged))).toBe('token_invalid');
    expect(await refusal(desk.visitor(''))).toBe('token_invalid');
    expect(await refusal(desk.visitor('x', { auth: { token: 7 } }))).toBe('invalid_input');
  });
});

describe('bad input leaves nothing half-written', () => {
  test.each([
    ['empty', '  ', 'text_empty'],
    ['NUL', 'a\0b', 'text_malformed'],
    ['half a surrogate pair', 'a\ud800b', 'text_malformed'],
    ['over 8 KB (D9)', 'ä'.repeat(4097), 'text_too_long'],
  ])('%s', async (_, text, code) => {
    const visitor = await newVisitor();
    const sent = message(text);
    expect(await refusal(askVisitor(visitor, 'message.send', sent))).toBe(code);
    const { rows } = await db.pool.query('SELECT 1 FROM conversation WHERE id = $1', [
      sent.conversationId,
    ]);
    expect(rows).toEqual([]);
  });

  test.each([
    ['no envelope', null],
    ['a text', 'hello'],
    ['unknown command', { name: 'workspace.drop', input: {} }],
    ['a name of Object', { name: 'constructor', input: {} }],
    ['no input', { name: 'message.send' }],
    [
      'wrong types',
      { name: 'message.send', input: { conversationId: 1, clientKey: [], text: {} } },
    ],
    [
      'a UUID of another version',
      {
        name: 'message.send',
        input: { ...message('x'), conversationId: '9b2e4f5e-31a1-4f5a-8a67-5b7f0f6d9d2a' },
      },
    ],
  ])('%s is answered invalid_input', async (_, body) => {
    const visitor = await newVisitor();
    const reply = await visitor.socket.emitWithAck('command', body);
    expect(reply).toMatchObject({ ok: false, error: { code: 'invalid_input' } });
  });

  test('NUL anywhere in the input is refused, not stored', async () => {
    const visitor = await newVisitor();
    const page = { url: 'https://shop.example/\0', title: 'x' };
    expect(await refusal(askVisitor(visitor, 'page.view', page))).toBe('text_malformed');
  });

  test('unknown ids and ids of another day', async () => {
    const visitor = await newVisitor();
    const unknown = uuidv7();
    expect(
      await refusal(
        askVisitor(visitor, 'conversation.sync', { conversationId: unknown, after: 0 }),
      ),
    ).toBe('not_found');
    const old = '01800000-0000-7000-8000-000000000000';
    expect(await refusal(askVisitor(visitor, 'message.send', message('x', old)))).toBe(
      'id_out_of_range',
    );
  });

  test('I5: an id in capitals is the same id, and opens no conversation without a log', async () => {
    const visitor = await newVisitor();
    const id = uuidv7();
    const first = await askVisitor(visitor, 'message.send', message('one', id.toUpperCase()));
    expect(first.conversationId).toBe(id);
    const again = { ...message('two', id.toUpperCase()), open: undefined };
    expect((await askVisitor(visitor, 'message.send', again)).seq).toBeGreaterThan(first.seq);
    const { rows } = await db.pool.query('SELECT id FROM conversation WHERE last_seq = 0');
    expect(rows).toEqual([]);
  });

  test('an oversized frame closes that socket only', async () => {
    const visitor = await newVisitor();
    const other = await newVisitor();
    const closed = new Promise((resolve) => visitor.socket.once('disconnect', resolve));
    visitor.socket.emit('command', { name: 'message.send', input: message('x'.repeat(70_000)) });
    await closed;
    expect((await askVisitor(other, 'message.send', message('fine'))).seq).toBeGreaterThan(0);
  });

  test('a malformed frame closes that socket only', async () => {
    const visitor = await newVisitor();
    const closed = new Promise((resolve) => visitor.socket.once('disconnect', resolve));
    const engine = visitor.socket.io.engine as unknown as { write(data: string): void };
    engine.write('2/visitor,7["command",{"name":');
    await closed;
    const other = await newVisitor();
    expect((await askVisitor(other, 'message.send', message('fine'))).seq).toBeGreaterThan(0);
  });

  test('a command without an ack, and unknown events, are ignored', async () => {
    const visitor = await newVisitor();
    visitor.socket.emit('command', { name: 'message.send', input: message('no ack') });
    visitor.socket.emit('join', 'w:everything');
    expect((await ask(visitor, 'conversation.list', {})).ok).toBe(true);
    expect(visitor.socket.connected).toBe(true);
  });
});
