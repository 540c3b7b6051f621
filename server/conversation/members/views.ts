import type { Availability } from '#lib/domain/routing/model.ts';
import type { AwayReason } from '#lib/protocol/member.ts';
import type { Role } from '../context.ts';
import type { MemberRecord } from '../presenters/member-view.ts';
import type { Database } from '../store.ts';

interface MemberRow {
  member_id: string;
  name: string;
  role: Role;
  availability: Availability;
  present: boolean;
  load: number;
  capacity: number;
  queue_ids: string[];
  away_reason: AwayReason | null;
}

/** The name that visitors see: the member's own, else the user's. `member AS m`, `"user" AS u`. */
export const MEMBER_NAME = `coalesce(nullif(m.display_name, ''), u.name)`;

/**
 * Members as the presenters want them, by name; removed ones are left out.
 * @param memberIds null: all of the workspace
 */
export async function memberRecords(
  database: Database,
  workspaceId: string,
  memberIds: readonly string[] | null = null,
): Promise<MemberRecord[]> {
  const { rows } = await database.query<MemberRow>({
    name: 'member_views',
    text: `SELECT m.id AS member_id, ${MEMBER_NAME} AS name, m.role,
        coalesce(s.availability, 'away') AS availability, coalesce(s.present, false) AS present,
        coalesce(s.load, 0) AS load, m.capacity, s.away_reason,
        ARRAY(SELECT q.queue_id::text FROM queue_member q
          WHERE q.member_id = m.id AND q.workspace_id = m.workspace_id ORDER BY q.queue_id) AS queue_ids
      FROM member m
      JOIN "user" u ON u.id = m.user_id
      LEFT JOIN member_state s ON s.member_id = m.id AND s.workspace_id = m.workspace_id
      WHERE m.workspace_id = $1 AND m.removed_at IS NULL AND ($2::uuid[] IS NULL OR m.id = ANY ($2))
      ORDER BY name, m.id`,
    values: [workspaceId, memberIds],
  });
  return rows.map((row) => ({
    memberId: row.member_id,
    name: row.name,
    role: row.role,
    availability: row.availability,
    present: row.present,
    load: row.load,
    capacity: row.capacity,
    queueIds: row.queue_ids,
    awayReason: row.away_reason,
  }));
}
