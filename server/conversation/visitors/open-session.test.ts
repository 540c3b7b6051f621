import { randomBytes, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ParlourError } from '#lib/protocol/errors.ts';
import { until } from '#server/test/clock.ts';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import { createDesk, type TestDesk } from '#server/test/desk.ts';
import { insertConversation } from '#server/test/log.ts';
import { authenticateVisitor, channelOf, logOut, openSession, type VisitorDeps } from './index.ts';

let db: TestDatabase;
let shop: TestDesk;
let deps: VisitorDeps;
let now: number;
const secret = randomBytes(32);
const kid = randomUUID();
const nobody = { locale: undefined, userAgent: null, page: undefined };

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

beforeEach(async () => {
  now = Date.UTC(2026, 10, 21);
  deps = { pool: db.pool, tokenKey: randomBytes(32), now: () => now };
  shop = await createDesk(db.pool);
  await addKey(shop, kid);
});

async function addKey(desk: TestDesk, id: string) {
  await db.pool.query('DELETE FROM channel_key WHERE id = $1', [id]);
  await db.pool.query(
    `INSERT INTO channel_key (id, workspace_id, channel_id, algorithm, material) VALUES ($1, $2, $3, 'HS256', $4)`,
    [id, desk.workspaceId, desk.channelId, secret.toString('base64url')],
  );
}

const channel = (desk = shop) => channelOf(deps, `pk_${desk.channelId}`);

async function session(token?: string, identity?: string, desk = shop) {
  return openSession(deps, await channel(desk), { token, identity }, nobody);
}

function jwt(sub: string, claims: Record<string, unknown> = {}, desk = shop) {
  return new SignJWT({ sub, aud: `pk_${desk.channelId}`, exp: now / 1000 + 300, ...claims })
    .setProtectedHeader({ alg: 'HS256', kid })
    .sign(secret);
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ParlourError) return error.code;
    throw error;
  }
  return 'accepted';
}

const opens = (token: string) => authenticateVisitor(db.pool, deps.tokenKey, token, now);

async function conversation(
  visitor: { visitorId: string; contactId: string },
  phase: 'queued' | 'closed' = 'queued',
) {
  const { visitorId: id, contactId } = visitor;
  return insertConversation(db.pool, shop, { id, contactId } as never, { phase });
}

async function contactOf(conversationId: string): Promise<string> {
  const { rows } = await db.pool.query('SELECT contact_id FROM conversation WHERE id = $1', [
    conversationId,
  ]);
  return rows[0].contact_id;
}

describe('Identity: anonymous visitors', () => {
  test('a first visit starts somebody new, the token resumes them', async () => {
    const first = await session();
    const again = await session(first.token);
    expect(again.visitor.visitorId).toBe(first.visitor.visitorId);
    expect((await session()).visitor.visitorId).not.toBe(first.visitor.visitorId);
  });

  test('a forged, an expired or another channel’s token starts somebody new', async () => {
    const first = await session();
    const other = await createDesk(db.pool, 'Other');
    expect((await session(first.token, undefined, other)).visitor.visitorId).not.toBe(
      first.visitor.visitorId,
    );
    expect((await session('x'.repeat(79))).visitor.visitorId).not.toBe(first.visitor.visitorId);
    now += 181 * 24 * 3_600_000;
    expect(await codeOf(opens(first.token))).toBe('token_expired');
    expect((await session(first.token)).visitor.visitorId).not.toBe(first.visitor.visitorId);
  });

  test('a disabled channel takes no session and its tokens open nothing', async () => {
    const { token } = await session();
    await db.pool.query('UPDATE channel SET disabled_at = now() WHERE id = $1', [shop.channelId]);
    expect(await codeOf(session())).toBe('not_found');
    expect(await codeOf(opens(token))).toBe('token_invalid');
  });
});

