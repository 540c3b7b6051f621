import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClientPorts, StoragePort, VisitorClient } from '#lib/sdk/api.ts';
import { openSocket } from '#lib/sdk/core/socket.ts';
import { createMemoryStorage } from '#lib/sdk/visitor/index.ts';
import { isOnline, memberShows, visitorShows } from './shows.ts';
import { createStage, type Stage, until } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.close());

async function online(options: Parameters<Stage['visitor']>[0] = {}): Promise<VisitorClient> {
  const visitor = stage.visitor({ direct: true, ...options });
  visitor.start();
  await until('the visitor is online', () => isOnline(visitor));
  return visitor;
}

async function opened(visitor: VisitorClient, text = 'hi'): Promise<string> {
  visitor.send(text);
  await until('the first message is in the log', () => visitorShows(visitor).at(-1) === text);
  return visitor.getState().thread.conversationId ?? '';
}

/** Drops pushes of events while `dropping`, as a lossy fan-out would. */
function lossy(): { ports: Partial<ClientPorts>; dropping: boolean; dropped: number } {
  const state = {
    dropping: false,
    dropped: 0,
    ports: {
      openSocket: (request) =>
        openSocket({
          ...request,
          onPush(name, payload) {
            if (state.dropping && name !== 'typing') state.dropped += 1;
            else request.onPush(name, payload);
          },
        }),
    } satisfies Partial<ClientPorts>,
  };
  return state;
}

describe('what was lost is found', () => {
  it('S4: the last message of a burst, lost by the fan-out, by comparing heads', async () => {
    const network = lossy();
    const one = await online({ ports: network.ports });
    const id = await opened(one);
    const lin = await stage.desk.member('Lin');
    const agent = stage.member(lin, { direct: true });
    agent.start();
    await until('the agent is there', () => agent.getState().desk !== null);
    expect((await agent.take(id)).ok).toBe(true);
    await until('serving', () => one.getState().thread.stage === 'serving');
    agent.send(id, 'first');
    await until('the first one came', () => visitorShows(one).includes('first'));
    network.dropping = true;
    agent.send(id, 'last');
    await until('the push was lost', () => network.dropped > 0);
    expect(visitorShows(one)).not.toContain('last');
    await until('the heads told', () => visitorShows(one).includes('last'));
    expect(visitorShows(one)).toEqual(['hi', 'first', 'last']);
    agent.destroy();
  });

  it('S5: what happened while the visitor was away, with its next connection', async () => {
    const one = await online();
    const storage = createMemoryStorage();
    const away = await online({ storage });
    const id = await opened(away);
    away.destroy();
    one.destroy();
    const lin = await stage.desk.member('Mei');
    const agent = stage.member(lin, { direct: true });
    agent.start();
    await until('the agent is there', () => agent.getState().desk !== null);
    await agent.take(id);
    agent.openConversation(id);
    for (const text of ['a', 'b', 'c']) agent.send(id, text);
    await until('sent', () => memberShows(agent, id).length === 4);
    const back = await online({ storage });
    await until('all of it', () => visitorShows(back).length === 4);
    expect(visitorShows(back)).toEqual(['hi', 'a', 'b', 'c']);
    expect(back.getState().unread).toBe(3);
    agent.destroy();
  });
});

