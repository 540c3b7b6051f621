import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MemberEventWire } from '#lib/protocol/member.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import type { VisitorEvent } from '#lib/protocol/visitor.ts';
import type { DeskOptions } from '#server/desk.ts';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import { createDesk, type TestDesk } from '#server/test/desk.ts';
import { NO_REDIS, startRedis } from '#server/test/redis-server.ts';
import {
  askMember,
  askVisitor,
  memberByCookie,
  message,
  type RunningDesk,
  runDesk,
} from '#server/test/running-desk.ts';

/** One node, the default, needs no Redis: where there is none, the reason stands in the title. */
describe.runIf(NO_REDIS === null)(`two nodes over Redis${NO_REDIS ? ` (${NO_REDIS})` : ''}`, () => {
  let redis: Awaited<ReturnType<typeof startRedis>>;
  let db: TestDatabase;
  let shop: TestDesk;
  let nodes: [RunningDesk, RunningDesk];
  let settings: DeskOptions['settings'];
  const tokenKey = Buffer.alloc(32, 7);

  beforeAll(async () => {
    redis = await startRedis();
    db = await createTestDatabase();
    shop = await createDesk(db.pool);
    settings = {
      host: '127.0.0.1',
      port: 0,
      publicUrl: 'http://desk.example',
      trustProxyHops: 0,
      webOrigin: undefined,
      redisUrl: redis.url,
    };
    const run = () => runDesk(db.pool, { settings, tokenKey });
    nodes = [await run(), await run()];
  });

  afterAll(async () => {
    for (const node of nodes) await node.close();
    await db.drop();
    await redis.stop();
  });

  type Events<E> = { conversationId: string; events: E[] };

  test('what one node commits is heard on the other, as soon as a join is answered', async () => {
    const [here, there] = nodes;
    const { token } = await here.session(`pk_${shop.channelId}`);
    for (let round = 0; round < 8; round += 1) {
      const visitor = await here.visitor(token);
      const agent = await shop.member(`Agent ${round}`, { role: 'supervisor' });
      const { conversationId } = await askVisitor(visitor, 'message.send', message('hello'));
      const console_ = await there.member(agent.id);
      await askMember(console_, 'conversation.open', { conversationId, after: 0 });
      const text = `at once ${round}`;
      await askVisitor(visitor, 'message.send', message(text, conversationId));
      await console_.until<Events<MemberEventWire>>('events', ({ events }) =>
        events.some((e) => e.kind === 'message' && e.text === text),
      );
      console_.socket.close();
      visitor.socket.close();
    }
  });

  test('after a loss of Redis every socket is told to look what it missed', async () => {
    const [, there] = nodes;
    const { token } = await there.session(`pk_${shop.channelId}`);
    const visitor = await there.visitor(token);
    const console_ = await there.member((await shop.member('Cut')).id);
    const operator = await createClient({ url: redis.url }).connect();
    await operator.sendCommand(['CLIENT', 'KILL', 'TYPE', 'pubsub']);
    await visitor.until('heads');
    await console_.until('inbox');
    operator.destroy();
    visitor.socket.close();
    console_.socket.close();
  });

  test('who leaves and comes back before Redis answered is still told', async () => {
    const [here, there] = nodes;
    const { token } = await there.session(`pk_${shop.channelId}`);
    const before = await there.visitor(token);
    const { conversationId } = await askVisitor(before, 'message.send', message('hello'));
    const agent = await shop.member('Mo', { role: 'supervisor' });
    const console_ = await here.member(agent.id);
    const operator = await createClient({ url: redis.url }).connect();
    await operator.sendCommand(['CLIENT', 'PAUSE', '700', 'ALL']);
    before.socket.close();
    const again = await there.visitor(token);
    await askMember(console_, 'conversation.take', { conversationId, clientKey: uuidv7() });
    // Only once everything asked of Redis is through does a lost subscription show.
    await operator.ping();
    await askMember(console_, 'message.send', {
      conversationId,
      clientKey: uuidv7(),
      text: 'still there?',
    });
    await again.until<Events<VisitorEvent>>('events', ({ events }) =>
      events.some((e) => e.kind === 'message' && e.text === 'still there?'),
    );
    operator.destroy();
    again.socket.close();
    console_.socket.close();
  });

  test('I12: what one node takes out of an agent’s sight is hidden at once on the other', async () => {
    const [here] = nodes;
    const find = memberByCookie(db.pool);
    let asked = 0;
    // The recheck after 15 s, which would find it too, finds nobody's session any more.
    const findMember: typeof find = (...who) => {
      asked += 1;
      return asked === 1 ? find(...who) : new Promise(() => {});
    };
    const there = await runDesk(db.pool, { settings, tokenKey, findMember });
    const { token } = await here.session(`pk_${shop.channelId}`);
    const visitor = await here.visitor(token);
    const { conversationId } = await askVisitor(visitor, 'message.send', message('hello'));
    const onlooker = await there.member((await shop.member('Ona')).id);
    await askMember(onlooker, 'conversation.open', { conversationId, after: 0 });
    const boss = await here.member((await shop.member('Bo', { role: 'supervisor' })).id);
    const clientKey = () => uuidv7();
    await askMember(boss, 'conversation.take', { conversationId, clientKey: clientKey() });
    const queueId = await shop.queue('Elsewhere');
    const to = { kind: 'queue' as const, queueId };
    await askMember(boss, 'transfer.request', { conversationId, clientKey: clientKey(), to });
    expect(await onlooker.until('hidden')).toEqual({ conversationId });
    expect(there.gateway?.watch.listeners(conversationId)).toBe(0);
    await there.close();
  });

  test('presence, typing and revocation cross nodes', async () => {
    const [here, there] = nodes;
    const { token } = await here.session(`pk_${shop.channelId}`);
    const visitor = await here.visitor(token);
    const { conversationId } = await askVisitor(visitor, 'message.send', message('hello'));
    const agent = await shop.member('Ann');
    const console_ = await there.member(agent.id);
    await askMember(console_, 'conversation.take', { conversationId, clientKey: uuidv7() });
    const opened = await askMember(console_, 'conversation.open', { conversationId, after: 0 });
    expect(opened.visitor.online).toBe(true);
    await askMember(console_, 'typing', { conversationId, on: true });
    await visitor.until('typing');
    await askMember(console_, 'message.send', {
      conversationId,
      clientKey: uuidv7(),
      text: 'from there',
    });
    await visitor.until<Events<VisitorEvent>>('events', ({ events }) =>
      events.some((e) => e.kind === 'message' && e.text === 'from there'),
    );
    const gone = new Promise((resolve) => visitor.socket.once('disconnect', resolve));
    await there.post('/api/v1/visitor/logout', {}, { authorization: `Bearer ${token}` });
    await gone;
    expect(visitor.heard.map(({ name }) => name)).toContain('revoked');
  });
});

describe('without its Redis', () => {
  test('a desk starts, and its own sockets hear everything', async () => {
    const db = await createTestDatabase();
    const shop = await createDesk(db.pool);
    const desk = await runDesk(db.pool, {
      settings: {
        host: '127.0.0.1',
        port: 0,
        publicUrl: 'http://desk.example',
        trustProxyHops: 0,
        webOrigin: undefined,
        // The discard port: nobody listens.
        redisUrl: 'redis://127.0.0.1:9',
      },
    });
    const { token } = await desk.session(`pk_${shop.channelId}`);
    const [phone, laptop] = [await desk.visitor(token), await desk.visitor(token)];
    await askVisitor(phone, 'message.send', message('hello'));
    expect(await laptop.until('events')).toMatchObject({ events: expect.any(Array) });
    await desk.close();
    await db.drop();
  });
});
