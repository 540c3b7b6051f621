import type { Pool } from 'pg';
import { inTransaction } from '../visitors/identify-visitor.ts';
import { lockState, logChange } from './member-state.ts';

/** An aspect of a member's configuration: as it is, and as it was last logged. */
const ASPECTS = {
  'member.capacity_changed': `to_jsonb(m.capacity)`,
  'member.role_changed': `to_jsonb(m.role)`,
  'member.queues_changed': `coalesce((SELECT jsonb_object_agg(q.queue_id, q.tier) FROM queue_member q
    WHERE q.member_id = m.id AND q.workspace_id = m.workspace_id), '{}')`,
  'member.skills_changed': `coalesce((SELECT jsonb_object_agg(s.skill_id, s.level) FROM member_skill s
    WHERE s.member_id = m.id AND s.workspace_id = m.workspace_id), '{}')`,
  'member.removed': `to_jsonb(m.removed_at IS NOT NULL)`,
} as const;

/**
 * One row for each (member, aspect) whose value differs from the newest logged one. Nobody starts as
 * removed, so that the first log of a member does not say that they were not.
 */
const DIFFERENCES = `
  SELECT m.id AS member_id, aspect.kind, known.value AS known, aspect.value AS now
  FROM member m
  CROSS JOIN LATERAL (VALUES ${Object.entries(ASPECTS)
    .map(([kind, value]) => `('${kind}', ${value})`)
    .join(', ')}) AS aspect (kind, value)
  LEFT JOIN LATERAL (
    SELECT e.data->'to' AS value FROM member_event e
    WHERE e.workspace_id = m.workspace_id AND e.member_id = m.id AND e.kind = aspect.kind
      AND e.kind NOT IN ('member.presence_changed', 'member.availability_changed')
    ORDER BY (e.data->>'rev')::int DESC LIMIT 1) known ON true
  WHERE m.workspace_id = $1 AND ($2::uuid IS NULL OR m.id = $2)
    AND aspect.value IS DISTINCT FROM
      coalesce(known.value, CASE aspect.kind WHEN 'member.removed' THEN 'false'::jsonb END)
  ORDER BY m.id, aspect.kind`;

interface Difference {
  member_id: string;
  kind: string;
  known: unknown;
  now: unknown;
}

/**
 * Logs what changed in the configuration of a workspace's members since it was last logged: capacity,
 * role, queues, skills, removal. Every node may notice the same change; compared again under the
 * member's lock, it is logged once.
 * @returns the members that this call logged something of
 */
export async function logConfiguration(pool: Pool, workspaceId: string): Promise<string[]> {
  const { rows } = await pool.query<Difference>({
    name: 'member_configuration',
    text: DIFFERENCES,
    values: [workspaceId, null],
  });
  const logged: string[] = [];
  for (const memberId of new Set(rows.map((row) => row.member_id))) {
    const moved = await inTransaction(pool, async (client) => {
      let state = await lockState(client, workspaceId, memberId);
      const again = await client.query<Difference>({
        name: 'member_configuration',
        text: DIFFERENCES,
        values: [workspaceId, memberId],
      });
      for (const { kind, known, now } of again.rows) {
        state = await logChange(client, state, { kind, actorId: null, from: known, to: now });
      }
      return again.rows.length > 0;
    });
    if (moved) logged.push(memberId);
  }
  return logged;
}
