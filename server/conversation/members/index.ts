import type { Pool } from 'pg';
import type { Availability, RoutingAgent } from '#lib/domain/routing/model.ts';
import { logger } from '#lib/observability/logger.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import type { AwayReason, MemberView } from '#lib/protocol/member.ts';
import type { Ctx } from '../context.ts';
import { presentMemberView, presentOwnView } from '../presenters/member-view.ts';
import type { MemberNames } from '../presenters/names.ts';
import type { Committed } from '../records.ts';
import { isStaffed } from '../store.ts';
import { changeAvailability } from './availability.ts';
import { logConfiguration } from './configuration.ts';
import { createNameCache } from './names.ts';
import { createPresence } from './presence.ts';
import { rosterOf } from './roster.ts';
import { memberRecords } from './views.ts';

export { PRESENCE_LEASE_MS } from './presence.ts';

/** Told after the commit. */
export interface MemberChange {
  workspaceId: string;
  memberId: string;
  /** `load` follows conversations and is not in the members' log: the conversations' log has it. */
  what: 'availability' | 'presence' | 'configuration' | 'load';
  /** As it is now, for others; null: removed. */
  view: MemberView | null;
  /** The same for the member's own consoles. */
  own: MemberView | null;
}

type Tenant = Pick<Ctx, 'workspaceId'>;

/** Members' live state: availability, merged presence, what routing and screens read of them. */
export interface Members {
  /**
   * @param reason why the desk sets it, told to the member until they choose again; none: their choice
   * @returns the member's own view
   * @throws ParlourError not_found
   */
  setAvailability(
    ctx: Ctx,
    memberId: string,
    availability: Availability,
    reason?: AwayReason,
  ): Promise<MemberView>;
  /** A socket of the member opened on the node; counted, so call `disconnect` once for each. */
  connect(ctx: Tenant, memberId: string, nodeId: string): Promise<void>;
  disconnect(ctx: Tenant, memberId: string, nodeId: string): Promise<void>;
  /** Call it every PRESENCE_LEASE_MS / 3. */
  renew(nodeId: string): Promise<void>;
  /** The node goes down in good order. */
  release(nodeId: string): Promise<void>;
  /** Ends the leases of dead nodes; call it every PRESENCE_LEASE_MS / 3 on any node. */
  sweep(): Promise<void>;
  /** config_rev moved: logs what changed of the members and tells the listeners. */
  onConfigChanged(workspaceId: string): Promise<void>;
  onMemberChanged(listener: (change: MemberChange) => void): () => void;
  /** Tells the listeners of members whose load a commit moved. */
  afterCommit(committed: Committed): void;
  rosterOf(workspaceId: string): Promise<RoutingAgent[]>;
  /** Whether somebody of the queue is available and present. */
  staffed(workspaceId: string, queueId: string): Promise<boolean>;
  /** What the member's own consoles show of them; null: removed, or not of this workspace. */
  ownView(workspaceId: string, memberId: string): Promise<MemberView | null>;
  /** All members, or those of `memberIds`, as others see them; removed ones are left out. */
  views(workspaceId: string, memberIds?: readonly string[]): Promise<MemberView[]>;
  /**
   * Display names by id, removed members too; kept until the configuration changes.
   * @param need ids that must be among them
   */
  names(workspaceId: string, need?: Iterable<string>): Promise<MemberNames>;
}

/** Whose load a commit moved. */
function loadMoved({ before, after }: Committed): Set<string> {
  const held = (s: Committed['before']) => new Set([s?.ownerId, s?.targetMemberId]);
  if (before === after) return new Set();
  const moved = held(before).symmetricDifference(held(after));
  return new Set([...moved].filter((id) => typeof id === 'string'));
}

export function createMembers({ pool, leaseMs }: { pool: Pool; leaseMs?: number }): Members {
  const listeners = new Set<(change: MemberChange) => void>();
  const names = createNameCache(pool);
  const presence = createPresence(
    pool,
    (workspaceId, memberId) => tell(workspaceId, [memberId], 'presence'),
    leaseMs,
  );

  async function tell(
    workspaceId: string,
    memberIds: readonly string[],
    what: MemberChange['what'],
  ): Promise<void> {
    if (listeners.size === 0 || memberIds.length === 0) return;
    const records = await memberRecords(pool, workspaceId, memberIds);
    for (const memberId of memberIds) {
      const record = records.find((one) => one.memberId === memberId);
      const view = record ? presentMemberView(record) : null;
      const own = record ? presentOwnView(record) : null;
      for (const listener of listeners) listener({ workspaceId, memberId, what, view, own });
    }
  }

  async function ownView(workspaceId: string, memberId: string): Promise<MemberView | null> {
    const [record] = await memberRecords(pool, workspaceId, [memberId]);
    return record ? presentOwnView(record) : null;
  }

  return {
    async setAvailability({ workspaceId, actor }, memberId, availability, reason) {
      const actorId = actor.kind === 'member' ? actor.memberId : null;
      const by = { actorId, reason: reason ?? null };
      const moved = await changeAvailability(pool, workspaceId, memberId, availability, by);
      if (moved) await tell(workspaceId, [memberId], 'availability');
      const view = await ownView(workspaceId, memberId);
      if (!view) throw new ParlourError('not_found');
      return view;
    },
    connect: (ctx, memberId, nodeId) => presence.connect(ctx.workspaceId, memberId, nodeId),
    disconnect: (ctx, memberId, nodeId) => presence.disconnect(ctx.workspaceId, memberId, nodeId),
    renew: presence.renew,
    release: presence.release,
    sweep: presence.sweep,
    async onConfigChanged(workspaceId) {
      names.forget(workspaceId);
      await tell(workspaceId, await logConfiguration(pool, workspaceId), 'configuration');
    },
    onMemberChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    afterCommit(committed) {
      const moved = loadMoved(committed);
      if (moved.size === 0) return;
      // A hint that is lost costs a screen one stale number until the next one.
      tell(committed.workspaceId, [...moved], 'load').catch((err: unknown) =>
        logger.warn({ err }, 'member_load_hint_failed'),
      );
    },
    rosterOf: (workspaceId) => rosterOf(pool, workspaceId),
    staffed: (workspaceId, queueId) => isStaffed(pool, workspaceId, queueId),
    ownView,
    views: async (workspaceId, memberIds) =>
      (await memberRecords(pool, workspaceId, memberIds ?? null)).map(presentMemberView),
    names: (workspaceId, need) => names.of(workspaceId, need),
  };
}
