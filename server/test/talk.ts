import type { Pool } from 'pg';
import { expect } from 'vitest';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import type {
  Appended,
  ConversationRecord,
  Conversations,
  Ctx,
  StoredEvent,
  VisitorCtx,
} from '#server/conversation/index.ts';
import { eventsAfter, findConversation } from '#server/conversation/store.ts';
import { foldEvent } from '#server/conversation/store-fold.ts';
import { newKey, type TestMember, type TestVisitor, type TestWorkspace } from './factories.ts';

/** Runs a command as the edge would, after parsing. */
export async function run<O = unknown>(
  node: Conversations,
  ctx: Ctx,
  name: string,
  input: Record<string, unknown>,
): Promise<O> {
  const audience = ctx.actor.kind === 'visitor' ? 'visitor' : 'member';
  const command = node.commands[audience].get(name);
  if (!command) throw new Error(`no command ${audience} ${name}`);
  return (await command.run(node, ctx, input)) as O;
}

/** A visitor's message straight into the append path; `open` unless it says otherwise. */
export function say(
  node: Conversations,
  ctx: VisitorCtx,
  conversationId: string,
  text: string,
  { clientId = newKey(), open = true }: { clientId?: string; open?: boolean } = {},
): Promise<Appended> {
  const { visitorId, contactId, channelId } = ctx.actor;
  return node.append({
    ctx,
    conversationId,
    key: { source: `v:${visitorId}`, clientId },
    ...(open && { open: { channelId, contactId, visitorId, previousId: null, page: null } }),
    entries: [{ kind: 'message.sent', public: true, data: { text } }],
    event: { type: 'visitor.message' },
  });
}

/** A waiting conversation; returns its id. */
export async function openOne(node: Conversations, visitor: TestVisitor): Promise<string> {
  const id = uuidv7();
  await say(node, visitor.ctx, id, 'hello');
  return id;
}

/** A conversation that the member serves. */
export async function openServed(
  node: Conversations,
  visitor: TestVisitor,
  member: TestMember,
): Promise<string> {
  const id = await openOne(node, visitor);
  await run(node, member.ctx, 'conversation.take', { conversationId: id, clientKey: newKey() });
  return id;
}

export async function logOf(
  pool: Pool,
  workspace: Pick<TestWorkspace, 'id'>,
  conversationId: string,
): Promise<StoredEvent[]> {
  return eventsAfter(pool, workspace.id, conversationId, 0, 1_000_000);
}

export async function rowOf(
  pool: Pool,
  workspace: Pick<TestWorkspace, 'id'>,
  conversationId: string,
): Promise<ConversationRecord> {
  const record = await findConversation(pool, workspace.id, conversationId);
  if (!record) throw new Error(`no conversation ${conversationId}`);
  return record;
}

/** I5: seq and public_seq gapless from 1, and the row is the fold of its events. */
export async function expectSound(
  pool: Pool,
  workspace: Pick<TestWorkspace, 'id'>,
  conversationId: string,
): Promise<StoredEvent[]> {
  const events = await logOf(pool, workspace, conversationId);
  expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
  const seen = events.filter((event) => event.publicSeq !== null);
  expect(seen.map((event) => event.publicSeq)).toEqual(seen.map((_, index) => index + 1));
  const folded = events.reduce<ConversationRecord | null>(foldEvent, null);
  const { visitorReadSeq, agentReadSeq, ...row } = await rowOf(pool, workspace, conversationId);
  expect({ ...folded, visitorReadSeq, agentReadSeq }).toEqual({
    ...row,
    visitorReadSeq,
    agentReadSeq,
  });
  return events;
}

/** I1–I4 of a whole workspace: owners, targets and loads fit together. */
export async function expectHolds(pool: Pool, workspaceId: string): Promise<void> {
  const { rows } = await pool.query(
    `SELECT ms.member_id, ms.load, coalesce(h.held, 0)::int AS held, m.capacity
     FROM member_state ms JOIN member m ON m.id = ms.member_id
     LEFT JOIN LATERAL (SELECT sum(weight) AS held FROM conversation c
       WHERE c.owner_id = ms.member_id OR c.target_member_id = ms.member_id) h ON true
     WHERE ms.workspace_id = $1 AND (ms.load <> coalesce(h.held, 0) OR ms.load > m.capacity)`,
    [workspaceId],
  );
  expect(rows).toEqual([]);
  const broken = await pool.query(
    `SELECT id, phase, owner_id, target_member_id FROM conversation c WHERE workspace_id = $1 AND (
       (owner_id IS NOT NULL) <> (phase IN ('serving', 'transferring', 'wrapup'))
       OR (target_member_id IS NOT NULL) <> (phase IN ('offered', 'transferring'))
       OR (phase IN ('offered', 'transferring')) <> (EXISTS (
         SELECT FROM timer t WHERE t.conversation_id = c.id AND t.name IN ('offer', 'transfer'))))`,
    [workspaceId],
  );
  expect(broken.rows).toEqual([]);
}
