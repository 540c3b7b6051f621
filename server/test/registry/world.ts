import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { MemberSession } from '#lib/auth/session.ts';
import { signVisitorToken } from '#lib/auth/visitor-token.ts';
import type { Reply } from '#lib/protocol/envelope.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { type Conversations, createConversations } from '#server/conversation/index.ts';
import { type Desk, startDesk } from '#server/desk.ts';
import { RATES, type RateTable } from '#server/gateway/index.ts';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import {
  makeMember,
  makeQueue,
  makeVisitor,
  makeWorkspace,
  newKey,
  systemCtx,
  type TestMember,
  type TestVisitor,
  type TestWorkspace,
} from '../factories.ts';

/** The desk's own origin, which may send members' cookies. */
export const OWN_ORIGIN = 'http://desk.test';

const root = join(import.meta.dirname, '..', '..', '..');
/** Nobody is slowed down: who may not is to be refused for that reason alone. */
const UNLIMITED = Object.fromEntries(
  Object.keys(RATES).map((name) => {
    const rate = { burst: 1e9, perSecond: 1e9 };
    return [name, { visitor: rate, member: rate, address: rate }];
  }),
) as RateTable;

export interface Agent extends TestMember {
  session: MemberSession;
}

/** What the message in every conversation of the victims says; in no answer to anybody else. */
export const SECRET = 'the-secret-of-the-victim';

/** A running desk with two workspaces, and everybody who might try something. */
export interface World {
  database: TestDatabase;
  desk: Desk;
  home: TestWorkspace;
  abroad: TestWorkspace;
  /** Of the home queue. */
  ada: Agent;
  bo: Agent;
  /** Of the home queue, with no part in anything. */
  colleague: Agent;
  /** At home, of no queue and no role above agent. */
  outsider: Agent;
  supervisor: Agent;
  /** Owner of the other workspace. */
  stranger: Agent;
  visitor(of?: TestWorkspace): Promise<TestVisitor>;
  /** Sends as whom the headers say. */
  post(path: string, body: unknown, headers: Record<string, string>): Promise<Reply<unknown>>;
  asMember(who: Agent, name: string, input: unknown): Promise<Reply<unknown>>;
  asVisitor(who: TestVisitor, name: string, input: unknown): Promise<Reply<unknown>>;
  cookieOf(who: Agent): { cookie: string; origin: string };
  tokenOf(who: TestVisitor): { authorization: string; origin: string };
  /** Conversations in the states that commands need. */
  queued(by?: TestVisitor): Promise<string>;
  served(by: Agent): Promise<string>;
  offered(to: Agent): Promise<string>;
  transferring(from: Agent, to: Agent): Promise<string>;
  wrapup(of: Agent): Promise<string>;
  /** Everything live of the home workspace but what belongs to the one who tries. */
  fingerprint(except: { id: string; contactId?: string }): Promise<string>;
  close(): Promise<void>;
}

const FINGERPRINT = `SELECT md5(coalesce(string_agg(line, E'\\n' ORDER BY line), '')) AS print FROM (
  SELECT c::text FROM conversation c WHERE workspace_id = $1 AND contact_id IS DISTINCT FROM $3
  UNION ALL SELECT e::text FROM event e WHERE workspace_id = $1 AND conversation_id IN
    (SELECT id FROM conversation WHERE workspace_id = $1 AND contact_id IS DISTINCT FROM $3)
  UNION ALL SELECT t::text FROM timer t WHERE workspace_id = $1 AND conversation_id IN
    (SELECT id FROM conversation WHERE workspace_id = $1 AND contact_id IS DISTINCT FROM $3)
  UNION ALL SELECT r::text FROM member_read r WHERE workspace_id = $1
  UNION ALL SELECT s::text FROM member_state s WHERE workspace_id = $1 AND member_id <> $2
  UNION ALL SELECT m::text FROM member_event m WHERE workspace_id = $1 AND member_id <> $2
  UNION ALL SELECT k::text FROM contact k WHERE workspace_id = $1 AND id IS DISTINCT FROM $3
  UNION ALL SELECT v::text FROM visitor v WHERE workspace_id = $1 AND id <> $2
) AS rows (line)`;

