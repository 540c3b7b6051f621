import { failedCondition } from './eligibility.ts';
import type {
  Decision,
  Explanation,
  FailedCondition,
  RoutingAgent,
  RoutingItem,
  RoutingPolicy,
} from './model.ts';
import { ringOf } from './rings.ts';
import { compareRanked, type Ranked, rank } from './score.ts';

export const DEFAULT_POLICY: RoutingPolicy = {
  version: 'default/1',
  strategy: 'longest_idle',
  secondaryAfterSeconds: 30,
};

/** How many candidates an explanation names. */
const EXPLAINED = 5;

/**
 * Whom to ask for one waiting conversation. Pure; the order of `agents` does not matter.
 * @param agents members who may matter, with load as of now
 * @param now ms by PostgreSQL's clock
 */
export function decide(
  policy: RoutingPolicy,
  item: RoutingItem,
  agents: readonly RoutingAgent[],
  now: number,
): Decision {
  const ring = ringOf(policy, item, agents, now);
  const candidates: Ranked[] = [];
  const failed: Partial<Record<FailedCondition, number>> = {};
  for (const agent of agents) {
    const condition = failedCondition(agent, item, ring);
    if (condition === null) candidates.push(rank(policy, item, agent, now));
    else failed[condition] = (failed[condition] ?? 0) + 1;
  }
  candidates.sort(compareRanked(policy));
  const explanation: Explanation = {
    policyVersion: policy.version,
    ring,
    candidates: candidates
      .slice(0, EXPLAINED)
      .map(({ memberId, score, terms }) => ({ memberId, score, terms })),
    failed,
  };
  const best = candidates[0];
  return best
    ? { kind: 'offer', memberId: best.memberId, explanation }
    : { kind: 'wait', explanation };
}
