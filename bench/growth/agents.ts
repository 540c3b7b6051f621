import { addAgents } from '../append/people.ts';
import type { Point } from './fit.ts';
import { costOfArrivals, costOfPresence, withRouting } from './routing.ts';
import { addServed, costOfMessages, type World } from './world.ts';

export interface OverAgents {
  messages: Point[];
  decisions: Point[];
  presence: Point[];
}

/** Ever more available members of one queue: a message, a conversation routed, a presence changed. */
export async function overAgents(world: World, quick: boolean): Promise<OverAgents> {
  const points: OverAgents = { messages: [], decisions: [], presence: [] };
  const talkers = await addServed(world, 100);
  for (const size of quick ? [10, 100, 1_000] : [10, 100, 1_000, 3_000]) {
    const more = await addAgents(world.pool, world.desk, size - world.desk.agents.length);
    world.desk.agents.push(...more);
    await world.pool.query('ANALYZE');
    points.messages.push([
      size,
      await costOfMessages(world, talkers, { count: quick ? 1_000 : 2_000, width: 100 }),
    ]);
    const routing = await withRouting(world);
    points.decisions.push([size, await costOfArrivals(world, 'serving', quick)]);
    points.presence.push([size, await costOfPresence(world)]);
    await routing.stop();
  }
  return points;
}