export async function createWorld(): Promise<World> {
  const database = await createTestDatabase();
  const { pool } = database;
  const sessions = new Map<string, MemberSession>();
  const tokenKey = randomBytes(32);
  const desk = await startDesk({
    settings: {
      host: '127.0.0.1',
      port: 0,
      publicUrl: OWN_ORIGIN,
      trustProxyHops: 0,
      webOrigin: undefined,
      redisUrl: undefined,
    },
    // No worker: nothing moves but what a test moves.
    roles: new Set(['realtime']),
    pool,
    findMember: async (headers, workspaceId) => {
      const id = /(?:^|; )member=([^;]+)/.exec(headers.get('cookie') ?? '')?.[1] ?? '';
      const session = sessions.get(id) ?? null;
      return session && workspaceId && session.workspaceId !== workspaceId ? null : session;
    },
    tokenKey,
    migrations: join(root, 'prisma', 'migrations'),
    widgetFolder: join(root, 'public', 'widget'),
    rates: UNLIMITED,
  });
  // Another node on the same database, for what only the system does.
  const node: Conversations = createConversations({ pool });
  const [home, abroad] = [await makeWorkspace(pool), await makeWorkspace(pool)];

  const agent = async (
    workspace: TestWorkspace,
    options: Parameters<typeof makeMember>[2] = {},
  ): Promise<Agent> => {
    const member = await makeMember(pool, workspace, { capacity: 1_000, ...options });
    const session: MemberSession = {
      userId: member.userId,
      memberId: member.id,
      workspaceId: workspace.id,
      role: member.role,
      authRev: 1,
      name: options.name ?? 'Somebody',
      email: 'somebody@example.test',
    };
    sessions.set(member.id, session);
    return { ...member, session };
  };
  const [ada, bo] = [await agent(home, { name: 'Ada' }), await agent(home, { name: 'Bo' })];
  const colleague = await agent(home, { name: 'Cy' });
  const outsider = await agent(home, { name: 'Out', queueIds: [await makeQueue(pool, home.id)] });
  const supervisor = await agent(home, { name: 'Sue', role: 'supervisor' });
  const stranger = await agent(abroad, { name: 'Stranger', role: 'owner' });

  const visitor = (of = home) => makeVisitor(pool, of);
  const cookieOf = (who: Agent) => ({ cookie: `member=${who.id}`, origin: OWN_ORIGIN });
  const tokenOf = (who: TestVisitor) => {
    const expiresAt = Date.now() + 3_600_000;
    const token = signVisitorToken(tokenKey, { visitorId: who.visitorId, rev: 1, expiresAt });
    return { authorization: `Bearer ${token}`, origin: OWN_ORIGIN };
  };
  const post = async (path: string, body: unknown, headers: Record<string, string>) => {
    const response = await fetch(`http://127.0.0.1:${desk.port}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return (await response.json()) as Reply<unknown>;
  };
  const asMember = (who: Agent, name: string, input: unknown) =>
    post('/api/v1/member/command', { name, input }, cookieOf(who));
  const asVisitor = (who: TestVisitor, name: string, input: unknown) =>
    post('/api/v1/visitor/command', { name, input }, tokenOf(who));

  const done = async (reply: Promise<Reply<unknown>>) => {
    const answer = await reply;
    if (!answer.ok) throw new Error(`could not prepare: ${JSON.stringify(answer.error)}`);
  };
  const queued = async (by?: TestVisitor) => {
    const conversationId = uuidv7();
    const input = { conversationId, clientKey: newKey(), text: SECRET, open: {} };
    await done(asVisitor(by ?? (await visitor()), 'message.send', input));
    return conversationId;
  };
  const served = async (by: Agent) => {
    const conversationId = await queued();
    await done(asMember(by, 'conversation.take', { conversationId, clientKey: newKey() }));
    return conversationId;
  };
  const transferring = async (from: Agent, to: Agent) => {
    const conversationId = await served(from);
    const target = { kind: 'member', memberId: to.id };
    const input = { conversationId, clientKey: newKey(), to: target, note: SECRET };
    await done(asMember(from, 'transfer.request', input));
    return conversationId;
  };
  const offered = async (to: Agent) => {
    const conversationId = await queued();
    await node.append({
      ctx: systemCtx(home.id, 'routing'),
      conversationId,
      key: { source: 'routing', clientId: newKey() },
      entries: [],
      event: { type: 'offer.made', memberId: to.id, offerMs: 60_000, auto: false },
    });
    return conversationId;
  };
  const wrapup = async (of: Agent) => {
    const conversationId = await served(of);
    await done(asMember(of, 'conversation.end', { conversationId, clientKey: newKey() }));
    return conversationId;
  };

  return {
    database,
    desk,
    home,
    abroad,
    ada,
    bo,
    colleague,
    outsider,
    supervisor,
    stranger,
    visitor,
    post,
    asMember,
    asVisitor,
    cookieOf,
    tokenOf,
    queued,
    served,
    offered,
    transferring,
    wrapup,
    async fingerprint({ id, contactId }) {
      const { rows } = await pool.query<{ print: string }>(FINGERPRINT, [
        home.id,
        id,
        contactId ?? null,
      ]);
      return rows[0]?.print ?? '';
    },
    async close() {
      await desk.close();
      await node.close();
      await database.drop();
    },
  };
}
