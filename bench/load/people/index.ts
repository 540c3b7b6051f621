import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { makeWorkspace, type TestWorkspace } from '#server/test/factories.ts';
import { type Agent, makeAgents } from './agents.ts';
import { makeTalks, type Talk } from './talks.ts';

export { type Agent, makeAgents } from './agents.ts';
export { makeTalks, type Talk } from './talks.ts';

export interface People {
  workspace: TestWorkspace;
  /** PARLOUR_SECRET of the desks that are to know them. */
  secret: string;
  agents: Agent[];
  talks: Talk[];
}

/** A workspace of signed-in agents, each serving `talks / agents` visitors. */
export async function makePeople(
  pool: Pool,
  { agents: count, talks }: { agents: number; talks: number },
): Promise<People> {
  const secret = randomBytes(32).toString('hex');
  const workspace = await makeWorkspace(pool);
  // Room for more than they have: nobody is at capacity, as on an ordinary day.
  const capacity = Math.ceil(talks / count) + 5;
  const agents = await makeAgents(pool, workspace, { count, capacity, secret });
  return {
    workspace,
    secret,
    agents,
    talks: await makeTalks(pool, workspace, agents, { count: talks, secret }),
  };
}
