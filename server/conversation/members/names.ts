import type { Pool } from 'pg';
import type { MemberNames } from '../presenters/names.ts';
import { MEMBER_NAME } from './views.ts';

export interface NameCache {
  /** Display names of a workspace's members, removed ones too: history names them. */
  of(workspaceId: string): Promise<MemberNames>;
  /** The configuration changed: read again at the next call. */
  forget(workspaceId: string): void;
}

/** Names change with the configuration only, while every push to a visitor asks for them. */
export function createNameCache(pool: Pool): NameCache {
  const known = new Map<string, Promise<MemberNames>>();

  async function load(workspaceId: string): Promise<MemberNames> {
    const { rows } = await pool.query<{ id: string; name: string }>({
      name: 'member_names',
      text: `SELECT m.id, ${MEMBER_NAME} AS name FROM member m JOIN "user" u ON u.id = m.user_id
        WHERE m.workspace_id = $1`,
      values: [workspaceId],
    });
    return new Map(rows.map((row) => [row.id, row.name]));
  }

  return {
    of(workspaceId) {
      let names = known.get(workspaceId);
      if (!names) {
        names = load(workspaceId);
        known.set(workspaceId, names);
        // A failed load is not kept: the next caller tries again.
        names.catch(() => known.delete(workspaceId));
      }
      return names;
    },
    forget(workspaceId) {
      known.delete(workspaceId);
    },
  };
}
