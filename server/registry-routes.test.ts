import { io } from 'socket.io-client';
import { afterAll, describe, expect, test } from 'vitest';
import { PROTOCOL_VERSION } from '#lib/protocol/version.ts';
import { newKey } from './test/factories.ts';
import { type Agent, createWorld, OWN_ORIGIN } from './test/registry/world.ts';

/** Every HTTP route of the desk and both namespaces of sockets, tried as who may not. */
const world = await createWorld();
const visitor = await world.visitor();
const routes = world.desk.http.routes();
const nameOf = (route: { method: string; path: string }) => `${route.method} ${route.path}`;

afterAll(() => world.close());

/** A loaded machine takes its time; what never comes still fails. */
const PATIENT = { timeout: 10_000 };

const SESSION = { v: PROTOCOL_VERSION, key: world.home.channelKey };

/** A body that would do for each route, were its sender somebody; public ones say what they refuse. */
const CASES: Record<
  string,
  { body?: object; refuses?: [object, Record<string, string>, number][] }
> = {
  'GET /healthz': { refuses: [] },
  'GET /readyz': { refuses: [] },
  'GET /metrics': { refuses: [[{}, { 'x-forwarded-for': '203.0.113.9' }, 404]] },
  'POST /api/v1/visitor/session': {
    body: SESSION,
    refuses: [
      [{ ...SESSION, key: 'unknown' }, { origin: OWN_ORIGIN }, 404],
      [SESSION, { origin: 'https://evil.test' }, 403],
      [{ ...SESSION, identity: 'forged.forged.forged' }, { origin: OWN_ORIGIN }, 401],
    ],
  },
  'POST /api/v1/visitor/command': { body: { name: 'conversation.list', input: {} } },
  'POST /api/v1/visitor/poll': { body: { heads: {} } },
  'GET /api/v1/visitor/unread': {},
  'POST /api/v1/visitor/logout': { body: {} },
  'POST /api/v1/member/command': { body: { name: 'desk.open', input: {} } },
};

test('every route of the desk has a case here', () => {
  expect(routes.map(nameOf).sort()).toEqual(Object.keys(CASES).sort());
});

async function ask(
  route: { method: string; path: string },
  body: object | undefined,
  headers: Record<string, string>,
) {
  const response = await fetch(`http://127.0.0.1:${world.desk.port}${route.path}`, {
    method: route.method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(route.method === 'POST' ? { body: JSON.stringify(body ?? {}) } : {}),
  });
  return { status: response.status, text: await response.text() };
}

describe.each(routes)('$method $path', (route) => {
  const known = CASES[nameOf(route)];

  test('I11: it answers nobody who may not', async () => {
    if (!known) throw new Error(`no case for the route ${nameOf(route)}: write one`);
    const { authorization } = world.tokenOf(visitor);
    const { cookie } = world.cookieOf(world.ada);
    const origin = OWN_ORIGIN;
    const evil = 'https://evil.test';
    const refused: Record<
      typeof route.audience,
      [object | undefined, Record<string, string>, number][]
    > = {
      public: (known.refuses ?? []).map(([body, headers, status]) => [body, headers, status]),
      visitor: [
        [known.body, { origin }, 401],
        [known.body, { origin, cookie }, 401],
        [known.body, { origin, authorization: `${authorization.slice(0, -4)}AAAA` }, 401],
        [known.body, { origin: evil, authorization }, 403],
      ],
      member: [
        [known.body, { origin }, 401],
        [known.body, { origin, authorization }, 401],
        [known.body, { origin, cookie: 'member=forged' }, 401],
        [known.body, { origin: evil, cookie }, 403],
      ],
    };
    expect(route.audience === 'public').toBe(known.refuses !== undefined);
    const before = await world.fingerprint({ id: world.ada.id });
    for (const [body, headers, status] of refused[route.audience]) {
      const answer = await ask(route, body, headers);
      expect([headers, answer.status]).toEqual([headers, status]);
      expect(answer.text).not.toContain(world.home.queueId);
    }
    expect(await world.fingerprint({ id: world.ada.id })).toBe(before);
    // It would wait until something happens.
    if (route.path === '/api/v1/visitor/poll') return;
    const rightful = {
      public: { origin },
      visitor: { origin, authorization },
      member: { origin, cookie },
    };
    expect((await ask(route, known.body, rightful[route.audience])).status).toBe(200);
  });
});

