import type { Database } from '../store.ts';

export interface QueuePlace {
  conversationId: string;
  /** 1 = next */
  position: number;
}

/** Who waits in a queue, in the order of serving: priority, then age. At most `limit`. */
export async function queuePlaces(
  database: Database,
  workspaceId: string,
  queueId: string,
  limit = 1_000,
): Promise<QueuePlace[]> {
  const { rows } = await database.query<{ id: string }>({
    name: 'queue_places',
    text: `SELECT c.id FROM conversation c
      WHERE c.queue_id = $2 AND c.workspace_id = $1 AND c.phase = 'queued'
      ORDER BY c.priority DESC, c.queued_at, c.id LIMIT $3`,
    values: [workspaceId, queueId, limit],
  });
  return rows.map((row, index) => ({ conversationId: row.id, position: index + 1 }));
}
