import type { Pool } from 'pg';
import type { PageView } from '#lib/protocol/primitives.ts';
import type { VisitorCtx } from '../context.ts';

/** Where the visitor is now on the site. */
export async function viewPage(pool: Pool, ctx: VisitorCtx, page: PageView): Promise<void> {
  await pool.query({
    name: 'visitors.view_page',
    text: `UPDATE visitor SET page_url = $3, page_title = $4, last_seen_at = now()
      WHERE id = $1 AND workspace_id = $2`,
    values: [ctx.actor.visitorId, ctx.workspaceId, page.url, page.title],
  });
}
