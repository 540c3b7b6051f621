import type { Pool } from 'pg';
import type { MemberNames } from '../presenters/names.ts';
import { MEMBER_NAME } from './views.ts';

/** Whoever does not watch the configuration (nobody is connected) sees a new name after this. */
const KEEP_MS = 60_000;

export interface NameCache {
  /**
   * Display names of a workspace's members, removed ones too: history names them.
   * @param need ids that must be among them: one who joined since is looked for once
   */
  of(workspaceId: string, need?: Iterable<string>): Promise<MemberNames>;
  /** The configuration changed: read again at the next call. */
  forget(workspaceId: string): void;
}

interface Known {
  names: Promise<MemberNames>;
  /** Monotonic ms. */
  until: number;
}

/** Names change with the configuration only, while every push to a visitor asks for them. */
export function createNameCache(pool: Pool): NameCache {
  const known = new Map<string, Known>();

  async function load(workspaceId: string): Promise<MemberNames> {
    const { rows } = await pool.query<{ id: string; name: string }>({
      name: 'member_names',
      text: `SELECT m.id, ${MEMBER_NAME} AS name FROM member m JOIN "user" u ON u.id = m.user_id
        WHERE m.workspace_id = $1`,
      values: [workspaceId],
    });
    return new Map(rows.map((row) => [row.id, row.name]));
  }

  function start(workspaceId: string): Promise<MemberNames> {
    const entry: Known = { names: load(workspaceId), until: performance.now() + KEEP_MS };
    known.set(workspaceId, entry);
    // A failed load is not kept: the next caller tries again.
    entry.names.catch(() => {
      if (known.get(workspaceId) === entry) known.delete(workspaceId);
    });
    return entry.names;
  }

  return {
    async of(workspaceId, need = []) {
      const entry = known.get(workspaceId);
      if (!entry || entry.until < performance.now()) return start(workspaceId);
      const names = await entry.names;
      return [...need].every((id) => names.has(id)) ? names : start(workspaceId);
    },
    forget(workspaceId) {
      known.delete(workspaceId);
    },
  };
}
