import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Reply } from '#lib/protocol/envelope.ts';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import { createDesk, type TestDesk } from '#server/test/desk.ts';
import { ask, askVisitor, message, type RunningDesk, runDesk } from '#server/test/running-desk.ts';
import { RATES } from './rate-limit.ts';

let db: TestDatabase;
let shop: TestDesk;
let desk: RunningDesk;

/** Refills so slowly that a test never sees one. */
const slow = (burst: number) => ({ burst, perSecond: 0.001 });

beforeAll(async () => {
  db = await createTestDatabase();
  shop = await createDesk(db.pool);
  desk = await runDesk(db.pool, {
    rates: {
      ...RATES,
      message: { visitor: slow(3), member: slow(2), address: slow(1_000) },
      session: { ...RATES.session, address: slow(6) },
    },
  });
});

afterAll(async () => {
  await desk.close();
  await db.drop();
});

const codes = (replies: Reply<unknown>[]) => replies.map((r) => (r.ok ? 'ok' : r.error.code));

describe('D7: limits', () => {
  test('a visitor beyond the rate is told when to come again, over socket and HTTP alike', async () => {
    const key = `pk_${shop.channelId}`;
    const { token } = await desk.session(key);
    const visitor = await desk.visitor(token);
    const sent = message('one');
    const replies = [await ask(visitor, 'message.send', sent)];
    for (let n = 0; n < 3; n += 1) {
      replies.push(await ask(visitor, 'message.send', message('more', sent.conversationId)));
    }
    expect(codes(replies)).toEqual(['ok', 'ok', 'ok', 'rate_limited']);
    expect(replies[3]).toMatchObject({ error: { retryAfterMs: expect.any(Number) } });
    const http = await desk.post(
      '/api/v1/visitor/command',
      { name: 'message.send', input: message('over http', sent.conversationId) },
      { authorization: `Bearer ${token}` },
    );
    expect(http).toMatchObject({ status: 429, body: { error: { code: 'rate_limited' } } });
    // Reading is another class, and another visitor another bucket.
    await askVisitor(visitor, 'conversation.list', {});
    const other = await desk.visitor((await desk.session(key)).token);
    expect(codes([await ask(other, 'message.send', message('mine'))])).toEqual(['ok']);
    const { rows } = await db.pool.query(
      `SELECT count(*)::int AS n FROM event WHERE conversation_id = $1 AND kind = 'message.sent'`,
      [sent.conversationId],
    );
    expect(rows[0].n).toBe(3);
  });

  test('a member likewise', async () => {
    const { id } = await shop.member('Ann');
    const console_ = await desk.member(id);
    const note = () => ask(console_, 'note.add', { ...message('x'), open: undefined });
    expect(codes([await note(), await note(), await note()])).toEqual([
      'not_found',
      'not_found',
      'rate_limited',
    ]);
  });

  test('an address that opens sessions without end is stopped, and told so in a header', async () => {
    const body = { v: 2, key: `pk_${shop.channelId}` };
    const statuses = [];
    for (let n = 0; n < 8; n += 1) {
      const { status, headers } = await desk.post('/api/v1/visitor/session', body);
      statuses.push(status);
      if (status === 429) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect(statuses.at(-1)).toBe(429);
  });
});

describe('the desk goes down in good order', () => {
  test('what was accepted is answered first, and nothing new is taken', async () => {
    const leaving = await runDesk(db.pool);
    const { token } = await leaving.session(`pk_${shop.channelId}`);
    const visitor = await leaving.visitor(token);
    const sent = message('one');
    await askVisitor(visitor, 'message.send', sent);
    const holder = await db.pool.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM conversation WHERE id = $1 FOR UPDATE', [
      sent.conversationId,
    ]);
    const accepted = ask(visitor, 'message.send', message('two', sent.conversationId));
    await ask(visitor, 'conversation.list', {});
    const closing = leaving.gateway?.leave();
    expect(
      codes([await ask(visitor, 'message.send', message('three', sent.conversationId))]),
    ).toEqual(['unavailable']);
    await holder.query('COMMIT');
    holder.release();
    expect(codes([await accepted])).toEqual(['ok']);
    await closing;
    await leaving.close();
  });
});
