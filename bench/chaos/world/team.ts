import { createHmac, randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { DEFAULT_FLOW } from '#lib/domain/conversation/index.ts';
import { deriveKey } from '#lib/env.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';
import { makeMember, makeQueue, makeWorkspace } from '#server/test/factories.ts';

/** So that every timer of the default flow falls due many times in a run. ms */
const QUICK = { stillWaiting: 9_000, giveUp: 25_000, visitorIdle: 20_000, wrapup: 6_000 };
const OFFER_SECONDS = 5;

export interface TeamMember {
  id: string;
  name: string;
  role: 'agent' | 'supervisor';
  /** The session cookie of their sign-in. */
  cookie: string;
}

export interface Team {
  workspaceId: string;
  channelKey: string;
  queueIds: string[];
  members: TeamMember[];
}

const FLOW = {
  ...DEFAULT_FLOW,
  delays: Object.fromEntries(
    Object.entries(DEFAULT_FLOW.delays).map(([name, delay]) => [
      name,
      { ...delay, ms: QUICK[name as keyof typeof QUICK] ?? delay.ms },
    ]),
  ),
};

/** A signed-in session, as the sign-in leaves it: a row, and a cookie signed with the desk's key. */
async function signIn(pool: Pool, userId: string, secret: string): Promise<string> {
  const token = randomBytes(24).toString('base64url');
  await pool.query(
    `INSERT INTO session (id, user_id, token, expires_at) VALUES ($1, $2, $3, now() + interval '1 day')`,
    [uuidv7(), userId, token],
  );
  const key = deriveKey('sessions', { secret, dataDir: '' }).toString('base64url');
  const signature = createHmac('sha256', key).update(token).digest('base64');
  return `parlour.session_token=${encodeURIComponent(`${token}.${signature}`)}`;
}

/** A workspace with two queues, agents who serve one or both, and a supervisor; all still away. */
export async function makeTeam(pool: Pool, secret: string, agents: number): Promise<Team> {
  const workspace = await makeWorkspace(pool, { flow: FLOW, offerSeconds: OFFER_SECONDS });
  const second = await makeQueue(pool, workspace.id, { offerSeconds: OFFER_SECONDS });
  const queueIds = [workspace.queueId, second];
  const members: TeamMember[] = [];
  for (let i = 0; i <= agents; i++) {
    const role = i === agents ? 'supervisor' : 'agent';
    const made = await makeMember(pool, workspace, {
      role,
      capacity: 3,
      queueIds: i === 0 ? [workspace.queueId] : queueIds,
      availability: 'away',
      present: false,
    });
    const cookie = await signIn(pool, made.userId, secret);
    members.push({ id: made.id, name: `${role}-${i}`, role, cookie });
  }
  return { workspaceId: workspace.id, channelKey: workspace.channelKey, queueIds, members };
}
