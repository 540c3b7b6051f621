import type { Pool } from 'pg';
import type { Availability } from '#lib/domain/routing/model.ts';
import { inTransaction } from '../visitors/identify-visitor.ts';
import { lockState, logChange } from './member-state.ts';

/**
 * What the agent chose, apart from whether anything of theirs is connected. A repeat changes nothing
 * and is not logged.
 * @returns whether it moved
 * @throws ParlourError not_found
 */
export function changeAvailability(
  pool: Pool,
  workspaceId: string,
  memberId: string,
  availability: Availability,
  actorId: string | null,
): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    const state = await lockState(client, workspaceId, memberId);
    if (state.availability === availability) return false;
    const from = state.availability;
    const entry = { kind: 'member.availability_changed', actorId, from, to: availability };
    await logChange(client, state, entry, { availability });
    return true;
  });
}