describe('over reloads and tabs', () => {
  it('S12: what was typed offline is delivered once and in order by the page after the reload', async () => {
    const storage = createMemoryStorage();
    const before = stage.visitor({ storage, direct: true });
    for (const text of ['one', 'two', 'three']) before.send(text);
    expect(visitorShows(before)).toEqual(['…one', '…two', '…three']);
    before.destroy();

    const after = stage.visitor({ storage, direct: true });
    expect(visitorShows(after)).toEqual(['…one', '…two', '…three']);
    after.start();
    await until(
      'delivered',
      () => visitorShows(after).length === 3 && visitorShows(after)[2] === 'three',
    );
    const id = after.getState().thread.conversationId ?? '';
    expect((await stage.messages(id)).map(({ text }) => text)).toEqual(['one', 'two', 'three']);
    after.destroy();

    const again = await online({ storage });
    await until('read back', () => visitorShows(again).length === 3);
    expect(visitorShows(again)).toEqual(['one', 'two', 'three']);
    expect((await stage.messages(id)).length).toBe(3);
  });

  it('S16, S70: two tabs that start at once settle on one visitor, keep still, and show the same', async () => {
    const storage = createMemoryStorage();
    const tabs = [stage.visitor({ storage }), stage.visitor({ storage })] as const;
    for (const tab of tabs) tab.start();
    tabs[0].send('from one');
    tabs[1].send('from two');
    await until('both in both', () => tabs.every((tab) => visitorShows(tab).length === 2));
    await until('nothing pending', () =>
      tabs.every((tab) => !visitorShows(tab).some((text) => text.startsWith('…'))),
    );
    expect(visitorShows(tabs[0])).toEqual(visitorShows(tabs[1]));
    const id = tabs[0].getState().thread.conversationId ?? '';
    expect(tabs[1].getState().thread.conversationId).toBe(id);
    expect((await stage.messages(id)).map(({ text }) => text).sort()).toEqual([
      'from one',
      'from two',
    ]);
    expect(stage.proxy.opened()).toBeLessThan(20);
  });

  it('S16: one of two tabs, both holding the same item, delivers it once', async () => {
    const storage = createMemoryStorage();
    stage.visitor({ storage }).send('once');
    const tabs = [stage.visitor({ storage }), stage.visitor({ storage })] as const;
    for (const tab of tabs) tab.start();
    await until('both show it', () => tabs.every((tab) => visitorShows(tab)[0] === 'once'));
    const id = tabs[0].getState().thread.conversationId ?? '';
    expect(await stage.messages(id)).toHaveLength(1);
  });

  it('S20: storage that throws costs nothing while the page lives', async () => {
    const refuse = () => {
      throw new DOMException('denied', 'SecurityError');
    };
    const broken: StoragePort = { get: refuse, keys: refuse, set: refuse, onChange: refuse };
    const visitor = await online({ storage: broken });
    await opened(visitor, 'all the same');
    expect(visitorShows(visitor)).toEqual(['all the same']);
  });
});

describe('where WebSockets are blocked', () => {
  it('S35: HTTPS carries the same, news comes by the long poll', async () => {
    const blocked: Partial<ClientPorts> = {
      openSocket(request) {
        const timer = setTimeout(() => request.onDisconnect(null), 1);
        return { emit() {}, close: () => clearTimeout(timer) };
      },
    };
    const visitor = await online({ ports: blocked });
    expect(visitor.getState().connection).toEqual({ kind: 'online', transport: 'https' });
    const id = await opened(visitor);
    const lin = await stage.desk.member('Ada');
    const agent = stage.member(lin, { direct: true });
    agent.start();
    await until('the agent is there', () => agent.getState().desk !== null);
    await agent.take(id);
    for (const text of ['x', 'y']) agent.send(id, text);
    await until('the poll told', () => visitorShows(visitor).length === 3);
    expect(visitorShows(visitor)).toEqual(['hi', 'x', 'y']);
    agent.destroy();
    visitor.destroy();
  });
});

describe('refusals', () => {
  it('S32: an outdated page is told to reload and keeps its outbox; one a generation behind works on', async () => {
    const storage = createMemoryStorage();
    const old = stage.visitor({ storage, direct: true, v: 0 });
    old.send('kept');
    old.start();
    await until('outdated', () => old.getState().connection.kind === 'outdated');
    old.destroy();
    const behind = await online({ storage, v: 1 });
    await until('told', () => behind.getState().outdated);
    await until('delivered', () => visitorShows(behind)[0] === 'kept');
  });

  it('S32: an unknown channel is final, and says so', async () => {
    const visitor = stage.visitor({ direct: true, key: 'pk_nobody' });
    visitor.start();
    await until('refused', () => visitor.getState().connection.kind === 'refused');
    expect(visitor.getState().connection).toMatchObject({ error: { code: 'not_found' } });
  });

  it('S18: a clock that is days off is corrected, also for what was written before', async () => {
    const ports = { now: () => Date.now() - 3 * 24 * 3600 * 1000 };
    const visitor = stage.visitor({ direct: true, ports });
    visitor.send('from the past');
    visitor.start();
    await until('delivered', () => visitorShows(visitor)[0] === 'from the past');
    await until('its outline is known', () => visitor.getState().conversations.length === 1);
  });

  it('S33: a token that is refused is replaced, and what was unsent goes out as the new visitor', async () => {
    const storage = createMemoryStorage();
    const first = await online({ storage });
    await opened(first);
    await stage.pool.query('UPDATE visitor SET token_rev = token_rev + 1');
    first.destroy();
    const second = stage.visitor({ storage, direct: true });
    second.send('as somebody new');
    second.start();
    await until('delivered', () => visitorShows(second).includes('as somebody new'));
    await until('one conversation', () => second.getState().conversations.length === 1);
    expect(visitorShows(second)).toEqual(['as somebody new']);
  });
});

