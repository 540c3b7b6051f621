import type { Pool, PoolClient } from 'pg';
import { logger } from '#lib/observability/logger.ts';
import { failureOf } from '../append-failure.ts';
import { inTransaction } from '../visitors/identify-visitor.ts';
import { type LockedState, lockState, logChange } from './member-state.ts';

const log = logger.child({ scope: 'presence' });

/** How long a node's word holds when it is not renewed. Renew about three times as often. */
export const PRESENCE_LEASE_MS = 15_000;

interface Local {
  workspaceId: string;
  /** Sockets on this node, over tabs and devices. */
  count: number;
}

export interface Presence {
  /** One socket more of the member on the node. */
  connect(workspaceId: string, memberId: string, nodeId: string): Promise<void>;
  /** One socket less. */
  disconnect(workspaceId: string, memberId: string, nodeId: string): Promise<void>;
  /** Extends the node's leases; brings back those which others swept while it was stopped. */
  renew(nodeId: string): Promise<void>;
  /** The node goes down in good order: its leases end now. */
  release(nodeId: string): Promise<void>;
  /** Ends leases of nodes that no longer renew. Any node may, all may at once. */
  sweep(): Promise<void>;
}

/** Does `work` for each member; one that fails is left to the next round, and stops no other. */
async function forEach<M extends { memberId: string }>(
  what: string,
  members: readonly M[],
  work: (member: M) => Promise<unknown>,
): Promise<void> {
  for (const member of members) {
    try {
      await work(member);
    } catch (error) {
      // Without the database the others would only wait in vain, each in turn.
      if (failureOf(error, false) === 'connection') throw error;
      log.warn({ err: error, memberId: member.memberId }, what);
    }
  }
}

async function settle(client: PoolClient, state: LockedState): Promise<boolean> {
  const { rows } = await client.query<{ present: boolean }>({
    name: 'presence_merged',
    text: `SELECT EXISTS (SELECT FROM member_connection
      WHERE member_id = $2 AND workspace_id = $1 AND expires_at > clock_timestamp()) AS present`,
    values: [state.workspaceId, state.memberId],
  });
  const present = rows[0]?.present ?? false;
  if (present === state.present) return false;
  const entry = {
    kind: 'member.presence_changed',
    actorId: null,
    from: state.present,
    to: present,
  };
  await logChange(client, state, entry, { present });
  return true;
}

/**
 * Presence of members, merged over nodes, tabs and devices: one lease row for each (member, node),
 * expiring by the database's clock, and `member_state.present` = some lease lives.
 * A node's own counts are kept here and written absolutely, so that every write repairs what an
 * earlier one lost; they are read under the member's row lock, so that the last writer is right.
 */
export function createPresence(
  pool: Pool,
  onChanged: (workspaceId: string, memberId: string) => Promise<void>,
  leaseMs = PRESENCE_LEASE_MS,
): Presence {
  const nodes = new Map<string, Map<string, Local>>();

  function localOf(nodeId: string): Map<string, Local> {
    const local = nodes.get(nodeId) ?? new Map<string, Local>();
    nodes.set(nodeId, local);
    return local;
  }

  async function announce(workspaceId: string, memberId: string, nodeId: string): Promise<void> {
    const moved = await inTransaction(pool, async (client) => {
      const state = await lockState(client, workspaceId, memberId);
      const count = nodes.get(nodeId)?.get(memberId)?.count ?? 0;
      if (count > 0) {
        await client.query({
          name: 'presence_lease',
          text: `INSERT INTO member_connection (workspace_id, member_id, node_id, connections, expires_at)
            VALUES ($1, $2, $3, $4, clock_timestamp() + make_interval(secs => $5::float8 / 1000))
            ON CONFLICT (member_id, node_id)
            DO UPDATE SET connections = excluded.connections, expires_at = excluded.expires_at`,
          values: [workspaceId, memberId, nodeId, count, leaseMs],
        });
      } else {
        await client.query({
          name: 'presence_leave',
          text: 'DELETE FROM member_connection WHERE workspace_id = $1 AND member_id = $2 AND node_id = $3',
          values: [workspaceId, memberId, nodeId],
        });
      }
      return settle(client, state);
    });
    if (moved) await onChanged(workspaceId, memberId);
  }

  return {
    async connect(workspaceId, memberId, nodeId) {
      const local = localOf(nodeId);
      const count = (local.get(memberId)?.count ?? 0) + 1;
      local.set(memberId, { workspaceId, count });
      await announce(workspaceId, memberId, nodeId);
    },

    async disconnect(workspaceId, memberId, nodeId) {
      const local = localOf(nodeId);
      const count = (local.get(memberId)?.count ?? 0) - 1;
      if (count > 0) local.set(memberId, { workspaceId, count });
      else local.delete(memberId);
      await announce(workspaceId, memberId, nodeId);
    },

    async renew(nodeId) {
      const local = localOf(nodeId);
      if (local.size === 0) return;
      const { rows } = await pool.query<{ member_id: string }>({
        name: 'presence_renew',
        text: `UPDATE member_connection
          SET expires_at = clock_timestamp() + make_interval(secs => $3::float8 / 1000)
          WHERE node_id = $1 AND member_id = ANY ($2) RETURNING member_id`,
        values: [nodeId, [...local.keys()], leaseMs],
      });
      const renewed = new Set(rows.map((row) => row.member_id));
      const gone = [...local].flatMap(([memberId, { workspaceId }]) =>
        renewed.has(memberId) ? [] : [{ memberId, workspaceId }],
      );
      await forEach('presence_renew_failed', gone, ({ workspaceId, memberId }) =>
        announce(workspaceId, memberId, nodeId),
      );
    },

    async release(nodeId) {
      const local = nodes.get(nodeId);
      nodes.delete(nodeId);
      const left = [...(local ?? [])].map(([memberId, { workspaceId }]) => ({
        memberId,
        workspaceId,
      }));
      await forEach('presence_release_failed', left, ({ workspaceId, memberId }) =>
        announce(workspaceId, memberId, nodeId),
      );
    },

    async sweep() {
      const { rows } = await pool.query<{ workspaceId: string; memberId: string }>({
        name: 'presence_expired',
        text: `SELECT DISTINCT workspace_id AS "workspaceId", member_id AS "memberId" FROM member_connection
          WHERE expires_at <= clock_timestamp() ORDER BY 2 LIMIT 1000`,
      });
      await forEach('presence_sweep_failed', rows, async ({ workspaceId, memberId }) => {
        const moved = await inTransaction(pool, async (client) => {
          const state = await lockState(client, workspaceId, memberId);
          // A lease renewed meanwhile no longer matches, and stays.
          await client.query({
            name: 'presence_sweep',
            text: `DELETE FROM member_connection
              WHERE workspace_id = $1 AND member_id = $2 AND expires_at <= clock_timestamp()`,
            values: [workspaceId, memberId],
          });
          return settle(client, state);
        });
        if (moved) await onChanged(workspaceId, memberId);
      });
    },
  };
}
