import { cpus } from 'node:os';
import type { Bench, BenchContext, BenchDatabase, BenchResult } from '../bench.ts';
import { checkStored } from '../load/check.ts';
import { microseconds, type Step, saturationOf, takeStep } from '../load/climb.ts';
import { crowdOf } from '../load/crowds.ts';
import { type DeskProcess, startDeskProcess } from '../load/desk.ts';
import { Fleet } from '../load/fleet.ts';
import { makePeople, type People } from '../load/people/index.ts';
import { postgresCpu } from '../load/proc.ts';
import { boundOf, notesOf } from './notes.ts';
import { type BenchRedis, findRedis } from './redis.ts';

const GENERATORS = 2;
/** Answered and shown less than this share of what came in ends the climb; a little less is chance. */
const SATURATED = 0.9;

/** messages/s and times; the hop is compared at a rate that every layout holds. */
const PACE = {
  quick: { warmupMs: 400, measureMs: 1_200, hop: 600, rates: [4_000, 10_000] },
  full: {
    warmupMs: 3_000,
    measureMs: 10_000,
    hop: 1_000,
    rates: [2_000, 4_000, 6_000, 8_000, 10_000, 12_000, 14_000, 16_000, 20_000],
  },
} as const;

const SIZE = { quick: { talks: 200, agents: 20 }, full: { talks: 4_000, agents: 200 } } as const;

/** How many desks, and whether visitor and agent of a conversation sit on different ones. */
export interface Layout {
  name: string;
  desks: number;
  redis: boolean;
  crossing: boolean;
}

const ALONE: Layout = { name: '1 desk', desks: 1, redis: false, crossing: false };
const SHARED: readonly Layout[] = [
  { name: '1 desk with Redis', desks: 1, redis: true, crossing: false },
  { name: '2 desks, own sockets', desks: 2, redis: true, crossing: false },
  { name: '2 desks, crossing', desks: 2, redis: true, crossing: true },
  { name: '4 desks, crossing', desks: 4, redis: true, crossing: true },
];

/** What one layout did. `redis` is CPU of Redis in cores, by step; null: not measured. */
export interface Outcome {
  layout: Layout;
  hop: Step;
  steps: Step[];
  redis: Map<Step, number | null>;
  problems: string[];
}

/** Which desk each person reaches; without crossing a visitor sits where the agent does. */
function crowdAt(people: People, desks: readonly DeskProcess[], crossing: boolean) {
  const crowd = crowdOf(people, desks);
  if (crossing) return crowd;
  return {
    ...crowd,
    talks: crowd.talks.map((talk) => {
      const desk = desks[talk.agent % desks.length];
      if (!desk) throw new Error('a crowd needs a desk');
      return { ...talk, port: desk.port, headers: { ...talk.headers, Origin: desk.origin } };
    }),
  };
}

async function measureLayout(
  context: BenchContext,
  database: BenchDatabase,
  redis: BenchRedis | null,
  layout: Layout,
): Promise<Outcome> {
  const size = SIZE[context.quick ? 'quick' : 'full'];
  const pace = PACE[context.quick ? 'quick' : 'full'];
  const people = await makePeople(database.pool, size);
  const start = async () => {
    const desk = await startDeskProcess({
      databaseUrl: database.url,
      secret: people.secret,
      folder: context.folder,
      // Each desk a share, so that four do not ask for more connections than PostgreSQL has cores for.
      poolSize: Math.max(6, Math.floor(20 / layout.desks)),
      ...(layout.redis && redis ? { redisUrl: redis.url } : {}),
    });
    context.after(() => desk.stop());
    return desk;
  };
  const desks = await Promise.all(Array.from({ length: layout.desks }, start));
  const crowd = crowdAt(people, desks, layout.crossing);
  const fleet = new Fleet(GENERATORS);
  context.after(() => fleet.end());
  await fleet.connect(crowd.talks, crowd.agents);
  const redisOf = new Map<Step, number | null>();
  // Read whenever the desks' CPU is: the last two times at the ends of the measured window.
  const marks: { at: number; cpu: number | null }[] = [];
  const options = {
    ...pace,
    serverCpu() {
      marks.push({ at: performance.now(), cpu: redis?.cpu() ?? null });
      return desks.reduce((sum, desk) => sum + desk.usage().cpuMs, 0);
    },
    databaseCpu: await postgresCpu(database.pool),
    say: (line: string) => context.say(`${layout.name}: ${line}`),
  };
  const stepAt = async (rate: number) => {
    const step = await takeStep(fleet, rate, options);
    const [from, to] = marks.slice(-2);
    const [before, after] = [from?.cpu ?? null, to?.cpu ?? null];
    const wall = (to?.at ?? 0) - (from?.at ?? 0);
    redisOf.set(step, before === null || after === null ? null : (after - before) / wall);
    return step;
  };
  const hop = await stepAt(pace.hop);
  const steps: Step[] = [];
  for (const rate of pace.rates) {
    const step = await stepAt(rate);
    steps.push(step);
    if (Math.min(step.acked, step.delivered) < SATURATED * rate) break;
  }
  const ledgers = await fleet.ledgers();
  await fleet.end();
  const problems = await checkStored(database.pool, people.workspace.id, ledgers, (process) =>
    Fleet.talksOf(crowd.talks, process, GENERATORS).map((talk) => talk.conversationId),
  );
  const codes = await Promise.all(desks.map((desk) => desk.stop()));
  for (const [at, code] of codes.entries()) {
    if (code === 0) continue;
    problems.push(`a desk ended with ${code}: ${desks[at]?.lastWords()}`);
  }
  return {
    layout,
    hop,
    steps,
    redis: redisOf,
    problems: problems.map((problem) => `${layout.name}: ${problem}`),
  };
}

