import type { Pool } from 'pg';
import type { MemberCtx, Role, VisitorCtx } from '#server/conversation/index.ts';
import { makeMember, makeQueue, makeVisitor, makeWorkspace } from './factories.ts';

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

/**
 * One workspace with a queue and a channel, and whoever a test adds. Members start away and absent,
 * as in life; `factories.ts` makes them ready to serve. The channel's public key is `pk_<channelId>`.
 */
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

const SETTINGS = {
  title: { en: 'Hello', 'zh-CN': '您好' },
  greeting: { en: 'How can we help?', 'zh-CN': '有什么可以帮您？' },
  accent: '#112233',
  position: 'left',
};

/** Makes a workspace of its own in a test's database. */
export async function createDesk(pool: Pool, name = 'Shop'): Promise<TestDesk> {
  const workspace = await makeWorkspace(pool);
  const { id: workspaceId, queueId, channelId, flowVersionId } = workspace;
  await pool.query('UPDATE workspace SET name = $2 WHERE id = $1', [workspaceId, name]);
  await pool.query(
    `UPDATE channel SET name = 'Web', settings = $2, public_key = 'pk_' || id WHERE id = $1`,
    [channelId, JSON.stringify(SETTINGS)],
  );
  const called = (id: string, as: string) =>
    pool.query('UPDATE queue SET name = $2 WHERE id = $1', [id, as]);
  await called(queueId, 'Support');
  return {
    workspaceId,
    queueId,
    channelId,
    flowVersionId,
    async queue(as) {
      const id = await makeQueue(pool, workspaceId);
      await called(id, as);
      return id;
    },
    async member(as, { role = 'agent', capacity = 4, queues = [queueId] } = {}) {
      const made = await makeMember(pool, workspace, {
        name: `${as} (user)`,
        role,
        capacity,
        queueIds: queues,
        availability: 'away',
        present: false,
      });
      await pool.query('UPDATE member SET display_name = $2 WHERE id = $1', [made.id, as]);
      return { id: made.id, name: as, ctx: made.ctx };
    },
    async visitor(as) {
      const { visitorId, contactId, ctx } = await makeVisitor(pool, workspace);
      await pool.query('UPDATE contact SET name = $2 WHERE id = $1', [contactId, as ?? null]);
      return { id: visitorId, contactId, ctx };
    },
  };
}
