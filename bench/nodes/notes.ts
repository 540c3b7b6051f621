import { cpus } from 'node:os';
import { microseconds, type Step } from '../load/climb.ts';
import type { Outcome } from './index.ts';

/** From this share on a core, or the machine, has nothing left. */
const FULL = 0.9;

/** What a step's measured CPU shares say held it back. */
export function boundOf(step: Step, redis: number | null, desks = 1): string {
  const server = step.serverCores ?? 0;
  const used = server + (step.databaseCores ?? 0) + step.generatorCores + (redis ?? 0);
  if (redis !== null && redis > FULL) return 'Redis’s one thread';
  if (server > FULL * desks) return desks === 1 ? 'the desk’s one thread' : 'the desks’ threads';
  if (used > FULL * cpus().length) return `the machine’s ${cpus().length} cores together`;
  if (step.busiestGenerator > FULL) return 'a generator';
  return 'no CPU of its own: waiting (locks, disk, or other work on this machine)';
}

const cores = (value: number | null) => (value === null ? '?' : value.toFixed(2));

/** Where the time of a layout went: at the rate of the hop, and at the last rate. */
export function notesOf({ layout, hop, steps, redis }: Outcome): string[] {
  const cost = (step: Step, share: number | null) => {
    const value = microseconds(step, share);
    return value === null ? '?' : value.toFixed(0);
  };
  const last = steps.at(-1) ?? hop;
  const redisLast = redis.get(last) ?? null;
  return [
    `${layout.name}, at ${hop.rate}/s: p50 ${hop.delivery.p50.toFixed(1)}, p99 ${hop.delivery.p99.toFixed(1)} ms; µs of CPU a message: desks ${cost(hop, hop.serverCores)}, PostgreSQL ${cost(hop, hop.databaseCores)}, Redis ${cost(hop, redis.get(hop) ?? null)}`,
    `${layout.name}, at ${last.rate}/s${last.held ? ' (held: saturation lies above)' : ''}: ${cores(last.serverCores)} cores desks, ${cores(last.databaseCores)} PostgreSQL, ${cores(redisLast)} Redis, ${cores(last.generatorCores)} generators; bounded by ${boundOf(last, redisLast, layout.desks)}`,
  ];
}
