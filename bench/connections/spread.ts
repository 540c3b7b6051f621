import { makePeople } from '#bench/load/people/index.ts';
import type { BenchContext } from '../bench.ts';
import { findRedis } from '../nodes/redis.ts';
import { type Crowd, gather } from './crowd.ts';
import { heldOf } from './held-visitor.ts';
import { seatAgents } from './seats.ts';
import { startWatchedDesk, type Watched } from './servers.ts';
import { PER_DESK } from './sizes.ts';

/** Many visitors over several desks on one database. */
export interface Spread {
  held: number;
  desks: number;
  /** Resident memory of the desks per visitor. */
  bytes: number;
  perSecond: number;
  notes: string[];
  problems: string[];
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** Fills desk after desk with visitors; says what stopped it when not all of them fit. */
export async function holdOverMany(context: BenchContext, wanted: number): Promise<Spread> {
  const db = await context.createDatabase();
  const count = Math.ceil(wanted / PER_DESK);
  const people = await makePeople(db.pool, { agents: 100, talks: wanted });
  const redis = await findRedis();
  if (redis) context.after(() => redis.stop());
  const notes = [
    redis
      ? 'The several desks share a Redis.'
      : 'The several desks run without Redis: none is on PATH, and REDIS_URL is not set.',
  ];
  const { secret } = people;
  const folder = context.folder;
  const desks: Watched[] = [];
  const crowds: Crowd[] = [];
  const problems: string[] = [];
  const weights: number[] = [];
  let connectMs = 0;
  let held = 0;
  for (let index = 0; index < count; index += 1) {
    const desk = await startWatchedDesk({
      databaseUrl: db.url,
      secret,
      folder,
      poolSize: 12,
      ...(redis ? { redisUrl: redis.url } : {}),
      // One node's workers are enough for idle visitors.
      roles: index === 0 ? ['realtime', 'worker'] : ['realtime'],
    });
    context.after(() => desk.stop());
    desks.push(desk);
    if (index === 0) await seatAgents(context, people, desk);
    const share = people.talks.slice(index * PER_DESK, (index + 1) * PER_DESK);
    const at = { port: desk.port, namespace: '/visitor' } as const;
    const crowd = await gather(context, at, heldOf(share));
    crowds.push(crowd);
    const empty = await desk.probe.settled();
    connectMs += await crowd.connect();
    const full = await desk.probe.settled();
    weights.push((full.rss - empty.rss) / crowd.size);
    held = sum((await Promise.all(crowds.map((one) => one.stand()))).map(({ joined }) => joined));
    context.say(`${held} visitors on ${desks.length} desks`);
  }
  const stands = await Promise.all(crowds.map((crowd) => crowd.stand()));
  held = sum(stands.map(({ joined }) => joined));
  problems.push(...stands.flatMap((stand) => stand.problems));
  if (held < wanted) problems.push(`${wanted - held} of ${wanted} visitors are not held`);
  await Promise.all(crowds.map((crowd) => crowd.end()));
  await Promise.all(desks.map((desk) => desk.stop()));
  return {
    held,
    desks: desks.length,
    bytes: sum(weights) / weights.length,
    perSecond: (held / connectMs) * 1_000,
    notes,
    problems,
  };
}