describe('persons', () => {
  const secret = new TextEncoder().encode('a'.repeat(48));
  let kid = '';
  beforeAll(async () => {
    const { rows } = await stage.pool.query<{ id: string }>(
      `INSERT INTO channel_key (id, workspace_id, channel_id, algorithm, material)
       VALUES (uuidv7(), $1, $2, 'HS256', $3) RETURNING id`,
      [stage.desk.workspaceId, stage.desk.channelId, Buffer.from(secret).toString('base64url')],
    );
    kid = rows[0]?.id ?? '';
  });
  const tokenFor = (sub: string) =>
    new SignJWT({})
      .setProtectedHeader({ alg: 'HS256', kid })
      .setSubject(sub)
      .setAudience(`pk_${stage.desk.channelId}`)
      .setExpirationTime('1h')
      .sign(secret);

  it('S19, S71: on a shared computer nobody sends or sees what the person before left', async () => {
    const storage = createMemoryStorage();
    const alice = await online({ storage, identity: await tokenFor('alice') });
    expect(alice.getState().identified).toBe(true);
    const hers = await opened(alice, 'hello from alice');
    alice.destroy();
    const offline = stage.visitor({ storage, direct: true, identity: await tokenFor('alice') });
    offline.send('unsent by alice');
    offline.destroy();

    const guest = await online({ storage });
    await until('somebody new', () => guest.getState().conversations.length === 0);
    expect(visitorShows(guest)).toEqual([]);
    guest.destroy();

    const back = await online({ storage, identity: await tokenFor('alice') });
    await until('hers again', () => visitorShows(back).includes('unsent by alice'));
    expect(back.getState().thread.conversationId).toBe(hers);
    back.setIdentity(await tokenFor('bob'));
    expect(visitorShows(back)).toEqual([]);
    expect(back.getState().conversations).toEqual([]);
    back.send('i am bob');
    await until('sent', () => visitorShows(back)[0] === 'i am bob');
    expect((await stage.messages(hers)).map(({ text }) => text)).toEqual([
      'hello from alice',
      'unsent by alice',
    ]);
    back.logout();
    await until('nobody', () => isOnline(back) && back.getState().conversations.length === 0);
    expect(back.getState().identified).toBe(false);
    expect(visitorShows(back)).toEqual([]);
  });

  it('S70: a tab that names its person and one that does not leave each other alone', async () => {
    const storage = createMemoryStorage();
    const one = await online({ storage });
    const two = await online({ storage });
    const id = await opened(one, 'before signing in');
    await until('both show it', () => visitorShows(two).length === 1);
    one.setIdentity(await tokenFor('carol'));
    await until('named', () => isOnline(one) && one.getState().identified);
    await until('hers', () => one.getState().thread.conversationId === id);
    await until('the other is somebody new', () => isOnline(two) && visitorShows(two).length === 0);
    const visitors = async () =>
      (await stage.pool.query('SELECT count(*)::int AS n FROM visitor')).rows[0]?.n;
    const before = await visitors();
    one.send('as carol');
    two.send('as a guest');
    await until('both delivered', () =>
      [visitorShows(one).at(-1) === 'as carol', visitorShows(two).join() === 'as a guest'].every(
        Boolean,
      ),
    );
    expect(visitorShows(one)).toEqual(['before signing in', 'as carol']);
    expect(await visitors()).toBe(before);
    two.setIdentity(await tokenFor('carol'));
    await until('both are carol', () => two.getState().identified && isOnline(two));
    await until('and show the same', () => {
      const [mine, other] = [one, two].map((tab) =>
        tab.getState().conversations.map(({ id }) => id),
      );
      return (mine?.length ?? 0) > 0 && mine?.join() === other?.join() && isOnline(one);
    });
    for (const tab of [one, two]) tab.open(id);
    one.send('together');
    await until('in both', () => [one, two].every((tab) => visitorShows(tab).includes('together')));
  });
});
