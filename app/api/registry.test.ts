import { readdirSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { ROLES, type Role, roleAtLeast } from '#lib/auth/roles.ts';
import { createTestDatabase } from '#server/test/database.ts';
import { CONFIG_CASES, type ConfigHome } from '#server/test/registry/config-cases.ts';

/**
 * Every configuration command tried as another workspace's owner, as each lesser role, and (through
 * the web process's own route) as nobody and from a page of another site; and every route of the web
 * process as nobody.
 */
const database = await createTestDatabase();
Object.assign(process.env, {
  DATABASE_URL: database.url,
  PARLOUR_SECRET: 'a secret of nothing but this test, long enough',
  PUBLIC_URL: 'http://desk.test',
});
// These read their settings once, when they are first used.
const { endPrisma, prisma } = await import('#lib/db/client.ts');
const { CONFIG_COMMANDS, configCommand } = await import('#lib/config/index.ts');
const { call, createTestDesk } = await import('#lib/config/test-desk.ts');
const db = prisma();
const ours = await createTestDesk(db, 'Ours');
const theirs = await createTestDesk(db, 'Theirs');
const members = { owner: ours.owner } as Record<Role, typeof ours.owner>;
for (const role of ROLES) members[role] ??= await ours.join(role);

afterAll(async () => {
  await endPrisma();
  await database.drop();
});

const home: ConfigHome = {
  queueId: ours.queueId,
  channelId: ours.channelId,
  join: () => ours.join('agent'),
  make: async (name, input) => (await call(db, ours.owner, name, input)).id,
};

const TABLES = [
  'audit_entry',
  'canned_reply',
  'channel',
  'channel_key',
  'flow',
  'flow_version',
  'invitation',
  'member',
  'member_skill',
  'queue',
  'queue_member',
  'queue_skill',
  'skill',
];

/** All configuration of a workspace, revision and audit trail included. */
async function fingerprint(): Promise<string> {
  const lines = TABLES.map(
    (table) => `SELECT t::text AS line FROM ${table} t WHERE workspace_id = $1`,
  );
  const { rows } = await database.pool.query<{ print: string }>(
    `SELECT md5(string_agg(line, E'\\n' ORDER BY line)) AS print FROM (
       SELECT w::text AS line FROM workspace w WHERE id = $1 UNION ALL ${lines.join(' UNION ALL ')}) AS l`,
    [ours.workspaceId],
  );
  return rows[0]?.print ?? '';
}

/** What came of an attempt: its error's code, or the answer. It must leave our workspace as it was. */
async function attempt(run: () => Promise<unknown>): Promise<{ code: string; text: string }> {
  const before = await fingerprint();
  const outcome = await run().then(
    (answer) => ({ code: 'ok', text: JSON.stringify(answer) ?? '' }),
    (error: { code?: string }) => ({ code: error.code ?? String(error), text: '' }),
  );
  expect(await fingerprint()).toBe(before);
  return outcome;
}

test('every configuration command has a case here', () => {
  expect(CONFIG_COMMANDS.map((one) => one.name).sort()).toEqual(Object.keys(CONFIG_CASES).sort());
});

describe.each(CONFIG_COMMANDS.map((one) => one.name))('%s', (name) => {
  test('I11: nobody but who may does it, and who may does', async () => {
    const command = configCommand(name);
    const known = CONFIG_CASES[name];
    if (!command || !known) throw new Error(`no case for the command ${name}: write one`);
    const input = await known.input(home);

    const abroad = await attempt(() => call(db, theirs.owner, name, input));
    expect(abroad.code).toBe(known.names ? 'not_found' : 'ok');
    for (const id of [
      ours.workspaceId,
      ours.ownerId,
      ours.queueId,
      ours.channelId,
      ours.ownerEmail,
    ]) {
      expect(abroad.text).not.toContain(id);
    }
    for (const role of ROLES.filter((one) => !roleAtLeast(one, command.role))) {
      expect([role, (await attempt(() => call(db, members[role], name, input))).code]).toEqual([
        role,
        'forbidden',
      ]);
    }
    const { POST } = await import('./config/[name]/route.ts');
    const asked = async (headers: Record<string, string>) => {
      const body = JSON.stringify(input);
      const request = new Request(`http://desk.test/api/config/${name}`, {
        method: 'POST',
        body,
        headers,
      });
      const response = await POST(request, { params: Promise.resolve({ name }) });
      const reply = (await response.json()) as { ok: boolean; error?: { code: string } };
      if (!reply.ok) throw reply.error;
    };
    const forged = { cookie: 'parlour.session_token=forged.forged' };
    expect((await attempt(() => asked({}))).code).toBe('unauthenticated');
    expect((await attempt(() => asked(forged))).code).toBe('unauthenticated');
    expect((await attempt(() => asked({ origin: 'https://evil.test' }))).code).toBe(
      'origin_refused',
    );

    await expect(call(db, members[command.role], name, input)).resolves.toBeDefined();
  });
});

/** A request whose body never ends; a reader without a bound would run out of memory. */
function endless(url: string): Request {
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(stream) {
      sent += 1;
      if (sent > 100) stream.error(new Error('the whole body was taken in'));
      else stream.enqueue(new Uint8Array(65_536).fill(32));
    },
  });
  const headers = { 'content-type': 'application/json' };
  return new Request(url, { method: 'POST', headers, body, duplex: 'half' } as RequestInit);
}

