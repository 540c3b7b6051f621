import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import { createDesk, type TestDesk } from '#server/test/desk.ts';
import { type RunningDesk, runDesk } from '#server/test/running-desk.ts';

let db: TestDatabase;
let shop: TestDesk;
let desk: RunningDesk;

beforeAll(async () => {
  db = await createTestDatabase();
  shop = await createDesk(db.pool);
  desk = await runDesk(db.pool);
});

afterAll(async () => {
  await desk.close();
  await db.drop();
});

/** Every route of the desk; one that is not listed here fails the first test. */
const ROUTES: Record<string, 'public' | 'visitor' | 'member'> = {
  'GET /healthz': 'public',
  'GET /readyz': 'public',
  'GET /metrics': 'public',
  'POST /api/v1/visitor/session': 'public',
  'POST /api/v1/visitor/command': 'visitor',
  'POST /api/v1/visitor/poll': 'visitor',
  'GET /api/v1/visitor/unread': 'visitor',
  'POST /api/v1/visitor/logout': 'visitor',
  'POST /api/v1/member/command': 'member',
};

test('the routes are known, each with who may call it', () => {
  const actual = desk.http
    .routes()
    .map(({ method, path, audience }) => [`${method} ${path}`, audience]);
  expect(Object.fromEntries(actual)).toEqual(ROUTES);
});

async function call(route: string, headers: Record<string, string>): Promise<string> {
  const [method = '', path] = route.split(' ');
  const answer = await fetch(`${desk.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(method === 'POST' ? { body: '{}' } : {}),
  });
  return (await answer.json()).error?.code ?? 'ok';
}

const routesOf = (audience: string) =>
  Object.keys(ROUTES).filter((route) => ROUTES[route] === audience);

test.each(routesOf('visitor'))(
  '%s: not for nobody, a member, a forger, or a foreign page',
  async (route) => {
    const { id } = await shop.member('Ann');
    const { token } = await desk.session(`pk_${shop.channelId}`);
    expect(await call(route, {})).toBe('unauthenticated');
    expect(await call(route, { cookie: `member=${id}`, origin: 'http://desk.example' })).toBe(
      'unauthenticated',
    );
    expect(await call(route, { authorization: `Bearer ${token.slice(0, -6)}AAAAAA` })).toBe(
      'token_invalid',
    );
    expect(
      await call(route, { authorization: `Bearer ${token}`, origin: 'https://evil.example' }),
    ).toBe('origin_refused');
  },
);

test.each(routesOf('member'))('%s: not for nobody, a visitor, or a foreign page', async (route) => {
  const { id } = await shop.member('Bea');
  const { token } = await desk.session(`pk_${shop.channelId}`);
  const own = { origin: 'http://desk.example' };
  expect(await call(route, own)).toBe('unauthenticated');
  expect(await call(route, { ...own, authorization: `Bearer ${token}` })).toBe('unauthenticated');
  expect(await call(route, { cookie: `member=${id}`, origin: 'https://evil.example' })).toBe(
    'origin_refused',
  );
  expect(await call(route, { cookie: `member=${id}` })).toBe('origin_refused');
});