/** Resolves with the error's code, or `connected`. */
function connect(
  namespace: string,
  auth: object,
  extraHeaders: Record<string, string>,
): Promise<string> {
  const socket = io(`http://127.0.0.1:${world.desk.port}${namespace}`, {
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    auth,
    extraHeaders,
  });
  return new Promise<string>((resolve) => {
    socket.once('connect', () => resolve('connected'));
    socket.once('connect_error', (error: Error & { data?: { code?: string } }) =>
      resolve(error.data?.code ?? error.message),
    );
  }).finally(() => socket.close());
}

test('I11: no socket opens for nobody, for a forged or foreign token, or from another site', async () => {
  const v = PROTOCOL_VERSION;
  const token = world.tokenOf(await world.visitor()).authorization.replace('Bearer ', '');
  const { cookie } = world.cookieOf(world.ada);
  const origin = OWN_ORIGIN;
  const tries: [string, object, Record<string, string>, string][] = [
    ['/visitor', { v }, { origin }, 'invalid_input'],
    ['/visitor', { v, token: '' }, { origin }, 'token_invalid'],
    ['/visitor', { v, token: `${token.slice(0, -4)}AAAA` }, { origin }, 'token_invalid'],
    ['/visitor', { v, token }, { origin: 'https://evil.test' }, 'origin_refused'],
    ['/visitor', { v: 0, token }, { origin }, 'protocol_outdated'],
    ['/visitor', { v, token }, { origin }, 'connected'],
    ['/member', { v }, { origin }, 'unauthenticated'],
    ['/member', { v, token }, { origin }, 'unauthenticated'],
    ['/member', { v }, { origin, cookie: 'member=forged' }, 'unauthenticated'],
    ['/member', { v }, { origin: 'https://evil.test', cookie }, 'origin_refused'],
    ['/member', { v, workspaceId: world.abroad.id }, { origin, cookie }, 'unauthenticated'],
    ['/member', { v }, { origin, cookie }, 'connected'],
    ['/', { v, token }, { origin, cookie }, 'not_found'],
  ];
  for (const [namespace, auth, headers, outcome] of tries) {
    expect([namespace, auth, await connect(namespace, auth, headers)]).toEqual([
      namespace,
      auth,
      outcome,
    ]);
  }
});

/** A member's socket, and what it was pushed. */
async function socketOf(who: Agent) {
  const socket = io(`http://127.0.0.1:${world.desk.port}/member`, {
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    auth: { v: PROTOCOL_VERSION },
    extraHeaders: world.cookieOf(who),
  });
  const heard: string[] = [];
  socket.onAny((name: string) => heard.push(name));
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  const command = (name: string, input: object): Promise<unknown> =>
    socket.emitWithAck('command', { name, input });
  return { heard, command, close: () => socket.close() };
}

test('I11: a socket runs the same checks as HTTP, and joins no room of what it may not see', async () => {
  const conversationId = await world.served(world.ada);
  const [ada, outsider] = [await socketOf(world.ada), await socketOf(world.outsider)];
  const open = { conversationId, after: 0 };
  const note = { conversationId, clientKey: newKey(), text: 'x' };
  const refused = { ok: false, error: { code: 'not_found' } };
  expect(await outsider.command('conversation.open', open)).toMatchObject(refused);
  expect(await outsider.command('note.add', note)).toMatchObject(refused);
  expect(await ada.command('conversation.open', open)).toMatchObject({ ok: true });
  expect(await ada.command('message.send', note)).toMatchObject({ ok: true });
  await expect.poll(() => ada.heard, PATIENT).toContain('events');
  // Whatever was sent to the outsider before this answer has arrived with it.
  await outsider.command('inbox.counts', {});
  expect(outsider.heard).not.toContain('events');
  ada.close();
  outsider.close();
});
