import { randomBytes, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ConversationRow } from '#lib/protocol/member.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import type { VisitorEvent } from '#lib/protocol/visitor.ts';
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
const secret = randomBytes(32);
const kid = randomUUID();

beforeAll(async () => {
  db = await createTestDatabase();
  shop = await createDesk(db.pool);
  key = `pk_${shop.channelId}`;
  await db.pool.query(
    `INSERT INTO channel_key (id, workspace_id, channel_id, algorithm, material) VALUES ($1, $2, $3, 'HS256', $4)`,
    [kid, shop.workspaceId, shop.channelId, secret.toString('base64url')],
  );
  desk = await runDesk(db.pool);
});

afterAll(async () => {
  await desk.close();
  await db.drop();
});

const jwt = (sub: string, name = sub) =>
  new SignJWT({ sub, name, aud: key })
    .setExpirationTime('5m')
    .setProtectedHeader({ alg: 'HS256', kid })
    .sign(secret);

type Events = { conversationId: string; events: VisitorEvent[] };

const hears = (listener: Listener, text: string) =>
  listener.until<Events>('events', ({ events }) =>
    events.some((event) => event.kind === 'message' && event.text === text),
  );

async function agentServing(name: string, conversationId: string) {
  const console_ = await desk.member((await shop.member(name)).id);
  await askMember(console_, 'conversation.take', { conversationId, clientKey: uuidv7() });
  const say = (text: string) =>
    askMember(console_, 'message.send', { conversationId, clientKey: uuidv7(), text });
  return { console_, say };
}

describe('Identity over the wire', () => {
  test('who signs in in the middle of a chat goes on with it, and the anonymous token is worth nothing', async () => {
    const before = await desk.session(key);
    const old = await desk.visitor(before.token);
    const { conversationId } = await askVisitor(old, 'message.send', message('who am I?'));
    const { console_, say } = await agentServing('Ann', conversationId);
    const { cursor } = await askMember(console_, 'inbox.list', { view: 'mine' });

    const gone = new Promise((resolve) => old.socket.once('disconnect', resolve));
    const named = await desk.session(key, {
      token: before.token,
      identity: await jwt('ada', 'Ada'),
    });
    await gone;
    expect(old.heard.map(({ name }) => name)).toContain('revoked');
    expect(await refusal(desk.visitor(before.token))).toBe('token_invalid');
    expect(named).toMatchObject({ identified: true, visitorId: before.visitorId });
    expect(named.conversations.map(({ id }) => id)).toEqual([conversationId]);

    const now = await desk.visitor(named.token);
    await say('you are Ada');
    await hears(now, 'you are Ada');
    await askVisitor(now, 'message.send', message('so I am', conversationId));
    const { rows } = await askMember(console_, 'inbox.sync', { cursor });
    const contact = rows.find((row: ConversationRow) => row.id === conversationId)?.contact;
    expect(contact).toMatchObject({ name: 'Ada', identified: true });
  });

  test('with an open conversation on another device each device keeps its own, and hears it', async () => {
    const phone = await desk.session(key, { identity: await jwt('bob') });
    const onPhone = await desk.visitor(phone.token);
    await askVisitor(onPhone, 'message.send', message('from the phone'));
    const anonymous = await desk.session(key);
    const { conversationId } = await askVisitor(
      await desk.visitor(anonymous.token),
      'message.send',
      message('from the laptop'),
    );
    const laptop = await desk.session(key, { token: anonymous.token, identity: await jwt('bob') });
    expect(laptop.conversations).toHaveLength(2);
    const onLaptop = await desk.visitor(laptop.token);
    const { say } = await agentServing('Ben', conversationId);
    await say('hello laptop');
    await hears(onLaptop, 'hello laptop');
    await askVisitor(onLaptop, 'message.send', message('hello agent', conversationId));
    expect(JSON.stringify(onPhone.heard)).not.toContain('hello laptop');
  });

  test('a shared computer: the next person neither sees nor hears the last one’s chat', async () => {
    const cleo = await desk.session(key, { identity: await jwt('cleo') });
    const { conversationId } = await askVisitor(
      await desk.visitor(cleo.token),
      'message.send',
      message('cleo’s secret'),
    );
    const { say } = await agentServing('Cat', conversationId);
    for (const identity of [undefined, await jwt('dan')]) {
      const next = await desk.session(key, { token: cleo.token, identity });
      expect(next.conversations).toEqual([]);
      const socket = await desk.visitor(next.token);
      await say('still secret');
      expect(
        await refusal(askVisitor(socket, 'conversation.sync', { conversationId, after: 0 })),
      ).toBe('not_found');
      expect(JSON.stringify(socket.heard)).not.toContain('secret');
    }
  });
});
