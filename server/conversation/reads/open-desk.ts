import type { Pool } from 'pg';
import type { MemberOutput } from '#lib/protocol/envelope.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import type { MemberCtx } from '../context.ts';
import type { Members } from '../members/index.ts';

interface Desk {
  name: string;
  config_rev: string;
  queues: { id: string; name: string }[];
  canned: { id: string; shortcut: string; body: string }[];
}

/**
 * Who I am, the workspace, its members, queues and canned replies.
 * @throws ParlourError not_found: not a member of this workspace (any more)
 */
export async function openDesk(
  pool: Pool,
  members: Members,
  ctx: MemberCtx,
): Promise<MemberOutput<'desk.open'>> {
  // The revision is read first: what changes after it is pushed as another one.
  const { rows } = await pool.query<Desk>({
    name: 'desk_open',
    text: `SELECT w.name, w.config_rev::text AS config_rev,
        (SELECT coalesce(json_agg(json_build_object('id', q.id, 'name', q.name) ORDER BY q.name), '[]')
          FROM queue q WHERE q.workspace_id = w.id AND q.archived_at IS NULL) AS queues,
        (SELECT coalesce(json_agg(json_build_object('id', r.id, 'shortcut', r.shortcut, 'body', r.body)
            ORDER BY r.shortcut), '[]')
          FROM canned_reply r WHERE r.workspace_id = w.id) AS canned
      FROM workspace w WHERE w.id = $1`,
    values: [ctx.workspaceId],
  });
  const desk = rows[0];
  const [views, me] = await Promise.all([
    members.views(ctx.workspaceId),
    members.ownView(ctx.workspaceId, ctx.actor.memberId),
  ]);
  if (!desk || !me) throw new ParlourError('not_found');
  return {
    workspace: { id: ctx.workspaceId, name: desk.name },
    me,
    members: views,
    queues: desk.queues,
    cannedReplies: desk.canned,
    configRev: desk.config_rev,
  };
}
