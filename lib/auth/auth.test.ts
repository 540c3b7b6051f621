import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';

let database: TestDatabase;
const data = mkdtempSync(join(tmpdir(), 'parlour-auth-'));

/** lib/auth as a process with these settings has it. */
async function processWith(settings: Record<string, string>) {
  vi.resetModules();
  for (const key of ['parlourAuth', 'parlourPrisma']) Reflect.deleteProperty(globalThis, key);
  for (const [name, value] of Object.entries({
    DATABASE_URL: database.url,
    PARLOUR_DATA: data,
    HOST: '127.0.0.1',
    PORT: '3000',
    PUBLIC_URL: '',
    ...settings,
  })) {
    vi.stubEnv(name, value);
  }
  const { auth, trustedOrigins } = await import('./auth.ts');
  const { memberOf } = await import('./session.ts');
  const { prisma, endPrisma } = await import('#lib/db/client.ts');
  const { createTestDesk } = await import('#lib/config/test-desk.ts');
  const { createMember, createUser } = await import('#lib/config/create-workspace.ts');
  const signIn = async (email: string, password: string, origin = 'http://localhost:3000') => {
    const response = await auth().handler(
      new Request(`${origin}/api/auth/sign-in/email`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin },
        body: JSON.stringify({ email, password }),
      }),
    );
    const cookie = response.headers.getSetCookie()[0] ?? '';
    return { response, cookie, headers: new Headers({ cookie: cookie.split(';')[0] ?? '' }) };
  };
  return {
    signIn,
    memberOf,
    trustedOrigins,
    db: prisma(),
    endPrisma,
    createTestDesk,
    createMember,
    createUser,
  };
}

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await database.drop();
  rmSync(data, { recursive: true, force: true });
});

const password = 'long enough 1';

describe('signing in', () => {
  test('the cookie names the member, until the member is removed', async () => {
    const here = await processWith({});
    const desk = await here.createTestDesk(here.db);
    const { response, cookie, headers } = await here.signIn(desk.ownerEmail, password);
    expect(response.status).toBe(200);
    expect(cookie).toMatch(/HttpOnly/i);
    expect(cookie).toMatch(/SameSite=Lax/i);
    expect(await here.memberOf(headers)).toMatchObject({
      memberId: desk.ownerId,
      workspaceId: desk.workspaceId,
      role: 'owner',
    });
    await here.db.member.update({ where: { id: desk.ownerId }, data: { removedAt: new Date() } });
    expect(await here.memberOf(headers)).toBeNull();
    await here.endPrisma();
  });

  test('a wrong password, a forged cookie and no cookie are nobody', async () => {
    const here = await processWith({});
    const desk = await here.createTestDesk(here.db);
    const wrong = await here.signIn(desk.ownerEmail, 'something else');
    expect(wrong.response.status).toBe(401);
    const { headers } = await here.signIn(desk.ownerEmail, password);
    const forged = (headers.get('cookie') ?? '').replace(/.{6}$/, 'AAAAAA');
    expect(await here.memberOf(new Headers({ cookie: forged }))).toBeNull();
    expect(await here.memberOf(new Headers())).toBeNull();
    await here.endPrisma();
  });

  test('I11: asking for a workspace one does not belong to gives nobody', async () => {
    const here = await processWith({});
    const mine = await here.createTestDesk(here.db);
    const other = await here.createTestDesk(here.db);
    const { headers } = await here.signIn(mine.ownerEmail, password);
    expect(await here.memberOf(headers, mine.workspaceId)).not.toBeNull();
    expect(await here.memberOf(headers, other.workspaceId)).toBeNull();
    await here.endPrisma();
  });

  test('another site cannot sign its visitors in', async () => {
    const here = await processWith({});
    const desk = await here.createTestDesk(here.db);
    const foreign = await here.signIn(desk.ownerEmail, password, 'https://evil.example');
    expect(foreign.response.status).toBe(403);
    await here.endPrisma();
  });

  test('the cookie is secure exactly where browsers come over HTTPS', async () => {
    const here = await processWith({ PUBLIC_URL: 'https://desk.example' });
    const desk = await here.createTestDesk(here.db);
    const { cookie } = await here.signIn(desk.ownerEmail, password, 'https://desk.example');
    expect(cookie).toMatch(/^__Secure-parlour/);
    expect(cookie).toMatch(/; Secure/);
    expect(here.trustedOrigins()).toEqual(['https://desk.example']);
    await here.endPrisma();
  });
});

describe('demo accounts', () => {
  const email = 'eve@demo.parlour.example';

  test.each<[string, Record<string, string>]>([
    ['a non-loopback bind', { HOST: '0.0.0.0' }],
    ['a public address in front of loopback', { PUBLIC_URL: 'https://desk.example' }],
  ])('are refused behind %s, and so is a session from before', async (_, settings) => {
    const local = await processWith({});
    const desk = await local.createTestDesk(local.db);
    await local.db.user.deleteMany({ where: { email } });
    const userId = await local.createUser(local.db, { name: 'Eve', email, password });
    await local.createMember(local.db, desk.workspaceId, userId, 'agent');
    const before = await local.signIn(email, password);
    expect(await local.memberOf(before.headers)).not.toBeNull();
    await local.endPrisma();

    const open = await processWith(settings);
    const origin = settings.PUBLIC_URL ?? 'http://localhost:3000';
    const { response } = await open.signIn(email, password, origin);
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ code: 'DEMO_REFUSED' });
    const plain = new Headers(before.headers);
    expect(await open.memberOf(plain)).toBeNull();
    await open.endPrisma();
  });
});
