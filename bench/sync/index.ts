import { makePeople } from '#bench/load/people/index.ts';
import type { Bench, BenchContext, BenchResult } from '../bench.ts';
import { seatAgents } from '../connections/seats.ts';
import { startDeskProcess } from '../load/desk.ts';
import { syncOnIdle } from './idle.ts';
import { reportOf } from './report.ts';
import { stormOverLive } from './storm.ts';

export const sync: Bench = {
  name: 'sync',
  about:
    'a visitor and an agent who missed messages: time until in step; and what a storm of syncs does to live messages',
  run: runSync,
};

const SIZE = {
  quick: {
    plans: [
      { missed: 1, talks: 45, warm: 5, rounds: 2 },
      { missed: 100, talks: 45, warm: 5, rounds: 2 },
      { missed: 10_000, talks: 1, warm: 0, rounds: 4 },
    ],
    storm: { clients: 2_000, missed: 100, rate: 1_000, warmupMs: 2_000, measureMs: 6_000 },
    talks: 200,
    agents: 10,
  },
  full: {
    plans: [
      { missed: 1, talks: 210, warm: 10, rounds: 5 },
      { missed: 100, talks: 210, warm: 10, rounds: 5 },
      { missed: 10_000, talks: 3, warm: 0, rounds: 10 },
    ],
    storm: { clients: 5_000, missed: 100, rate: 1_000, warmupMs: 3_000, measureMs: 20_000 },
    talks: 500,
    agents: 20,
  },
} as const;

async function runSync(context: BenchContext): Promise<BenchResult> {
  const size = SIZE[context.quick ? 'quick' : 'full'];
  const db = await context.createDatabase();
  const reading = size.plans.reduce((sum, { talks }) => sum + talks, 0);
  const people = await makePeople(db.pool, {
    agents: size.agents,
    talks: reading + size.talks + size.storm.clients,
  });
  const { secret } = people;
  const desk = await startDeskProcess({ databaseUrl: db.url, secret, folder: context.folder });
  context.after(() => desk.stop());
  // The storm first: its fleet brings the agents, who would be taken for gone after a while.
  const storm = await stormOverLive(
    context,
    db,
    desk,
    { ...people, talks: people.talks.slice(reading) },
    size.storm,
  );
  await seatAgents(context, people, desk);
  const idle = await syncOnIdle(context, db, desk, people, size.plans);
  const code = await desk.stop();
  const problems = [...storm.problems, ...idle.problems];
  if (code !== 0) problems.push(`the desk ended with ${code}`);
  for (const line of desk.complaints().slice(0, 5)) context.say(`desk said: ${line.slice(0, 300)}`);
  return reportOf({ results: idle.results, storm, problems, size: size.storm });
}
