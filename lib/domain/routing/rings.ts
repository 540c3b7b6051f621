import { isStaffing, tierOf } from './eligibility.ts';
import type { RoutingAgent, RoutingItem, RoutingPolicy } from './model.ts';

/**
 * Up to which tier members count now (R4): tier 1 alone at first; tier 2 as well once the item has
 * waited, or at once when nobody of tier 1 is there to wait for.
 */
export function ringOf(
  policy: RoutingPolicy,
  item: RoutingItem,
  agents: readonly RoutingAgent[],
  now: number,
): number {
  if (now - item.queuedAt >= policy.secondaryAfterSeconds * 1000) return 2;
  const primaryThere = agents.some(
    (agent) => tierOf(agent, item.queueId) === 1 && isStaffing(agent, item.queueId),
  );
  return primaryThere ? 1 : 2;
}

/** When the ring widens by time alone, ms; null when it has already. */
export function ringWidensAt(policy: RoutingPolicy, item: RoutingItem, now: number): number | null {
  const at = item.queuedAt + policy.secondaryAfterSeconds * 1000;
  return at > now ? at : null;
}
