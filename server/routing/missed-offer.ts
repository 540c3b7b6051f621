import type { Committed } from '#server/conversation/index.ts';
import { type RoutingRun, routingCtx } from './ports.ts';

/** The member who let an offer expire, or null when this commit is about something else. */
export function missedBy({ before, after, events }: Committed): string | null {
  if (before === null || before === after) return null;
  if (before.phase !== 'offered' || after.phase !== 'queued') return null;
  const expired = events.some((event) => String(event.data.trigger ?? '').startsWith('after:'));
  return expired ? before.targetMemberId : null;
}

/**
 * Who lets an offer expire without having written anywhere since it rang is not at the desk: they are
 * set away, so that visitors are not offered to an empty chair one after another, and told why when
 * they are back (decision 0091).
 */
export async function stepBack(
  run: RoutingRun,
  workspaceId: string,
  memberId: string,
  offeredAt: number,
): Promise<void> {
  const { rows } = await run.pool.query<{ busy: boolean }>({
    name: 'routing_busy_elsewhere',
    text: `SELECT EXISTS (SELECT FROM conversation c
      WHERE c.workspace_id = $1 AND c.owner_id = $2 AND c.closed_at IS NULL
        AND c.last_agent_at > to_timestamp($3::float8 / 1000)) AS busy`,
    values: [workspaceId, memberId, offeredAt],
  });
  if (rows[0]?.busy) return;
  await run.members.setAvailability(routingCtx(workspaceId), memberId, 'away', 'missed_offer');
  run.log.info({ memberId }, 'member_missed_offer_set_away');
}