describe('Identity: merging', () => {
  test('a never identified visitor becomes the person, once, and the token is rotated', async () => {
    const anonymous = await session();
    const talk = await conversation(anonymous.visitor);
    const named = await session(
      anonymous.token,
      await jwt('u-1', { name: 'Ada', email: 'ada@shop.example' }),
    );
    expect(named).toMatchObject({
      rotated: true,
      visitor: { visitorId: anonymous.visitor.visitorId, identified: true },
    });
    expect(await contactOf(talk)).toBe(named.visitor.contactId);
    const log = await db.pool.query(
      `SELECT e.seq = c.last_seq AS newest, e.public_seq, e.kind, e.data FROM event e
       JOIN conversation c ON c.id = e.conversation_id WHERE e.conversation_id = $1`,
      [talk],
    );
    expect(log.rows).toEqual([
      {
        newest: true,
        public_seq: null,
        kind: 'contact.identified',
        data: { contactId: named.visitor.contactId, name: 'Ada', email: 'ada@shop.example' },
      },
    ]);
    expect(await codeOf(opens(anonymous.token))).toBe('token_invalid');
    expect((await opens(named.token)).contactId).toBe(named.visitor.contactId);
    const { rows } = await db.pool.query(
      'SELECT external_id, name, email FROM contact WHERE id = $1',
      [named.visitor.contactId],
    );
    expect(rows).toEqual([{ external_id: 'u-1', name: 'Ada', email: 'ada@shop.example' }]);
  });

  test('a second device brings its anonymous conversation to the same person', async () => {
    const phone = await session(undefined, await jwt('u-1'));
    const laptop = await session();
    const talk = await conversation(laptop.visitor);
    const merged = await session(laptop.token, await jwt('u-1'));
    expect(merged.visitor.contactId).toBe(phone.visitor.contactId);
    expect(await contactOf(talk)).toBe(phone.visitor.contactId);
  });

  test('where the person has an open conversation already, the anonymous one stays reachable by its browser', async () => {
    const phone = await session(undefined, await jwt('u-1'));
    await conversation(phone.visitor);
    const laptop = await session();
    const earlier = await conversation(laptop.visitor, 'closed');
    const open = await conversation(laptop.visitor);
    const merged = await session(laptop.token, await jwt('u-1'));
    expect(merged.visitor.contactId).toBe(phone.visitor.contactId);
    expect(await contactOf(earlier)).toBe(phone.visitor.contactId);
    expect(await contactOf(open)).toBe(laptop.visitor.contactId);
    const { rows } = await db.pool.query('SELECT visitor_id FROM conversation WHERE id = $1', [
      open,
    ]);
    expect(rows[0].visitor_id).toBe(merged.visitor.visitorId);
  });

  test('two tabs identify at once: one merges, nobody fails, both are the person', async () => {
    const anonymous = await session();
    const identity = await jwt('u-1');
    const both = await Promise.all([
      session(anonymous.token, identity),
      session(anonymous.token, identity),
    ]);
    expect(both.filter(({ rotated }) => rotated)).toHaveLength(1);
    expect(new Set(both.map(({ visitor }) => visitor.contactId)).size).toBe(1);
    for (const { token } of both) expect((await opens(token)).identified).toBe(true);
  });

  test('the same person in two workspaces is two contacts', async () => {
    const other = await createDesk(db.pool, 'Other');
    const here = await session(undefined, await jwt('u-1'));
    await addKey(other, kid);
    const there = await session(undefined, await jwt('u-1', {}, other), other);
    expect(there.visitor.contactId).not.toBe(here.visitor.contactId);
  });

  test('a merge that waited for a conversation is later in its log than what it waited for', async () => {
    const anonymous = await session();
    const conversationId = await conversation(anonymous.visitor);
    const holder = await db.pool.connect();
    try {
      await holder.query('BEGIN');
      await holder.query('SELECT FROM conversation WHERE id = $1 FOR UPDATE', [conversationId]);
      const merging = session(anonymous.token, await jwt('late'));
      await until(async () => {
        const { rowCount } = await db.pool.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return (rowCount ?? 0) > 0;
      });
      const { rows } = await holder.query<{ at: Date }>(
        `SELECT date_trunc('milliseconds', clock_timestamp()) AS at`,
      );
      await holder.query('COMMIT');
      await merging;
      const told = await db.pool.query<{ at: Date }>(
        `SELECT created_at AS at FROM event WHERE conversation_id = $1 AND kind = 'contact.identified'`,
        [conversationId],
      );
      expect(Number(told.rows[0]?.at)).toBeGreaterThanOrEqual(Number(rows[0]?.at));
    } finally {
      holder.release();
    }
  });
});

describe('Identity: a shared computer, nobody inherits anybody’s chat', () => {
  test('an identified token without the JWT starts somebody new', async () => {
    const ada = await session(undefined, await jwt('ada'));
    const someone = await session(ada.token);
    expect(someone.visitor.contactId).not.toBe(ada.visitor.contactId);
    expect(someone.visitor.identified).toBe(false);
  });

  test('an identified token with another person’s JWT starts a new visitor of that person', async () => {
    const ada = await session(undefined, await jwt('ada'));
    const talk = await conversation(ada.visitor);
    const bob = await session(ada.token, await jwt('bob'));
    expect(bob.visitor.visitorId).not.toBe(ada.visitor.visitorId);
    expect(bob.visitor.contactId).not.toBe(ada.visitor.contactId);
    expect(bob.rotated).toBe(false);
    expect(await contactOf(talk)).toBe(ada.visitor.contactId);
    expect((await opens(ada.token)).contactId).toBe(ada.visitor.contactId);
  });

  test('the same person with their JWT resumes', async () => {
    const ada = await session(undefined, await jwt('ada'));
    const again = await session(ada.token, await jwt('ada'));
    expect(again.visitor.visitorId).toBe(ada.visitor.visitorId);
  });

  test('an identified token does not outlive the page by long', async () => {
    const ada = await session(undefined, await jwt('ada'));
    now += 12 * 3_600_000;
    expect(await codeOf(opens(ada.token))).toBe('token_expired');
  });

  test('logging out ends every token of the visitor', async () => {
    const { token, visitor } = await session();
    await logOut(db.pool, visitor);
    expect(await codeOf(opens(token))).toBe('token_invalid');
    expect((await session(token)).visitor.visitorId).not.toBe(visitor.visitorId);
  });
});

describe('Identity: a JWT that does not hold is refused and changes nothing', () => {
  test('wrong signature, revoked key, other channel', async () => {
    const { token, visitor } = await session();
    const forged = `${(await jwt('ada')).slice(0, -4)}AAAA`;
    expect(await codeOf(session(token, forged))).toBe('identity_invalid');
    const good = await jwt('ada');
    const other = await createDesk(db.pool, 'Other');
    expect(await codeOf(session(undefined, good, other))).toBe('identity_invalid');
    await db.pool.query('UPDATE channel_key SET revoked_at = now() WHERE id = $1', [kid]);
    expect(await codeOf(session(token, good))).toBe('identity_invalid');
    expect((await opens(token)).visitorId).toBe(visitor.visitorId);
  });
});
