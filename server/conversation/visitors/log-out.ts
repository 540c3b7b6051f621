import type { Pool } from 'pg';
import type { VisitorIdentity } from './identity.ts';

/** Ends a visitor's session on every tab: each token of theirs is refused from now on. */
export async function logOut(pool: Pool, visitor: VisitorIdentity): Promise<void> {
  await pool.query(
    'UPDATE visitor SET token_rev = token_rev + 1 WHERE id = $1 AND workspace_id = $2 AND token_rev = $3',
    [visitor.visitorId, visitor.workspaceId, visitor.tokenRev],
  );
}
