import { setTimeout as pause } from 'node:timers/promises';
import { checkStored } from '#bench/load/check.ts';
import { type Step, takeStep } from '#bench/load/climb.ts';
import { crowdOf } from '#bench/load/crowds.ts';
import { Fleet } from '#bench/load/fleet.ts';
import type { People } from '#bench/load/people/index.ts';
import type { BenchContext, BenchDatabase } from '../bench.ts';
import { gather } from '../connections/crowd.ts';
import { heldOf } from '../connections/held-visitor.ts';
import { differing } from '../connections/storm.ts';
import { addHistory } from './history.ts';

export interface StormSize {
  /** Visitors who sync at once, again and again while messages flow. */
  clients: number;
  /** Messages each has missed. */
  missed: number;
  rate: number;
  warmupMs: number;
  measureMs: number;
}

export interface StormEffect {
  calm: Step;
  storm: Step;
  /** ms from everybody's asking until each was in step, in order; all waves together. */
  times: number[];
  waves: number;
  waits: Map<string, number>;
  problems: string[];
}

/** Between the end of one wave and the next. */
const BETWEEN_MS = 200;
/** The last wave must be in step within this, and is not waited for beyond. */
const LAST_WAVE_MS = 30_000;

/** Live messages alone, and then while thousands of clients fetch their history at once. */
export async function stormOverLive(
  context: BenchContext,
  db: BenchDatabase,
  desk: { port: number; origin: string; usage(): { cpuMs: number } },
  people: People,
  size: StormSize,
): Promise<StormEffect> {
  const behind = people.talks.slice(-size.clients);
  const talking = people.talks.slice(0, people.talks.length - size.clients);
  const fleet = new Fleet(1);
  context.after(() => fleet.end());
  const lively = crowdOf({ ...people, talks: talking }, [desk]);
  await fleet.connect(lively.talks, lively.agents);
  await addHistory(db.pool, people.workspace.id, behind, size.missed);
  await db.pool.query('VACUUM ANALYZE event, conversation');
  const crowd = await gather(context, { port: desk.port, namespace: '/visitor' }, heldOf(behind));
  await crowd.connect();
  const step = (about: string) =>
    takeStep(fleet, size.rate, {
      ...size,
      serverCpu: () => desk.usage().cpuMs,
      say: (line) => context.say(`${about}: ${line}`),
    });
  const calm = await step('alone');

  const times: number[] = [];
  let waves = 0;
  let over = false;
  const waving = (async () => {
    await pause(size.warmupMs);
    while (!over) {
      times.push(...(await crowd.again()));
      waves += 1;
      await pause(BETWEEN_MS);
    }
  })();
  const storm = await step('in the storm').finally(() => {
    over = true;
  });
  const ended = await Promise.race([
    waving.then(() => true),
    pause(LAST_WAVE_MS, false, { ref: false }),
  ]);
  const stand = await crowd.stand();
  const problems = [
    ...(ended
      ? []
      : [`syncs were not answered ${LAST_WAVE_MS / 1_000} s after the messages ended`]),
    ...stand.problems,
    ...(await differing(db, people.workspace.id, await crowd.heads())),
  ];
  const ledgers = await fleet.ledgers();
  await fleet.end();
  await crowd.end();
  problems.push(
    ...(await checkStored(db.pool, people.workspace.id, ledgers, () =>
      lively.talks.map(({ conversationId }) => conversationId),
    )),
  );
  context.say(`${waves} waves of ${size.clients} syncs`);
  times.sort((a, b) => a - b);
  return { calm, storm, times, waves, waits: stand.waits, problems };
}
