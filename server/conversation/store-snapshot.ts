import type { Snapshot } from '#lib/domain/conversation/index.ts';

/** Exactly the snapshot's fields: a record also carries what the flow does not see. */
export function snapshotOf(record: Snapshot): Snapshot {
  return {
    conversationId: record.conversationId,
    workspaceId: record.workspaceId,
    channelId: record.channelId,
    contactId: record.contactId,
    state: record.state,
    phase: record.phase,
    live: record.live,
    stateRev: record.stateRev,
    enteredAt: record.enteredAt,
    queueId: record.queueId,
    queuedAt: record.queuedAt,
    priority: record.priority,
    weight: record.weight,
    ownerId: record.ownerId,
    targetMemberId: record.targetMemberId,
    declinedBy: record.declinedBy,
    timers: record.timers,
    memory: record.memory,
    createdAt: record.createdAt,
    closedAt: record.closedAt,
    lastVisitorAt: record.lastVisitorAt,
    lastAgentAt: record.lastAgentAt,
  };
}
