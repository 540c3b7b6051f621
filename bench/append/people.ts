import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import { DEFAULT_FLOW } from '#lib/domain/conversation/index.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import type { Conversations, MemberCtx, VisitorCtx } from '#server/conversation/index.ts';

/** A visitor with the conversation they write in. */
export interface Talker {
  ctx: VisitorCtx;
  conversationId: string;
}

export interface Desk {
  workspaceId: string;
  queueId: string;
  channelId: string;
  agents: MemberCtx[];
}

const trace = () => randomBytes(16).toString('hex');

/**
 * A workspace with one queue, one channel on the default flow and `agents` available members, each
 * with room for anything.
 */
export async function makeDesk(pool: Pool, agents: number): Promise<Desk> {
  const [workspaceId, queueId, flowId, versionId, channelId] = Array.from({ length: 5 }, () =>
    uuidv7(),
  ) as [string, string, string, string, string];
  const slug = randomBytes(6).toString('hex');
  await pool.query('INSERT INTO workspace (id, name, slug) VALUES ($1, $2, $2)', [
    workspaceId,
    slug,
  ]);
  await pool.query(
    `INSERT INTO queue (id, workspace_id, name, accept_mode) VALUES ($1, $2, 'Queue', 'auto')`,
    [queueId, workspaceId],
  );
  await pool.query(
    `INSERT INTO flow (id, workspace_id, name, current_version_id) VALUES ($1, $2, 'Default', $3)`,
    [flowId, workspaceId, versionId],
  );
  await pool.query(
    `INSERT INTO flow_version (id, workspace_id, flow_id, number, definition)
     VALUES ($1, $2, $3, 1, $4)`,
    [versionId, workspaceId, flowId, JSON.stringify(DEFAULT_FLOW)],
  );
  await pool.query(
    `INSERT INTO channel (id, workspace_id, name, public_key, allowed_origins, queue_id, flow_id)
     VALUES ($1, $2, 'Shop', $3, '{}', $4, $5)`,
    [channelId, workspaceId, `ck-${slug}`, queueId, flowId],
  );
  const desk = { workspaceId, queueId, channelId, agents: [] };
  return { ...desk, agents: await addAgents(pool, desk, agents) };
}

/** More members of the desk's queue, available and present. */
export async function addAgents(
  pool: Pool,
  { workspaceId, queueId }: Pick<Desk, 'workspaceId' | 'queueId'>,
  count: number,
): Promise<MemberCtx[]> {
  const ids = Array.from({ length: count }, () => uuidv7());
  await pool.query(
    `WITH made AS (INSERT INTO "user" (id, name, email)
       SELECT id, 'Agent', id || '@example.test' FROM unnest($2::uuid[]) AS id),
     joined AS (INSERT INTO member (id, workspace_id, user_id, role, capacity)
       SELECT id, $1, id, 'agent', 1000000 FROM unnest($2::uuid[]) AS id),
     queued AS (INSERT INTO queue_member (workspace_id, queue_id, member_id)
       SELECT $1, $3, id FROM unnest($2::uuid[]) AS id)
     INSERT INTO member_state (member_id, workspace_id, availability, present)
       SELECT id, $1, 'available', true FROM unnest($2::uuid[]) AS id`,
    [workspaceId, ids, queueId],
  );
  return ids.map((memberId) => ({
    workspaceId,
    actor: { kind: 'member', memberId, role: 'agent' },
    trace: trace(),
  }));
}

/** Visitors of the desk's channel, each with the id of a conversation that is not open yet. */
export async function addVisitors(pool: Pool, desk: Desk, count: number): Promise<Talker[]> {
  const { workspaceId, channelId } = desk;
  const contactIds = Array.from({ length: count }, () => uuidv7());
  const visitorIds = Array.from({ length: count }, () => uuidv7());
  await pool.query(
    `WITH people AS (INSERT INTO contact (id, workspace_id)
       SELECT id, $1 FROM unnest($3::uuid[]) AS id)
     INSERT INTO visitor (id, workspace_id, channel_id, contact_id, locale)
       SELECT v.id, $1, $2, v.contact_id, 'en' FROM unnest($4::uuid[], $3::uuid[]) AS v(id, contact_id)`,
    [workspaceId, channelId, contactIds, visitorIds],
  );
  return contactIds.map((contactId, index) => ({
    conversationId: uuidv7(),
    ctx: {
      workspaceId,
      actor: { kind: 'visitor', visitorId: visitorIds[index] ?? '', contactId, channelId },
      trace: trace(),
    },
  }));
}

/** Work done by at most `width` at a time. */
export async function inParallel<T>(
  items: readonly T[],
  width: number,
  work: (item: T, index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let index = next++; index < items.length; index = next++) {
        await work(items[index] as T, index);
      }
    }),
  );
}

/** Opens the talkers' conversations; with agents each is then served by one of them, in turn. */
export async function openAll(
  node: Conversations,
  talkers: readonly Talker[],
  agents: readonly MemberCtx[],
): Promise<void> {
  await inParallel(talkers, 500, ({ ctx, conversationId }) =>
    patiently(() =>
      run(node, ctx, 'message.send', {
        conversationId,
        clientKey: `open-${conversationId}`,
        text: 'Hello!',
        open: {},
      }),
    ),
  );
  if (agents.length === 0) return;
  await inParallel(talkers, 500, ({ conversationId }, index) => {
    const ctx = agents[index % agents.length] as MemberCtx;
    const clientKey = `take-${conversationId}`;
    return patiently(() => run(node, ctx, 'conversation.take', { conversationId, clientKey }));
  });
}

/** As a client does when it is sent away (D7): the same again after the time it was told. */
export async function patiently<T>(work: () => Promise<T>, sentAway?: () => void): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ParlourError) || error.code !== 'overloaded') throw error;
      sentAway?.();
      await pause(error.retryAfterMs ?? 1_000);
    }
  }
}

/** Runs a command as the edge does after parsing. */
export async function run<O>(
  node: Conversations,
  ctx: VisitorCtx | MemberCtx,
  name: string,
  input: Record<string, unknown>,
): Promise<O> {
  const command = node.commands[ctx.actor.kind].get(name);
  if (!command) throw new Error(`no command ${ctx.actor.kind} ${name}`);
  return (await command.run(node, ctx, input)) as O;
}

const WORDS =
  'my order has not arrived yet could you please check the status thanks a lot it was a gift'
    .split(' ')
    .concat('订单', '还没有', '收到', '请帮我', '看一下');

/** Messages of the lengths people write in support chats: mostly a line, now and then a paragraph. */
export const TEXTS: readonly string[] = Array.from({ length: 256 }, (_, index) => {
  const words = index % 16 === 0 ? 60 : 3 + (index % 14);
  return Array.from({ length: words }, (_, at) => WORDS[(index * 7 + at * 3) % WORDS.length]).join(
    ' ',
  );
});
