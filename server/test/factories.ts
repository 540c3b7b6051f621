import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { DEFAULT_FLOW } from '#lib/domain/conversation/index.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import type { Ctx, MemberCtx, Role, VisitorCtx } from '#server/conversation/index.ts';

/** A workspace with one queue and one channel on the default flow, and what belongs to it. */
export interface TestWorkspace {
  id: string;
  queueId: string;
  flowId: string;
  flowVersionId: string;
  channelId: string;
  /** The channel's public key. */
  channelKey: string;
}

export const newTrace = () => randomBytes(16).toString('hex');
/** A new client key. */
export const newKey = () => randomBytes(8).toString('hex');

/** A word of its own for unique names. */
const unique = (prefix: string) => `${prefix}-${randomBytes(4).toString('hex')}`;

export async function makeWorkspace(
  pool: Pool,
  options: { flow?: unknown; acceptMode?: 'offer' | 'auto'; offerSeconds?: number } = {},
): Promise<TestWorkspace> {
  const id = uuidv7();
  const flowId = uuidv7();
  const flowVersionId = uuidv7();
  const channelId = uuidv7();
  const channelKey = unique('ck');
  await pool.query('INSERT INTO workspace (id, name, slug) VALUES ($1, $2, $2)', [
    id,
    unique('ws'),
  ]);
  const queueId = await makeQueue(pool, id, options);
  await pool.query(
    'INSERT INTO flow (id, workspace_id, name, current_version_id) VALUES ($1, $2, $3, $4)',
    [flowId, id, 'Default', flowVersionId],
  );
  await pool.query(
    `INSERT INTO flow_version (id, workspace_id, flow_id, number, definition)
     VALUES ($1, $2, $3, 1, $4)`,
    [flowVersionId, id, flowId, JSON.stringify(options.flow ?? DEFAULT_FLOW)],
  );
  await pool.query(
    `INSERT INTO channel (id, workspace_id, name, public_key, allowed_origins, queue_id, flow_id)
     VALUES ($1, $2, 'Shop', $3, '{}', $4, $5)`,
    [channelId, id, channelKey, queueId, flowId],
  );
  return { id, queueId, flowId, flowVersionId, channelId, channelKey };
}

export async function makeQueue(
  pool: Pool,
  workspaceId: string,
  { acceptMode = 'offer', offerSeconds = 30 }: { acceptMode?: string; offerSeconds?: number } = {},
): Promise<string> {
  const id = uuidv7();
  await pool.query(
    `INSERT INTO queue (id, workspace_id, name, accept_mode, offer_seconds)
     VALUES ($1, $2, $3, $4, $5)`,
    [id, workspaceId, unique('queue'), acceptMode, offerSeconds],
  );
  return id;
}

export interface TestMember {
  id: string;
  userId: string;
  role: Role;
  ctx: MemberCtx;
}

/** A member of the workspace's queue, available and present unless said otherwise. */
export async function makeMember(
  pool: Pool,
  workspace: Pick<TestWorkspace, 'id' | 'queueId'>,
  options: {
    role?: Role;
    name?: string;
    capacity?: number;
    availability?: 'available' | 'busy' | 'away';
    present?: boolean;
    /** Default: the workspace's queue. */
    queueIds?: readonly string[];
    /** Write no row of live state: as before the first sign-in. */
    stateless?: boolean;
  } = {},
): Promise<TestMember> {
  const id = uuidv7();
  const userId = uuidv7();
  const role = options.role ?? 'agent';
  const name = options.name ?? unique('member');
  await pool.query('INSERT INTO "user" (id, name, email) VALUES ($1, $2, $3)', [
    userId,
    name,
    `${unique('member')}@example.test`,
  ]);
  await pool.query(
    'INSERT INTO member (id, workspace_id, user_id, role, capacity) VALUES ($1, $2, $3, $4, $5)',
    [id, workspace.id, userId, role, options.capacity ?? 4],
  );
  for (const queueId of options.queueIds ?? [workspace.queueId]) {
    await pool.query(
      'INSERT INTO queue_member (workspace_id, queue_id, member_id) VALUES ($1, $2, $3)',
      [workspace.id, queueId, id],
    );
  }
  if (!options.stateless) {
    await pool.query(
      `INSERT INTO member_state (member_id, workspace_id, availability, present)
       VALUES ($1, $2, $3, $4)`,
      [id, workspace.id, options.availability ?? 'available', options.present ?? true],
    );
  }
  return { id, userId, role, ctx: memberCtx(workspace.id, id, role) };
}

export function memberCtx(workspaceId: string, memberId: string, role: Role): MemberCtx {
  return { workspaceId, actor: { kind: 'member', memberId, role }, trace: newTrace() };
}

export interface TestVisitor {
  visitorId: string;
  contactId: string;
  ctx: VisitorCtx;
}

/** An anonymous visitor in the workspace's channel; `contactId` makes it another browser of a person. */
export async function makeVisitor(
  pool: Pool,
  workspace: Pick<TestWorkspace, 'id' | 'channelId'>,
  options: { contactId?: string; locale?: 'en' | 'zh-CN' } = {},
): Promise<TestVisitor> {
  const { id: workspaceId, channelId } = workspace;
  const visitorId = uuidv7();
  const contactId = options.contactId ?? uuidv7();
  if (!options.contactId) {
    await pool.query('INSERT INTO contact (id, workspace_id) VALUES ($1, $2)', [
      contactId,
      workspaceId,
    ]);
  }
  await pool.query(
    `INSERT INTO visitor (id, workspace_id, channel_id, contact_id, locale)
     VALUES ($1, $2, $3, $4, $5)`,
    [visitorId, workspaceId, channelId, contactId, options.locale ?? 'en'],
  );
  const actor = { kind: 'visitor', visitorId, contactId, channelId } as const;
  return { visitorId, contactId, ctx: { workspaceId, actor, trace: newTrace() } };
}

export function systemCtx(workspaceId: string, name: 'timers' | 'routing' | 'presence'): Ctx {
  return { workspaceId, actor: { kind: 'system', name }, trace: newTrace() };
}
