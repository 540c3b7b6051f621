import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Availability, RoutingAgent, RoutingPolicy } from '#lib/domain/routing/index.ts';
import { newTrace } from '#lib/observability/trace.ts';
import type { AwayReason } from '#lib/protocol/member.ts';
import type { Conversations, Ctx } from '#server/conversation/index.ts';

/** What routing needs of members' live state. */
export interface RoutingMembers {
  rosterOf(workspaceId: string): Promise<RoutingAgent[]>;
  /** `reason`: told to the member. */
  setAvailability(
    ctx: Ctx,
    memberId: string,
    availability: Availability,
    reason: AwayReason,
  ): Promise<unknown>;
  /** `what`: availability, presence, configuration or load. */
  onMemberChanged(listener: (change: { what: string }) => void): () => void;
}

export interface RoutingDeps {
  pool: Pool;
  conversations: Pick<Conversations, 'append' | 'staffed' | 'onCommitted'>;
  members: RoutingMembers;
  log: Logger;
  /** UUID of this process. */
  nodeId: string;
  /** How long an absent member keeps conversations, ms (I9). */
  graceMs?: number;
  policy?: RoutingPolicy;
  /** Shorter in tests. */
  pollMs?: number;
  leaseMs?: number;
}

/** What the parts of this room share. */
export interface RoutingRun extends RoutingDeps {
  graceMs: number;
  policy: RoutingPolicy;
  pollMs: number;
}

export const ROUTING_PREFIX = 'routing:';
/** The lease of whoever relieves absent members. */
export const RELIEF = 'relief';
/**
 * Queues are owned in 16 shards, by the last hex digit of their id, which is random: a lease for each
 * of thousands of queues would be as many writes in each renewal.
 */
export const QUEUE_SHARDS: readonly string[] = [...'0123456789abcdef'];

/** SQL: the shard of a queue. The argument is an SQL expression of type uuid. */
export const shardOfQueue = (queueId: string) => `right(${queueId}::text, 1)`;

export function routingCtx(workspaceId: string): Ctx {
  return { workspaceId, actor: { kind: 'system', name: 'routing' }, trace: newTrace() };
}
