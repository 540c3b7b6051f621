import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Availability, RoutingAgent, RoutingPolicy } from '#lib/domain/routing/index.ts';
import { newTrace } from '#lib/observability/trace.ts';
import type { Conversations, Ctx } from '#server/conversation/index.ts';

/** What routing needs of members' live state. */
export interface RoutingMembers {
  rosterOf(workspaceId: string): Promise<RoutingAgent[]>;
  setAvailability(ctx: Ctx, memberId: string, availability: Availability): Promise<unknown>;
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

export const QUEUE_PREFIX = 'routing:';
/** The lease of whoever relieves absent members; queues' leases are named by their id. */
export const RELIEF = 'relief';

export function routingCtx(workspaceId: string): Ctx {
  return { workspaceId, actor: { kind: 'system', name: 'routing' }, trace: newTrace() };
}
