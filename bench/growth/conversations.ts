import type { Point } from './fit.ts';
import { addServed, costOfMessages, type World } from './world.ts';

const PEOPLE = `INSERT INTO contact (id, workspace_id)
  SELECT uuidv7(), workspace_id FROM conversation, generate_series(1, $2::int) WHERE id = $1
  RETURNING id`;

/** Copies a conversation and its log under new ids for these people. */
const COPY = `WITH template AS (SELECT * FROM conversation WHERE id = $1),
  made AS MATERIALIZED (SELECT uuidv7() AS id, contact_id FROM unnest($2::uuid[]) AS contact_id),
  copied AS (INSERT INTO conversation (id, workspace_id, channel_id, contact_id, visitor_id,
      flow_version_id, state, phase, live, state_rev, entered_at, queue_id, queued_at, priority, weight,
      owner_id, timers, memory, created_at, last_seq, last_public_seq, last_visitor_at, last_agent_at,
      last_visitor_seq, last_agent_seq, preview, preview_by)
    SELECT made.id, t.workspace_id, t.channel_id, made.contact_id, t.visitor_id, t.flow_version_id,
      t.state, t.phase, t.live, t.state_rev, t.entered_at, t.queue_id, t.queued_at, t.priority, t.weight,
      t.owner_id, t.timers, t.memory, t.created_at, t.last_seq, t.last_public_seq, t.last_visitor_at,
      t.last_agent_at, t.last_visitor_seq, t.last_agent_seq, t.preview, t.preview_by
    FROM made, template t)
  INSERT INTO event (conversation_id, seq, workspace_id, public_seq, source, client_id, kind, actor_kind,
    actor_id, data, created_at)
  SELECT made.id, e.seq, e.workspace_id, e.public_seq, e.source, e.client_id, e.kind, e.actor_kind,
    e.actor_id, e.data, e.created_at
  FROM made CROSS JOIN event e WHERE e.conversation_id = $1`;

/** A batch of copies; one statement of a hundred thousand would take minutes and much memory. */
const BATCH = 5_000;

async function copy(world: World, template: string | undefined, count: number): Promise<void> {
  const people = await world.filling.query<{ id: string }>(PEOPLE, [template, count]);
  // A foreign key is checked by a plan kept since the table was empty: through all of it.
  await world.filling.query('ANALYZE contact');
  await world.filling.query(COPY, [template, people.rows.map(({ id }) => id)]);
}

/**
 * A message among ever more open conversations: a thousand people write, spread over all by their
 * ids; the others only lie there, with their logs.
 */
export async function overConversations(world: World, quick: boolean): Promise<Point[]> {
  const points: Point[] = [];
  const sizes = quick ? [1_000, 5_000, 25_000] : [1_000, 10_000, 100_000, 500_000];
  const [template] = await addServed(world, 1);
  const talkers = await addServed(world, 500);
  let stored = 1 + talkers.length;
  for (const size of sizes) {
    while (stored < size - 250) {
      const count = Math.min(BATCH, size - stored - 250);
      await copy(world, template?.conversationId, count);
      stored += count;
    }
    // Half of those who write opened before all the others, half behind them.
    talkers.splice(250, talkers.length, ...(await addServed(world, 250)));
    stored += 250;
    await world.filling.query('VACUUM ANALYZE conversation, event');
    points.push([
      size,
      await costOfMessages(world, talkers, { count: quick ? 3_000 : 6_000, width: 400 }),
    ]);
  }
  return points;
}
