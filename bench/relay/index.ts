import type { Bench, BenchContext, BenchResult, Series } from '../bench.ts';
import { startBareProcess } from '../load/bare-process.ts';
import { checkStored } from '../load/check.ts';
import {
  type ClimbOptions,
  climb,
  microseconds,
  type Step,
  saturationOf,
  takeStep,
} from '../load/climb.ts';
import { bareCrowdOf, type CrowdOrders, crowdOf } from '../load/crowds.ts';
import { startDeskProcess } from '../load/desk.ts';
import { Fleet } from '../load/fleet.ts';
import { makePeople, type People } from '../load/people/index.ts';
import { postgresCpu } from '../load/proc.ts';
import { notesOf } from './notes.ts';
import { KEEPS_UP, P99_MS, PACE, SIZE } from './rates.ts';

const GENERATORS = 2;

export const relay: Bench = {
  name: 'relay',
  about:
    'durable messages from visitors to agents through the whole product, at rising rates, beside a bare Socket.IO relay',
  run: runRelay,
};

interface Climbed {
  steps: Step[];
  problems: string[];
}

const passes = (step: Step) => step.held && step.delivery.p99 <= P99_MS;

async function connected(crowd: CrowdOrders, context: BenchContext): Promise<Fleet> {
  const fleet = new Fleet(GENERATORS);
  context.after(() => fleet.end());
  const begun = performance.now();
  await fleet.connect(crowd.talks, crowd.agents);
  const seconds = (performance.now() - begun) / 1_000;
  const all = crowd.talks.length + crowd.agents.length;
  context.say(`${all} connected, every conversation open at its agent, in ${seconds.toFixed(1)} s`);
  return fleet;
}

async function climbDesk(context: BenchContext, people: People, db: Database): Promise<Climbed> {
  const pace = PACE[context.quick ? 'quick' : 'full'];
  const desk = await startDeskProcess({
    databaseUrl: db.url,
    secret: people.secret,
    folder: context.folder,
  });
  context.after(() => desk.stop());
  const crowd = crowdOf(people, [desk]);
  const fleet = await connected(crowd, context);
  const databaseCpu = await postgresCpu(db.pool);
  const options: ClimbOptions = {
    ...pace,
    serverCpu: () => desk.usage().cpuMs,
    databaseCpu,
    say: (line) => context.say(`desk ${line}`),
  };
  const steps = await climb(fleet, pace.desk, options);
  for (let n = 0; n < pace.refinements; n += 1) {
    const low = Math.max(0, ...steps.filter(passes).map((step) => step.rate));
    const high = Math.min(
      ...steps.filter((step) => !passes(step) && step.rate > low).map((s) => s.rate),
    );
    if (!Number.isFinite(high) || high - low < 500) break;
    steps.push(await takeStep(fleet, Math.round((low + high) / 200) * 100, options));
  }
  const ledgers = await fleet.ledgers();
  await fleet.end();
  const problems = await checkStored(db.pool, people.workspace.id, ledgers, (process) =>
    Fleet.talksOf(crowd.talks, process, GENERATORS).map((talk) => talk.conversationId),
  );
  const code = await desk.stop();
  if (code !== 0) problems.push(`the desk ended with ${code}`);
  for (const line of desk.complaints().slice(0, 5)) context.say(`desk said: ${line.slice(0, 300)}`);
  return { steps, problems };
}

async function climbBare(context: BenchContext, people: People): Promise<Climbed> {
  const pace = PACE[context.quick ? 'quick' : 'full'];
  const bare = await startBareProcess();
  context.after(() => bare.stop());
  const fleet = await connected(bareCrowdOf(people, bare.port), context);
  const steps = await climb(fleet, pace.bare, {
    ...pace,
    serverCpu: () => bare.usage().cpuMs,
    say: (line) => context.say(`bare ${line}`),
  });
  const problems = (await fleet.ledgers()).flatMap((ledger) => ledger.problems);
  await fleet.end();
  await bare.stop();
  return { steps, problems: problems.map((problem) => `bare relay: ${problem}`) };
}

type Database = Awaited<ReturnType<BenchContext['createDatabase']>>;

async function runRelay(context: BenchContext): Promise<BenchResult> {
  const size = SIZE[context.quick ? 'quick' : 'full'];
  const db = await context.createDatabase();
  const people = await makePeople(db.pool, size);
  context.say(`${size.talks} conversations at ${size.agents} agents`);
  const desk = await climbDesk(context, people, db);
  const bare = await climbBare(context, people);

  const saturation = saturationOf(desk.steps);
  const bareSaturation = saturationOf(bare.steps);
  const byRate = desk.steps.toSorted((a, b) => b.rate - a.rate);
  const best = byRate.find(passes);
  // Where none is within the limit, the mean is that of the highest rate that was held at all.
  const held = best ?? byRate.find((step) => step.held);
  const problems = [...desk.problems, ...bare.problems];
  for (const step of [...desk.steps, ...bare.steps]) {
    if (step.busiestGenerator > KEEPS_UP && (step.serverCores ?? 1) < KEEPS_UP) {
      problems.push(`at ${step.rate}/s a generator was at the end of its core, not the server`);
    }
  }
  return {
    metrics: [
      { metric: 'saturation_per_second', value: Math.round(saturation), unit: '1/s' },
      { metric: 'bare_per_second', value: Math.round(bareSaturation), unit: '1/s' },
      { metric: 'ratio_to_bare', value: saturation / bareSaturation, unit: 'ratio' },
      { metric: 'rate_at_p99_55ms', value: Math.round(best?.delivered ?? 0), unit: '1/s' },
      ...(held ? [{ metric: 'mean_ms_at_rate', value: held.delivery.mean, unit: 'ms' }] : []),
      ...(best ? costs(best) : []),
    ],
    series: [latencies('p99', desk.steps, bare.steps), latencies('mean', desk.steps, bare.steps)],
    notes: notesOf(desk.steps, bare.steps, best),
    problems,
  };
}

function costs(step: Step) {
  const parts = [
    ['desk_cpu_us', step.serverCores],
    ['postgres_cpu_us', step.databaseCores],
    ['generator_cpu_us', step.generatorCores],
  ] as const;
  return parts.flatMap(([metric, cores]) => {
    const value = microseconds(step, cores);
    return value === null ? [] : [{ metric, value, unit: 'us' }];
  });
}

function latencies(which: 'p99' | 'mean', desk: readonly Step[], bare: readonly Step[]): Series {
  const points = (steps: readonly Step[], audience: 'ack' | 'delivery') =>
    [...steps]
      .sort((a, b) => a.rate - b.rate)
      .map((step): [number, number] => [step.rate, step[audience][which]]);
  return {
    title: `${which} from the intended sending, over the rate`,
    x: 'messages/s',
    y: 'ms',
    scale: 'log',
    lines: [
      { name: 'shown to the agent', points: points(desk, 'delivery') },
      { name: 'acknowledged', points: points(desk, 'ack') },
      { name: 'bare relay, shown', points: points(bare, 'delivery') },
    ],
  };
}
