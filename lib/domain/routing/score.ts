import { tierOf } from './eligibility.ts';
import type { CandidateScore, RoutingAgent, RoutingItem, RoutingPolicy } from './model.ts';

export interface Ranked extends CandidateScore {
  tier: number;
  /** Decides between equals: differs per conversation, so that no member always wins (R7). */
  tie: number;
}

/** FNV-1a, 32 bits: spreads equals evenly, and is the same on every node. */
function spread(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  // The last characters of an id alone reach only the low bits; fold them over.
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 12)) >>> 0;
}

export function rank(
  policy: RoutingPolicy,
  item: RoutingItem,
  agent: RoutingAgent,
  now: number,
): Ranked {
  const tier = tierOf(agent, item.queueId) ?? Number.MAX_SAFE_INTEGER;
  // Never assigned counts as idle since the epoch: longer than anybody.
  const idleSeconds = Math.max(0, now - (agent.lastAssignedAt ?? 0)) / 1000;
  const freeShare = agent.capacity > 0 ? 1 - agent.load / agent.capacity : 0;
  return {
    memberId: agent.memberId,
    tier,
    score: policy.strategy === 'longest_idle' ? idleSeconds : freeShare,
    terms: { tier, idleSeconds, freeShare },
    tie: spread(`${item.conversationId}:${agent.memberId}`),
  };
}

/** Best first: nearer tier, higher score, then the other strategy's term, then the tie-break. */
export function compareRanked(policy: RoutingPolicy) {
  const second = policy.strategy === 'longest_idle' ? 'freeShare' : 'idleSeconds';
  return (a: Ranked, b: Ranked): number =>
    a.tier - b.tier ||
    b.score - a.score ||
    (b.terms[second] ?? 0) - (a.terms[second] ?? 0) ||
    a.tie - b.tie ||
    (a.memberId < b.memberId ? -1 : 1);
}
