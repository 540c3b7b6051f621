import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { createLogger } from '#lib/observability/logger.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { type Conversations, createConversations } from '#server/conversation/index.ts';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import {
  makeVisitor,
  makeWorkspace,
  newKey,
  type TestMember,
  type TestWorkspace,
} from '#server/test/factories.ts';
import { type Runner, startTimers } from '#server/timers/index.ts';
import { type RoutingRunner, startRouting } from '../index.ts';

const log = createLogger({ level: 'silent' });
/** Long enough for a test to look, short enough to wait for. */
const GRACE_MS = 300;

/**
 * A database, a conversation room and, for each test, a workspace of its own; nodes started by a test
 * are stopped after it. Call it at the top of a test file.
 */
export function setStage() {
  let db: TestDatabase;
  let workspace: TestWorkspace;
  let conversations: Conversations;
  const running: { stop(): Promise<void> }[] = [];

  beforeAll(async () => {
    db = await createTestDatabase();
    conversations = createConversations({ pool: db.pool });
  });
  beforeEach(() => enter());
  afterEach(async () => {
    for (const runner of running.splice(0)) await runner.stop();
  });
  afterAll(async () => {
    await conversations?.close();
    await db?.drop();
  });

  /** Another workspace from here on. */
  async function enter(options: Parameters<typeof makeWorkspace>[1] = {}): Promise<void> {
    workspace = await makeWorkspace(db.pool, options);
  }

  /** A second conversation room, as on another node. */
  function otherNode(): Conversations {
    const other = createConversations({ pool: db.pool });
    running.push({ stop: () => other.close() });
    return other;
  }

  function route(options: { on?: Conversations; graceMs?: number } = {}): RoutingRunner {
    const on = options.on ?? conversations;
    const nodeId = uuidv7();
    const graceMs = options.graceMs ?? GRACE_MS;
    const deps = { pool: db.pool, conversations: on, members: on.members, log, nodeId };
    const runner = startRouting({ ...deps, graceMs, pollMs: 100, leaseMs: 400 });
    running.push(runner);
    return runner;
  }

  function time(): Runner {
    const deps = { pool: db.pool, conversations, log, nodeId: uuidv7() };
    const runner = startTimers({ ...deps, pollMs: 50, leaseMs: 400 });
    running.push(runner);
    return runner;
  }

  async function write(): Promise<string> {
    const { ctx } = await makeVisitor(db.pool, workspace);
    const id = uuidv7();
    await conversations.commands.visitor
      .get('message.send')
      ?.run(conversations, ctx, { conversationId: id, clientKey: newKey(), text: 'hi', open: {} });
    return id;
  }

  function act(member: TestMember, name: string, input: Record<string, unknown>) {
    return conversations.commands.member
      .get(name)
      ?.run(conversations, member.ctx, { clientKey: newKey(), ...input });
  }

  async function rowOf(id: string) {
    const { rows } = await db.pool.query<{
      phase: string;
      owner: string | null;
      target: string | null;
      queued_at: Date | null;
      declined: string[];
    }>(
      `SELECT phase, owner_id AS owner, target_member_id AS target, queued_at,
         declined_by::text[] AS declined FROM conversation WHERE id = $1`,
      [id],
    );
    const row = rows[0];
    if (!row) throw new Error(`no conversation ${id}`);
    return row;
  }

  const isIn = (id: string, phase: string) => async () => (await rowOf(id)).phase === phase;

  async function set(member: TestMember, columns: string): Promise<void> {
    await db.pool.query(`UPDATE member_state SET ${columns} WHERE member_id = $1`, [member.id]);
  }

  /** I4: what each member's load should be by the conversations, and is. */
  async function wrongLoads(): Promise<unknown[]> {
    const { rows } = await db.pool.query(
      `SELECT s.member_id, s.load, held.load AS should FROM member_state s
       JOIN member m ON m.id = s.member_id
       CROSS JOIN LATERAL (SELECT coalesce(sum(c.weight), 0)::int AS load FROM conversation c
         WHERE c.closed_at IS NULL AND (c.owner_id = s.member_id OR c.target_member_id = s.member_id)) held
       WHERE s.workspace_id = $1 AND (s.load <> held.load OR s.load > m.capacity)`,
      [workspace.id],
    );
    return rows;
  }

  return {
    get pool() {
      return db.pool;
    },
    get workspace() {
      return workspace;
    },
    get conversations() {
      return conversations;
    },
    enter,
    otherNode,
    route,
    time,
    write,
    act,
    rowOf,
    isIn,
    set,
    wrongLoads,
  };
}