const key = ({ desks, redis, crossing }: Layout) =>
  `${desks}${redis ? (crossing ? '_crossing' : '_shared') : ''}`;

function metricsOf(outcomes: readonly Outcome[]): BenchResult['metrics'] {
  const each = outcomes.flatMap(({ layout, steps, hop }) => {
    const cost = microseconds(hop, hop.serverCores);
    return [
      {
        metric: `saturation_${key(layout)}`,
        value: Math.round(saturationOf([hop, ...steps])),
        unit: '1/s',
      },
      { metric: `p50_ms_${key(layout)}`, value: hop.delivery.p50, unit: 'ms' },
      { metric: `p99_ms_${key(layout)}`, value: hop.delivery.p99, unit: 'ms' },
      ...(cost === null ? [] : [{ metric: `desk_cpu_us_${key(layout)}`, value: cost, unit: 'us' }]),
    ];
  });
  const at = (name: string) => outcomes.find(({ layout }) => layout.name === name)?.hop;
  const [own, crossed] = [at('2 desks, own sockets'), at('2 desks, crossing')];
  if (!own || !crossed) return each;
  const [cost, costCrossed] = [own, crossed].map((step) => microseconds(step, step.serverCores));
  return [
    ...each,
    { metric: 'hop_ms', value: crossed.delivery.p50 - own.delivery.p50, unit: 'ms' },
    ...(cost == null || costCrossed == null
      ? []
      : [{ metric: 'hop_desk_cpu_us', value: costCrossed - cost, unit: 'us' }]),
  ];
}

async function run(context: BenchContext): Promise<BenchResult> {
  const redis = await findRedis();
  if (redis) context.after(() => redis.stop());
  const shared = SHARED.filter(({ desks }) => !context.quick || desks > 1);
  const layouts = redis ? [ALONE, ...shared] : [ALONE];
  const outcomes: Outcome[] = [];
  for (const layout of layouts) {
    // A database each: what one layout wrote does not weigh on the next.
    const database = await context.createDatabase();
    outcomes.push(await measureLayout(context, database, redis, layout));
  }
  const problems = outcomes.flatMap((outcome) => outcome.problems);
  for (const { layout, steps } of outcomes) {
    for (const step of steps) {
      if (boundOf(step, null) === 'a generator') {
        problems.push(`${layout.name}: at ${step.rate}/s a generator was at the end of its core`);
      }
    }
  }
  return {
    metrics: metricsOf(outcomes),
    series: [
      {
        title: 'p99 to the agent’s screen, over the rate',
        x: 'messages/s',
        y: 'ms',
        scale: 'log',
        lines: outcomes.map(({ layout, hop, steps }) => ({
          name: layout.name,
          points: [hop, ...steps].map((step): [number, number] => [step.rate, step.delivery.p99]),
        })),
      },
    ],
    notes: [
      ...(redis
        ? []
        : ['left out: no redis-server on PATH, and REDIS_URL is not set; several desks need one']),
      `all on one machine of ${cpus().length} cores: generators, desks, Redis and PostgreSQL share them, so that more desks add capacity only where cores are free`,
      ...outcomes.flatMap(notesOf),
    ],
    problems,
  };
}

export const nodes: Bench = {
  name: 'nodes',
  about: 'one, two and four desks over Redis: throughput, latency across desks, the cost of a hop',
  run,
};
