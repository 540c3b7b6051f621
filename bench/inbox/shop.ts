import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { DEFAULT_FLOW } from '#lib/domain/conversation/index.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import type { MemberCtx, Role, VisitorCtx } from '#server/conversation/index.ts';

/** A workspace as the console is used in a large one. */
export interface Shop {
  workspaceId: string;
  flowVersionId: string;
  queueIds: string[];
  channelIds: string[];
  agents: MemberCtx[];
  supervisors: MemberCtx[];
}

export const newTrace = () => randomBytes(16).toString('hex');

const ids = (count: number) => Array.from({ length: count }, () => uuidv7());

/** Agents, each in two queues, and supervisors in none; capacity is no bound of this bench. */
export async function makeShop(
  pool: Pool,
  size: { agents: number; supervisors: number; queues: number; channels: number },
): Promise<Shop> {
  const workspaceId = uuidv7();
  const [flowId, flowVersionId] = [uuidv7(), uuidv7()];
  const queueIds = ids(size.queues);
  const channelIds = ids(size.channels);
  await pool.query('INSERT INTO workspace (id, name, slug) VALUES ($1, $2, $2)', [
    workspaceId,
    `shop-${workspaceId}`,
  ]);
  await pool.query(
    `INSERT INTO queue (id, workspace_id, name) SELECT id, $1, 'Queue ' || n
     FROM unnest($2::uuid[]) WITH ORDINALITY AS q(id, n)`,
    [workspaceId, queueIds],
  );
  await pool.query(
    `INSERT INTO flow (id, workspace_id, name, current_version_id) VALUES ($1, $2, 'Default', $3)`,
    [flowId, workspaceId, flowVersionId],
  );
  await pool.query(
    `INSERT INTO flow_version (id, workspace_id, flow_id, number, definition) VALUES ($1, $2, $3, 1, $4)`,
    [flowVersionId, workspaceId, flowId, JSON.stringify(DEFAULT_FLOW)],
  );
  await pool.query(
    `INSERT INTO channel (id, workspace_id, name, public_key, allowed_origins, queue_id, flow_id)
     SELECT id, $1, 'Channel ' || n, 'pk_' || id, '{}', $3, $4
     FROM unnest($2::uuid[]) WITH ORDINALITY AS c(id, n)`,
    [workspaceId, channelIds, queueIds[0], flowId],
  );
  await pool.query(
    `INSERT INTO canned_reply (id, workspace_id, shortcut, body)
     SELECT uuidv7(), $1, 'reply' || n, 'Thank you for waiting; we look after it at once.'
     FROM generate_series(1, 100) AS n`,
    [workspaceId],
  );
  const people: { id: string; role: Role }[] = [
    ...ids(size.agents).map((id) => ({ id, role: 'agent' as const })),
    ...ids(size.supervisors).map((id) => ({ id, role: 'supervisor' as const })),
  ];
  const memberIds = people.map(({ id }) => id);
  await pool.query(
    `INSERT INTO "user" (id, name, email) SELECT id, 'Member ' || n, id || '@desk.example'
     FROM unnest($1::uuid[]) WITH ORDINALITY AS m(id, n)`,
    [memberIds],
  );
  await pool.query(
    `INSERT INTO member (id, workspace_id, user_id, role, capacity)
     SELECT id, $1, id, role, 1000 FROM unnest($2::uuid[], $3::text[]) AS m(id, role)`,
    [workspaceId, memberIds, people.map(({ role }) => role)],
  );
  await pool.query(
    `INSERT INTO member_state (member_id, workspace_id, availability, present)
     SELECT id, $1, 'available', true FROM unnest($2::uuid[]) AS m(id)`,
    [workspaceId, memberIds],
  );
  const inQueues = people
    .filter(({ role }) => role === 'agent')
    .flatMap(({ id }, at) =>
      [at % size.queues, (at * 7 + 1) % size.queues].map((queue) => [id, queueIds[queue]]),
    );
  await pool.query(
    `INSERT INTO queue_member (workspace_id, member_id, queue_id)
     SELECT $1, m, q FROM unnest($2::uuid[], $3::uuid[]) AS i(m, q) ON CONFLICT DO NOTHING`,
    [workspaceId, inQueues.map(([id]) => id), inQueues.map(([, queue]) => queue)],
  );
  const ctxOf = (role: Role) =>
    people
      .filter((one) => one.role === role)
      .map(
        ({ id }): MemberCtx => ({
          workspaceId,
          actor: { kind: 'member', memberId: id, role },
          trace: newTrace(),
        }),
      );
  const [agents, supervisors] = [ctxOf('agent'), ctxOf('supervisor')];
  return { workspaceId, flowVersionId, queueIds, channelIds, agents, supervisors };
}

/** A visitor with a contact of their own in the shop's first channel. */
export async function makeVisitor(pool: Pool, shop: Shop): Promise<VisitorCtx> {
  const { workspaceId } = shop;
  const channelId = shop.channelIds[0] ?? '';
  const [visitorId, contactId] = [uuidv7(), uuidv7()];
  await pool.query('INSERT INTO contact (id, workspace_id) VALUES ($1, $2)', [
    contactId,
    workspaceId,
  ]);
  await pool.query(
    'INSERT INTO visitor (id, workspace_id, channel_id, contact_id) VALUES ($1, $2, $3, $4)',
    [visitorId, workspaceId, channelId, contactId],
  );
  const actor = { kind: 'visitor', visitorId, contactId, channelId } as const;
  return { workspaceId, actor, trace: newTrace() };
}
