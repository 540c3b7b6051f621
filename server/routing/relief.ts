import type { FlowEvent } from '#lib/domain/conversation/index.ts';
import { leaseHolds } from '#server/leases/index.ts';
import { RELIEF, ROUTING_PREFIX, type RoutingRun, routingCtx } from './ports.ts';

interface LostRow {
  workspace_id: string;
  id: string;
  state_rev: number;
  queue_id: string | null;
  member_id: string;
  owns: boolean;
  reason: 'absent' | 'signed_off' | 'removed';
}

/** An offer does not wait the whole grace for who left the page, only a reload's time. ms */
const OFFER_GRACE_MS = 5_000;

const absentFor = (ms: string) =>
  `(NOT s.present AND s.absent_since < clock_timestamp() - make_interval(secs => ${ms}::float8 / 1000))`;

/**
 * Takes live conversations from members absent longer than the grace, and all from removed ones (I9).
 * Being away does not: who stepped back still finishes what they have; only what still rings for them
 * goes on to somebody else. The query answers only while this node holds the relief lease at `epoch`.
 */
export async function relieve(run: RoutingRun, epoch: string): Promise<void> {
  const { rows } = await run.pool.query<LostRow>({
    name: 'routing_relief',
    text: `WITH gone AS MATERIALIZED (
        SELECT s.workspace_id, s.member_id, s.present, m.removed_at IS NOT NULL AS removed,
          ${absentFor('$3')} AS absent,
          s.availability = 'away' OR ${absentFor('$4')} AS not_answering
        FROM member_state s JOIN member m ON m.id = s.member_id AND m.workspace_id = s.workspace_id
        WHERE s.load > 0 AND ${leaseHolds(`'${ROUTING_PREFIX}${RELIEF}'`, '$1', '$2')})
      SELECT c.workspace_id, c.id, c.state_rev, c.queue_id, gone.member_id,
        c.owner_id IS NOT DISTINCT FROM gone.member_id AS owns,
        CASE WHEN gone.removed THEN 'removed' WHEN gone.present THEN 'signed_off'
          ELSE 'absent' END AS reason
      FROM gone JOIN conversation c ON c.workspace_id = gone.workspace_id AND c.closed_at IS NULL
        AND (c.owner_id = gone.member_id OR c.target_member_id = gone.member_id)
      WHERE gone.removed OR (gone.absent AND c.live)
        OR (gone.not_answering AND c.target_member_id = gone.member_id)
      ORDER BY c.id LIMIT 1000`,
    values: [run.nodeId, epoch, run.graceMs, Math.min(OFFER_GRACE_MS, run.graceMs)],
  });
  await Promise.all(
    rows.map(async (row) => {
      try {
        await takeFrom(run, row);
      } catch (error) {
        // The next pass finds it again.
        run.log.warn({ err: error, conversationId: row.id }, 'routing_relief_failed');
      }
    }),
  );
}

async function takeFrom(run: RoutingRun, row: LostRow): Promise<void> {
  const event: FlowEvent = row.owns
    ? {
        type: 'owner.lost',
        memberId: row.member_id,
        reason: row.reason,
        staffed:
          row.queue_id !== null &&
          (await run.conversations.staffed(row.workspace_id, row.queue_id)),
      }
    : { type: 'target.lost', memberId: row.member_id, reason: row.reason };
  await run.conversations.append({
    ctx: routingCtx(row.workspace_id),
    conversationId: row.id,
    key: { source: 'routing', clientId: `lost:${row.state_rev}` },
    entries: [],
    event,
    about: { reason: row.reason, memberId: row.member_id },
  });
}
