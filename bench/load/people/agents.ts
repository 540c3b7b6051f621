import { createHmac, randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { deriveKey } from '#lib/env.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { makeMember, type TestMember, type TestWorkspace } from '#server/test/factories.ts';

export interface Agent extends TestMember {
  name: string;
  /** `Cookie` header of a signed-in session, as better-auth signs it. */
  cookie: string;
}

/** The cookie better-auth makes of a session's token: HMAC-SHA256 by its secret, then URL-encoded. */
export function sessionCookie(token: string, secret: string): string {
  const key = deriveKey('sessions', { secret, dataDir: '' }).toString('base64url');
  const signature = createHmac('sha256', key).update(token).digest('base64');
  return `parlour.session_token=${encodeURIComponent(`${token}.${signature}`)}`;
}

/**
 * Members with a session each, available and present: a desk that starts on the database afterwards
 * takes them for people whose page is just being reloaded, for as long as the grace lasts (30 s).
 * @param secret PARLOUR_SECRET of the desks
 */
export async function makeAgents(
  pool: Pool,
  workspace: TestWorkspace,
  { count, capacity, secret }: { count: number; capacity: number; secret: string },
): Promise<Agent[]> {
  const agents: Agent[] = [];
  for (let n = 0; n < count; n += 1) {
    const name = `Agent ${n + 1}`;
    const member = await makeMember(pool, workspace, { capacity, name });
    const token = randomBytes(24).toString('base64url');
    await pool.query(
      `INSERT INTO session (id, user_id, token, expires_at, active_workspace_id)
       VALUES ($1, $2, $3, now() + interval '7 days', $4)`,
      [uuidv7(), member.userId, token, workspace.id],
    );
    agents.push({ ...member, name, cookie: sessionCookie(token, secret) });
  }
  return agents;
}
