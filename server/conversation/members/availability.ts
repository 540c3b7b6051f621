import type { Pool } from 'pg';
import type { Availability } from '#lib/domain/routing/model.ts';
import type { AwayReason } from '#lib/protocol/member.ts';
import { inTransaction } from '../visitors/identify-visitor.ts';
import { lockState, logChange } from './member-state.ts';

/**
 * What the agent chose, apart from whether anything of theirs is connected. A repeat changes nothing
 * and is not logged; but whom the desk set away and who then chooses away themselves has chosen.
 * @param by.actorId null: the desk, for the reason given
 * @returns whether it moved
 * @throws ParlourError not_found
 */
export function changeAvailability(
  pool: Pool,
  workspaceId: string,
  memberId: string,
  availability: Availability,
  by: { actorId: string | null; reason: AwayReason | null },
): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    const state = await lockState(client, workspaceId, memberId);
    const from = state.availability;
    // The desk has nothing to add to a choice that stands.
    const settled = by.actorId === null || state.awayReason === null;
    if (from === availability && settled) return false;
    const { actorId, reason: awayReason } = by;
    const entry = { kind: 'member.availability_changed', actorId, from, to: availability };
    await logChange(client, state, entry, { availability, awayReason });
    return true;
  });
}
