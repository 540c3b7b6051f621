import type { Pool } from 'pg';
import { DEFAULT_FLOW } from '#lib/domain/conversation/index.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import type { MemberCtx, Role, VisitorCtx } from '#server/conversation/index.ts';

export interface TestMember {
  id: string;
  name: string;
  ctx: MemberCtx;
}

export interface TestVisitor {
  id: string;
  contactId: string;
  ctx: VisitorCtx;
}

/** One workspace with a queue and a channel, and whoever a test adds. Configuration rows are written as they are. */
export interface TestDesk {
  workspaceId: string;
  queueId: string;
  channelId: string;
  flowVersionId: string;
  /** A member of `queues` (left out: the desk's first queue) with a state row. */
  member(
    name: string,
    options?: { role?: Role; capacity?: number; queues?: readonly string[] },
  ): Promise<TestMember>;
  queue(name: string): Promise<string>;
  visitor(name?: string): Promise<TestVisitor>;
}

const TRACE = '0'.repeat(31).concat('1');

/** Makes a workspace of its own in a test's database. */
export async function createDesk(pool: Pool, name = 'Shop'): Promise<TestDesk> {
  const [workspaceId, channelId, flowId, flowVersionId] = Array.from({ length: 4 }, () =>
    uuidv7(),
  ) as [string, string, string, string];
  await pool.query('INSERT INTO workspace (id, name, slug) VALUES ($1, $2, $3)', [
    workspaceId,
    name,
    `w-${workspaceId}`,
  ]);
  const queue = async (called: string) => {
    const id = uuidv7();
    await pool.query('INSERT INTO queue (id, workspace_id, name) VALUES ($1, $2, $3)', [
      id,
      workspaceId,
      called,
    ]);
    return id;
  };
  const queueId = await queue('Support');
  await pool.query(
    'INSERT INTO flow (id, workspace_id, name, current_version_id) VALUES ($1, $2, $3, $4)',
    [flowId, workspaceId, 'Default', flowVersionId],
  );
  await pool.query(
    `INSERT INTO flow_version (id, workspace_id, flow_id, number, definition) VALUES ($1, $2, $3, 1, $4)`,
    [flowVersionId, workspaceId, flowId, JSON.stringify(DEFAULT_FLOW)],
  );
  await pool.query(
    `INSERT INTO channel (id, workspace_id, name, public_key, allowed_origins, queue_id, flow_id, settings)
     VALUES ($1, $2, 'Web', $3, '{}', $4, $5, $6)`,
    [
      channelId,
      workspaceId,
      `pk_${channelId}`,
      queueId,
      flowId,
      JSON.stringify({
        title: { en: 'Hello', 'zh-CN': '您好' },
        greeting: { en: 'How can we help?', 'zh-CN': '有什么可以帮您？' },
        accent: '#112233',
        position: 'left',
      }),
    ],
  );

  return {
    workspaceId,
    queueId,
    channelId,
    flowVersionId,
    queue,
    async member(called, { role = 'agent', capacity = 4, queues = [queueId] } = {}) {
      const [id, userId] = [uuidv7(), uuidv7()];
      await pool.query('INSERT INTO "user" (id, name, email) VALUES ($1, $2, $3)', [
        userId,
        `${called} (user)`,
        `${userId}@example.test`,
      ]);
      await pool.query(
        `INSERT INTO member (id, workspace_id, user_id, role, display_name, capacity)
         VALUES ($1, $2, $3, $4, $5, $6)`,
        [id, workspaceId, userId, role, called, capacity],
      );
      await pool.query('INSERT INTO member_state (member_id, workspace_id) VALUES ($1, $2)', [
        id,
        workspaceId,
      ]);
      await pool.query(
        `INSERT INTO queue_member (workspace_id, queue_id, member_id)
         SELECT $1, queue, $2 FROM unnest($3::uuid[]) AS queue`,
        [workspaceId, id, queues],
      );
      return {
        id,
        name: called,
        ctx: { workspaceId, actor: { kind: 'member', memberId: id, role }, trace: TRACE },
      };
    },
    async visitor(called) {
      const [id, contactId] = [uuidv7(), uuidv7()];
      await pool.query('INSERT INTO contact (id, workspace_id, name) VALUES ($1, $2, $3)', [
        contactId,
        workspaceId,
        called ?? null,
      ]);
      await pool.query(
        'INSERT INTO visitor (id, workspace_id, channel_id, contact_id) VALUES ($1, $2, $3, $4)',
        [id, workspaceId, channelId, contactId],
      );
      return {
        id,
        contactId,
        ctx: {
          workspaceId,
          actor: { kind: 'visitor', visitorId: id, contactId, channelId },
          trace: TRACE,
        },
      };
    },
  };
}