/** The web process's routes: what nobody gets from each. */
const WEB_ROUTES: Record<string, () => Promise<void>> = {
  'config/[name]': async () => {
    const { POST } = await import('./config/[name]/route.ts');
    const request = new Request('http://desk.test/api/config/x', { method: 'POST', body: '{}' });
    expect((await POST(request, { params: Promise.resolve({ name: '__proto__' }) })).status).toBe(
      404,
    );
  },
  'auth/[...all]': async () => {
    const { GET, POST } = await import('./auth/[...all]/route.ts');
    const ask = (path: string, body?: object) => {
      const headers = { 'content-type': 'application/json', origin: 'http://desk.test' };
      const init = body ? { method: 'POST', body: JSON.stringify(body), headers } : {};
      return (body ? POST : GET)(new Request(`http://desk.test/api/auth${path}`, init));
    };
    const account = { email: ours.ownerEmail, password: 'not the password', name: 'X' };
    expect((await ask('/sign-in/email', account)).status).toBe(401);
    expect(await (await ask('/get-session')).json()).toBeNull();
    expect((await ask('/list-sessions')).status).toBe(401);
    const changes = {
      organizationId: ours.workspaceId,
      currentPassword: 'long enough 1',
      newPassword: 'long enough 2',
    };
    for (const path of ['/revoke-other-sessions', '/change-password']) {
      expect([path, (await ask(path, changes)).status]).toEqual([path, 401]);
    }
    // Forms would pass by the limit for guessing passwords, and need no preflight.
    const form = new URLSearchParams(account);
    const url = 'http://desk.test/api/auth/sign-in/email';
    expect((await POST(new Request(url, { method: 'POST', body: form }))).status).toBe(415);
    expect((await POST(endless(url))).status).toBe(413);
    const guess = { email: 'nobody', password: 'x' };
    for (let tried = 0; tried < 10; tried += 1) {
      expect((await ask('/sign-in/email', guess)).status).toBe(400);
    }
    expect((await ask('/sign-in/email', guess)).status).toBe(429);
    // What is not named in the route does not exist, whatever the library offers there.
    const closed = [
      '/sign-up/email',
      '/organization/create',
      '/organization/list',
      '/organization/set-active',
      '/organization/invite-member',
      '/update-user',
    ];
    for (const path of closed) expect((await ask(path, account)).status).toBe(404);
  },
  setup: async () => {
    const { POST } = await import('./setup/route.ts');
    const input = {
      code: 'AAAA-BBBB-CCCC',
      workspace: 'W',
      name: 'N',
      email: 'n@example.test',
      password: 'long enough 1',
    };
    const post = (headers = {}) =>
      POST(
        new Request('http://desk.test/api/setup', {
          method: 'POST',
          body: JSON.stringify(input),
          headers,
        }),
      );
    expect((await POST(endless('http://desk.test/api/setup'))).status).toBe(413);
    expect((await post()).status).toBe(403);
    expect((await post({ origin: 'https://evil.test' })).status).toBe(403);
    await database.pool.query('UPDATE installation SET setup_at = now()');
    expect((await post()).status).toBe(409);
  },
  'invitations/accept': async () => {
    const { GET, POST } = await import('./invitations/accept/route.ts');
    const id = '019a0000-0000-7000-8000-000000000000';
    const url = `http://desk.test/api/invitations/accept?id=${id}`;
    expect((await GET(new Request(url))).status).toBe(404);
    const body = JSON.stringify({ id, name: 'N', password: 'long enough 1' });
    expect((await POST(new Request(url, { method: 'POST', body }))).status).toBe(404);
  },
};

function routesOf(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => /(^|\/)route\.tsx?$/.test(file))
    .map((file) => file.replace(/\/route\.tsx?$/, ''));
}

test('every API route of the web process has a case here', () => {
  expect(routesOf(import.meta.dirname).sort()).toEqual(Object.keys(WEB_ROUTES).sort());
});

test.each(Object.entries(WEB_ROUTES))('nobody gets anything from /api/%s', async (_, check) => {
  const before = await fingerprint();
  await check();
  expect(await fingerprint()).toBe(before);
});
