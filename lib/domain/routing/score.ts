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
  const { lastAssignedAt } = agent;
  const idleSeconds = lastAssignedAt === null ? null : Math.max(0, now - lastAssignedAt) / 1000;
  const freeShare = agent.capacity > 0 ? 1 - agent.load / agent.capacity : 0;
  return {
    memberId: agent.memberId,
    tier,
    score: policy.strategy === 'longest_idle' ? idleSeconds : freeShare,
    terms: { tier, idleSeconds, freeShare },
    tie: spread(`${item.conversationId}:${agent.memberId}`),
  };
}

/** null, never given a conversation, stands before every time. */
function higherFirst(a: number | null, b: number | null): number {
  if (a === null || b === null) return Number(b === null) - Number(a === null);
  return b - a;
}

/** Best first: nearer tier, higher score, then the other strategy's term, then the tie-break. */
export function compareRanked(policy: RoutingPolicy) {
  const second = policy.strategy === 'longest_idle' ? 'freeShare' : 'idleSeconds';
  return (a: Ranked, b: Ranked): number =>
    a.tier - b.tier ||
    higherFirst(a.score, b.score) ||
    higherFirst(a.terms[second], b.terms[second]) ||
    a.tie - b.tie ||
    (a.memberId < b.memberId ? -1 : 1);
}
