import type { PoolClient } from 'pg';
import type { Availability } from '#lib/domain/routing/model.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import type { AwayReason } from '#lib/protocol/member.ts';
import { uuidv7 } from '#lib/protocol/uuidv7.ts';

/** A member's live state under its row lock. */
export interface LockedState {
  workspaceId: string;
  memberId: string;
  availability: Availability;
  /** Why the desk set them away; null: their own choice. */
  awayReason: AwayReason | null;
  present: boolean;
  rev: number;
}

/**
 * Locks the member's state until the transaction ends, making the row when there is none yet. The
 * caller's later statements see every change that committed before the lock was got.
 * @throws ParlourError not_found: no such member in this workspace
 */
export async function lockState(
  client: PoolClient,
  workspaceId: string,
  memberId: string,
): Promise<LockedState> {
  const select = () =>
    client.query<Omit<LockedState, 'workspaceId' | 'memberId'>>({
      name: 'member_state_lock',
      text: `SELECT availability, away_reason AS "awayReason", present, rev FROM member_state
        WHERE member_id = $2 AND workspace_id = $1 FOR UPDATE`,
      values: [workspaceId, memberId],
    });
  let row = (await select()).rows[0];
  if (!row) {
    await client.query({
      name: 'member_state_make',
      text: `INSERT INTO member_state (member_id, workspace_id, absent_since)
        SELECT id, workspace_id, clock_timestamp() FROM member WHERE id = $2 AND workspace_id = $1
        ON CONFLICT (member_id) DO NOTHING`,
      values: [workspaceId, memberId],
    });
    row = (await select()).rows[0];
  }
  if (!row) throw new ParlourError('not_found');
  return { workspaceId, memberId, ...row };
}

/** What of the row a logged change moves; an availability comes with its reason. */
export type StatePatch =
  | { availability: Availability; awayReason: AwayReason | null }
  | { present: boolean };

/**
 * Writes a change and its log entry. `rev` counts logged changes, so that a day can be replayed in
 * their order whatever the clocks said; the compare on it fails loudly if the lock was forgotten.
 * absent_since is when absence was found, not when a lease ended: after the whole desk was down,
 * everybody still gets the grace to come back.
 */
export async function logChange(
  client: PoolClient,
  state: LockedState,
  entry: { kind: string; actorId: string | null; from: unknown; to: unknown },
  patch?: StatePatch,
): Promise<LockedState> {
  const rev = state.rev + 1;
  const chosen = patch && 'availability' in patch ? patch : null;
  const present = patch && 'present' in patch ? patch.present : null;
  const reason = chosen?.awayReason ? { reason: chosen.awayReason } : {};
  const { rowCount } = await client.query({
    name: 'member_state_change',
    text: `WITH moved AS (
        UPDATE member_state SET rev = $3,
          availability = coalesce($5, availability),
          away_reason = CASE WHEN $5 IS NULL THEN away_reason ELSE $11 END,
          present = coalesce($6, present),
          absent_since = CASE WHEN $6 IS NULL OR $6 = present THEN absent_since
            WHEN $6 THEN NULL ELSE clock_timestamp() END
        WHERE member_id = $2 AND workspace_id = $1 AND rev = $4
        RETURNING member_id)
      INSERT INTO member_event (id, workspace_id, member_id, at, kind, actor_id, data)
      SELECT $7, $1, member_id, clock_timestamp(), $8, $9, $10 FROM moved`,
    values: [
      state.workspaceId,
      state.memberId,
      rev,
      state.rev,
      chosen?.availability ?? null,
      present,
      uuidv7(),
      entry.kind,
      entry.actorId,
      JSON.stringify({ from: entry.from, to: entry.to, rev, ...reason }),
      chosen?.awayReason ?? null,
    ],
  });
  if (rowCount !== 1) throw new Error(`member_state of ${state.memberId} moved without its lock`);
  return { ...state, ...patch, rev };
}
