import type { Point } from './fit.ts';
import { addWaiting, costOfArrivals, withRouting } from './routing.ts';
import { costOfMessages, type World } from './world.ts';

export interface OverQueue {
  messages: Point[];
  arrivals: Point[];
}

/** Ever more who wait while nobody has room: a message of one of them, and one more who comes. */
export async function overQueue(world: World, quick: boolean): Promise<OverQueue> {
  const points: OverQueue = { messages: [], arrivals: [] };
  await world.pool.query(`UPDATE member SET capacity = 1 WHERE workspace_id = $1`, [
    world.desk.workspaceId,
  ]);
  await world.pool.query('UPDATE member_state SET load = 1 WHERE workspace_id = $1', [
    world.desk.workspaceId,
  ]);
  const waiting = await addWaiting(world, 10);
  for (const size of quick ? [10, 200, 5_000] : [10, 100, 1_000, 10_000, 50_000]) {
    waiting.push(...(await addWaiting(world, size - waiting.length)));
    await world.pool.query('ANALYZE conversation');
    const routing = await withRouting(world);
    const some = waiting.slice(0, 100);
    points.messages.push([
      size,
      await costOfMessages(world, some, {
        count: quick ? 1_000 : 2_000,
        width: 10,
      }),
    ]);
    points.arrivals.push([size, await costOfArrivals(world, 'queued', quick)]);
    await routing.stop();
  }
  return points;
}
