import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import { createPool } from '#lib/db/pool.ts';
import { type Conversations, createConversations } from '#server/conversation/index.ts';
import { type Cpu, CpuMeter, perItem } from '../append/cpu.ts';
import { type Load, nextNumber, sendNext } from '../append/drive.ts';
import { Ledger, talkerOf } from '../append/ledger.ts';
import {
  addVisitors,
  type Desk,
  inParallel,
  makeDesk,
  openAll,
  type Talker,
} from '../append/people.ts';
import type { BenchDatabase } from '../bench.ts';
import { medianOf } from './fit.ts';

/** One desk and its conversation room, measured by the CPU it and PostgreSQL use. */
export interface World {
  pool: Pool;
  /** Without the limits of a desk's: for filling the database. */
  filling: Pool;
  node: Conversations;
  desk: Desk;
  ledger: Ledger;
  meter: CpuMeter;
  /** Who took turns from which message on. */
  turns: { from: number; talkers: readonly Talker[] }[];
  close(): Promise<void>;
}

export async function makeWorld(database: BenchDatabase, agents: number): Promise<World> {
  const pool = createPool(database.url);
  const node = createConversations({ pool });
  const desk = await makeDesk(pool, agents);
  return {
    pool,
    filling: database.pool,
    node,
    desk,
    ledger: new Ledger(),
    meter: new CpuMeter(pool),
    turns: [],
    async close() {
      await node.close();
      await pool.end();
    },
  };
}

/** Visitors with an open, served conversation each. */
export async function addServed(world: World, count: number): Promise<Talker[]> {
  const talkers = await addVisitors(world.pool, world.desk, count);
  await openAll(world.node, talkers, world.desk.agents);
  return talkers;
}

/** What was acknowledged is stored once, where its ack said, without gaps. @returns what did not hold */
export function checkWorld({ ledger, pool, desk, turns }: World): Promise<string[]> {
  return ledger.check(pool, desk, [], 0, (number) => {
    const turn = turns.findLast(({ from }) => from <= number);
    return turn && talkerOf(turn.talkers, number);
  });
}

/** CPU of the desk and of PostgreSQL together, µs an item; where PostgreSQL is elsewhere, the desk's. */
export const both = ({ desk, postgres }: Cpu): number => desk + (postgres ?? 0);

/**
 * What a message costs: `count` of them, `width` on their way, three times; the median.
 * @returns µs of CPU
 */
export async function costOfMessages(
  world: World,
  talkers: readonly Talker[],
  { count, width }: { count: number; width: number },
): Promise<number> {
  world.turns.push({ from: nextNumber(), talkers: [...talkers] });
  const load: Load = { node: world.node, talkers, ledger: world.ledger };
  const items = Array.from({ length: count });
  // The first round takes the rows in and is not counted.
  await inParallel(items.slice(0, Math.max(3 * talkers.length, 200)), width, () => sendNext(load));
  const costs: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const before = await world.meter.read();
    await inParallel(items, width, () => sendNext(load));
    costs.push(both(perItem(before, await world.meter.read(), count)));
  }
  return medianOf(costs);
}

/**
 * CPU of doing nothing, µs a second: loops that look around by themselves. The lesser of two looks, as
 * what was done before may still be cleaned up after.
 */
export async function idleCost(world: World, ms: number): Promise<number> {
  const looks: number[] = [];
  for (let look = 0; look < 2; look += 1) {
    const before = await world.meter.read();
    await pause(ms);
    looks.push(both(perItem(before, await world.meter.read(), ms / 1000)));
  }
  return Math.min(...looks);
}
