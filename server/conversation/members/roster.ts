import type { Availability, RoutingAgent } from '#lib/domain/routing/model.ts';
import type { Database } from '../store.ts';

interface RosterRow {
  member_id: string;
  availability: Availability;
  present: boolean;
  capacity: number;
  load: number;
  queues: Record<string, number>;
  skills: Record<string, number>;
  last_assigned_at: number | null;
}

/**
 * Every member of a workspace as routing sees them; removed ones are not among them. A member whose
 * live state was never written is away and absent.
 */
export async function rosterOf(database: Database, workspaceId: string): Promise<RoutingAgent[]> {
  const { rows } = await database.query<RosterRow>({
    name: 'roster',
    text: `SELECT m.id AS member_id, coalesce(s.availability, 'away') AS availability,
        coalesce(s.present, false) AS present, m.capacity, coalesce(s.load, 0) AS load,
        coalesce(q.queues, '{}') AS queues, coalesce(k.skills, '{}') AS skills,
        (extract(epoch FROM s.last_assigned_at) * 1000)::float8 AS last_assigned_at
      FROM member m
      LEFT JOIN member_state s ON s.member_id = m.id AND s.workspace_id = m.workspace_id
      LEFT JOIN (SELECT member_id, jsonb_object_agg(queue_id, tier) AS queues
        FROM queue_member WHERE workspace_id = $1 GROUP BY member_id) q ON q.member_id = m.id
      LEFT JOIN (SELECT member_id, jsonb_object_agg(skill_id, level) AS skills
        FROM member_skill WHERE workspace_id = $1 GROUP BY member_id) k ON k.member_id = m.id
      WHERE m.workspace_id = $1 AND m.removed_at IS NULL
      ORDER BY m.id`,
    values: [workspaceId],
  });
  return rows.map((row) => ({
    memberId: row.member_id,
    availability: row.availability,
    present: row.present,
    capacity: row.capacity,
    load: row.load,
    queues: row.queues,
    skills: row.skills,
    lastAssignedAt: row.last_assigned_at,
  }));
}
