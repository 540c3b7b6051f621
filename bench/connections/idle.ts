import { setTimeout as pause } from 'node:timers/promises';
import { postgresCpu } from '#bench/load/proc.ts';
import { LIMITS } from '#lib/protocol/limits.ts';
import type { BenchContext, BenchDatabase } from '../bench.ts';
import type { Crowd } from './crowd.ts';
import type { Watched } from './servers.ts';

/** What idle connections cost. µs of CPU per connection and second */
export interface IdleCost {
  /** Pings, and the desk's own rechecks. */
  heartbeat: number;
  /** The same with clients that compare their heads every 15 s, as the SDK does. */
  heads: number;
  /** Of PostgreSQL, meanwhile; null where it cannot be read. */
  headsDatabase: number | null;
}

/** Every socket is pinged once in this time, whenever it connected. */
const ROUND_MS = LIMITS.heartbeatPingMs;

/** CPU per connection over one round of heartbeats. */
export async function costOfRound(server: Watched, connections: number): Promise<number> {
  const before = server.usage().cpuMs;
  await pause(ROUND_MS);
  return ((server.usage().cpuMs - before) * 1_000) / connections / (ROUND_MS / 1_000);
}

export async function costOfIdling(
  context: BenchContext,
  server: Watched,
  crowd: Crowd,
  db: BenchDatabase,
): Promise<IdleCost> {
  const heartbeat = await costOfRound(server, crowd.size);
  const databaseCpu = await postgresCpu(db.pool);
  await crowd.compareHeads(true);
  const before = databaseCpu?.() ?? 0;
  const heads = await costOfRound(server, crowd.size);
  const headsDatabase = databaseCpu
    ? ((databaseCpu() - before) * 1_000) / crowd.size / (ROUND_MS / 1_000)
    : null;
  await crowd.compareHeads(false);
  context.say(
    `idle: ${heartbeat.toFixed(1)} µs a second and connection, ${heads.toFixed(1)} with heads compared`,
  );
  return { heartbeat, heads, headsDatabase };
}
