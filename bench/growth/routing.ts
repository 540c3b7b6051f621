import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { logger } from '#lib/observability/logger.ts';
import { type RoutingRunner, startRouting } from '#server/routing/index.ts';
import { perItem } from '../append/cpu.ts';
import { addVisitors, openAll, type Talker } from '../append/people.ts';
import { medianOf } from './fit.ts';
import { both, idleCost, type World } from './world.ts';

/** Routing on the world's room, as a desk's worker runs it; resolves once it holds the queues. */
export async function withRouting(world: World): Promise<RoutingRunner> {
  const runner = startRouting({
    pool: world.pool,
    conversations: world.node,
    members: world.node.members,
    log: logger,
    nodeId: randomUUID(),
  });
  for (;;) {
    const { rows } = await world.pool.query<{ held: number }>(
      `SELECT count(*)::int AS held FROM lease WHERE name LIKE 'routing:%' AND expires_at > now()`,
    );
    if ((rows[0]?.held ?? 0) >= 17) return runner;
    await pause(50);
  }
}

/** How many of these conversations are in a phase. */
async function inPhase(world: World, talkers: readonly Talker[], phase: string): Promise<number> {
  const { rows } = await world.pool.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM conversation WHERE id = ANY ($1) AND phase = $2',
    [talkers.map(({ conversationId }) => conversationId), phase],
  );
  return rows[0]?.count ?? 0;
}

const PER_SECOND = 50;

/**
 * What a new conversation costs at 50 a second, opening and every routing pass it causes together:
 * three rounds, each until all are in `phase`; the median, less what the room costs when nothing
 * happens.
 * @returns µs of CPU
 */
export async function costOfArrivals(
  world: World,
  phase: 'serving' | 'queued',
  quick: boolean,
): Promise<number> {
  const idle = await idleCost(world, quick ? 600 : 3_000);
  const costs: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const talkers = await addVisitors(world.pool, world.desk, quick ? 30 : 100);
    const before = await world.meter.read();
    const began = performance.now();
    for (const [index, talker] of talkers.entries()) {
      const due = (index * 1_000) / PER_SECOND;
      const now = performance.now() - began;
      if (due > now) await pause(due - now);
      await openAll(world.node, [talker], []);
    }
    while ((await inPhase(world, talkers, phase)) < talkers.length) await pause(25);
    const seconds = (performance.now() - began) / 1_000;
    const spent = both(perItem(before, await world.meter.read(), 1));
    costs.push(Math.max(spent - idle * seconds, 0) / talkers.length);
  }
  return medianOf(costs);
}

/** What a member's coming and going costs. @returns µs of CPU, of one change */
export async function costOfPresence(world: World): Promise<number> {
  const nodeId = randomUUID();
  const { desk, node, meter } = world;
  const members = desk.agents.slice(0, 10);
  const costs: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const before = await meter.read();
    for (const { workspaceId, actor } of members) {
      await node.members.connect({ workspaceId }, actor.memberId, nodeId);
      await node.members.disconnect({ workspaceId }, actor.memberId, nodeId);
    }
    costs.push(both(perItem(before, await meter.read(), 2 * members.length)));
    await node.members.release(nodeId);
  }
  // Their places are kept: they are taken for present again.
  await world.pool.query('UPDATE member_state SET present = true WHERE workspace_id = $1', [
    desk.workspaceId,
  ]);
  return medianOf(costs);
}

/** A message of those who wait. @returns the visitors, each with one conversation in the queue */
export async function addWaiting(world: World, count: number): Promise<Talker[]> {
  const talkers = await addVisitors(world.pool, world.desk, count);
  await openAll(world.node, talkers, []);
  return talkers;
}
