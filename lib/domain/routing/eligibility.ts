import type { FailedCondition, RoutingAgent, RoutingItem } from './model.ts';

/** The first condition the agent fails for this item (R2), or null when they may be asked. */
export function failedCondition(
  agent: RoutingAgent,
  item: RoutingItem,
  ring: number,
): FailedCondition | null {
  const tier = tierOf(agent, item.queueId);
  if (tier === null) return 'not_in_queue';
  if (tier > ring) return 'later_ring';
  if (!agent.present) return 'not_present';
  if (agent.availability !== 'available') return 'not_available';
  if (!hasSkills(agent, item)) return 'missing_skill';
  if (agent.load + item.weight > agent.capacity) return 'at_capacity';
  if (item.declinedBy.includes(agent.memberId)) return 'declined_before';
  return null;
}

export function tierOf(agent: RoutingAgent, queueId: string): number | null {
  return Object.hasOwn(agent.queues, queueId) ? (agent.queues[queueId] ?? null) : null;
}

function hasSkills(agent: RoutingAgent, item: RoutingItem): boolean {
  return item.requiredSkills.every(({ skillId, level }) => {
    const own = Object.hasOwn(agent.skills, skillId) ? (agent.skills[skillId] ?? 0) : 0;
    return own >= level;
  });
}

/** Somebody who could be given conversations of this queue, were they free. */
export function isStaffing(agent: RoutingAgent, queueId: string): boolean {
  return tierOf(agent, queueId) !== null && agent.present && agent.availability === 'available';
}
