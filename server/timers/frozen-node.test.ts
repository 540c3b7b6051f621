import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createLogger } from '#lib/observability/logger.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { type Conversations, createConversations } from '#server/conversation/index.ts';
import { age, until } from '#server/test/clock.ts';
import { createTestDatabase, type TestDatabase } from '#server/test/database.ts';
import {
  makeMember,
  makeVisitor,
  makeWorkspace,
  newKey,
  systemCtx,
  type TestWorkspace,
} from '#server/test/factories.ts';
import { type Runner, startTimers } from './index.ts';

/** Real processes: stopped and killed as a host under pressure would do it. */

const FIXTURE = fileURLToPath(new URL('./test/node.ts', import.meta.url));
let db: TestDatabase;
let workspace: TestWorkspace;
let conversations: Conversations;
let child: ChildProcess | undefined;
let local: Runner | undefined;

beforeAll(async () => {
  db = await createTestDatabase();
  workspace = await makeWorkspace(db.pool);
  conversations = createConversations({ pool: db.pool });
});
afterEach(async () => {
  await local?.stop();
  local = undefined;
  if (child && child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  child = undefined;
});
afterAll(async () => {
  await conversations?.close();
  await db?.drop();
});

async function heldBy(nodeId: string): Promise<number> {
  const { rows } = await db.pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM lease
     WHERE name LIKE 'timers:%' AND holder = $1 AND expires_at > clock_timestamp()`,
    [nodeId],
  );
  return rows[0]?.count ?? 0;
}

/** A node of its own that holds every shard. */
async function startNode(): Promise<ChildProcess> {
  const nodeId = uuidv7();
  const node = spawn(process.execPath, [FIXTURE, db.url, nodeId], { stdio: 'ignore' });
  child = node;
  await until(async () => (await heldBy(nodeId)) === 16);
  return node;
}

function startHere(): void {
  local = startTimers({
    pool: db.pool,
    conversations,
    log: createLogger({ level: 'silent' }),
    nodeId: uuidv7(),
    pollMs: 50,
    leaseMs: 600,
  });
}

async function offered(): Promise<string> {
  const { ctx } = await makeVisitor(db.pool, workspace);
  const { id: memberId } = await makeMember(db.pool, workspace);
  const id = uuidv7();
  await conversations.commands.visitor
    .get('message.send')
    ?.run(conversations, ctx, { conversationId: id, clientKey: newKey(), text: 'hi', open: {} });
  await conversations.append({
    ctx: systemCtx(workspace.id, 'routing'),
    conversationId: id,
    key: { source: 'routing', clientId: newKey() },
    entries: [],
    event: { type: 'offer.made', memberId, offerMs: 60_000, auto: false },
  });
  return id;
}

async function expiriesOf(id: string): Promise<number> {
  const { rows } = await db.pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM event WHERE conversation_id = $1 AND source = 'timer'`,
    [id],
  );
  return rows[0]?.count ?? 0;
}

test('I6: a stopped node is replaced; woken, it repeats nothing', async () => {
  const node = await startNode();
  const ids = await Promise.all(Array.from({ length: 10 }, offered));
  node.kill('SIGSTOP');
  for (const id of ids) await age(db.pool, id, 61_000);
  startHere();
  for (const id of ids) await until(async () => (await expiriesOf(id)) === 1);
  node.kill('SIGCONT');
  const late = await offered();
  await age(db.pool, late, 61_000);
  await until(async () => (await expiriesOf(late)) === 1);
  for (const id of ids) expect(await expiriesOf(id)).toBe(1);
});

test('I6: a killed node is replaced; what was due meanwhile fires once', async () => {
  const node = await startNode();
  const ids = await Promise.all(Array.from({ length: 10 }, offered));
  for (const id of ids) await age(db.pool, id, 61_000);
  node.kill('SIGKILL');
  await once(node, 'exit');
  startHere();
  for (const id of ids) await until(async () => (await expiriesOf(id)) === 1);
});
