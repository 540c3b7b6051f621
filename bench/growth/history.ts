import type { Point } from './fit.ts';
import { addServed, costOfMessages, type World } from './world.ts';

/** Messages that were written long ago: the log grows and the row says so. */
const LENGTHEN = `WITH row AS (
    UPDATE conversation SET last_seq = last_seq + $2::int, last_public_seq = last_public_seq + $2::int,
      last_visitor_seq = last_seq + $2::int, preview = 'long ago', preview_by = 'visitor',
      last_visitor_at = date_trunc('milliseconds', clock_timestamp())
    WHERE id = $1 RETURNING *)
  INSERT INTO event (conversation_id, seq, workspace_id, public_seq, source, client_id, kind, actor_kind,
    actor_id, data, created_at)
  SELECT row.id, row.last_seq - $2::int + n, row.workspace_id, row.last_public_seq - $2::int + n,
    'v:' || row.visitor_id, 'long-ago-' || row.last_seq || '-' || n, 'message.sent', 'visitor',
    row.visitor_id, '{"text": "long ago"}', row.last_visitor_at
  FROM row CROSS JOIN generate_series(1, $2::int) AS n`;

/** A message in conversations with ever longer logs. */
export async function overHistory(world: World, quick: boolean): Promise<Point[]> {
  const points: Point[] = [];
  const talkers = await addServed(world, quick ? 20 : 40);
  let length = 4;
  for (const size of quick ? [500, 3_000, 10_000] : [500, 5_000, 50_000, 200_000]) {
    for (const { conversationId } of talkers) {
      await world.filling.query(LENGTHEN, [conversationId, size - length]);
    }
    length = size;
    await world.filling.query('VACUUM ANALYZE event');
    points.push([
      size,
      await costOfMessages(world, talkers, { count: 2_000, width: talkers.length }),
    ]);
    const { rows } = await world.pool.query<{ length: number }>(
      'SELECT max(last_seq) AS length FROM conversation WHERE id = ANY ($1)',
      [talkers.map(({ conversationId }) => conversationId)],
    );
    // What was measured made them longer, too; by two hundred, whatever the size.
    length = rows[0]?.length ?? size;
  }
  return points;
}
