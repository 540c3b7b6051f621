import { Client } from 'pg';
import { afterAll, afterEach, beforeAll } from 'vitest';
import {
  type Conversations,
  type ConversationsOptions,
  createConversations,
} from '#server/conversation/index.ts';
import { until } from './clock.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import {
  makeMember,
  makeVisitor,
  makeWorkspace,
  type TestMember,
  type TestWorkspace,
} from './factories.ts';
import { expectHolds, expectSound } from './talk.ts';

/** One database with one workspace, for as many nodes as a test wants; after each test I1–I4 hold. */
export interface TestNodes {
  db: TestDatabase;
  workspace: TestWorkspace;
  /** Serves as many as they like. */
  member: TestMember;
  makeNode(options?: Partial<ConversationsOptions>): Conversations;
  anyVisitor(): ReturnType<typeof makeVisitor>;
  /** Somebody outside who runs a statement in a transaction and then says nothing more. */
  holder(sql: string, values: unknown[]): Promise<Client>;
  /** The same, holding a conversation's row as a stopped process does. */
  hold(conversationId: string): Promise<Client>;
  /** Some backend of this database waits for a lock. */
  waitsForLock(): Promise<void>;
  /** The messages of a conversation that is sound (I5). */
  messages(conversationId: string): ReturnType<typeof expectSound>;
  /** Runs after the test, last added first. */
  atEnd(end: () => Promise<unknown>): void;
}

/** Call it at the top of a test file; its members are there from `beforeAll` on. */
export function nodesForFile(): TestNodes {
  const nodes: Conversations[] = [];
  const ending: (() => Promise<unknown>)[] = [];

  const world = {
    makeNode(options = {}) {
      const node = createConversations({ pool: world.db.pool, ...options });
      nodes.push(node);
      return node;
    },
    anyVisitor: () => makeVisitor(world.db.pool, world.workspace),
    async holder(sql, values) {
      const client = new Client({ connectionString: world.db.url, application_name: 'holder' });
      client.on('error', () => undefined);
      await client.connect();
      ending.push(() => client.end());
      await client.query('BEGIN');
      await client.query(sql, values);
      return client;
    },
    hold: (conversationId) =>
      world.holder('SELECT FROM conversation WHERE id = $1 FOR UPDATE', [conversationId]),
    waitsForLock: () =>
      until(async () => {
        const { rowCount } = await world.db.pool.query(
          `SELECT FROM pg_stat_activity
           WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return (rowCount ?? 0) > 0;
      }),
    async messages(conversationId) {
      const events = await expectSound(world.db.pool, world.workspace, conversationId);
      return events.filter((event) => event.kind === 'message.sent');
    },
    atEnd: (end) => {
      ending.push(end);
    },
  } as TestNodes;

  beforeAll(async () => {
    world.db = await createTestDatabase();
    world.workspace = await makeWorkspace(world.db.pool);
    world.member = await makeMember(world.db.pool, world.workspace, { capacity: 100 });
  });
  afterEach(async () => {
    for (const end of ending.splice(0).reverse()) await end();
    await Promise.all(nodes.splice(0).map((node) => node.close()));
    await expectHolds(world.db.pool, world.workspace.id);
  });
  afterAll(() => world.db?.drop());
  return world;
}
