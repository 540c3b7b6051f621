import { cpus } from 'node:os';
import type { Bench, BenchContext, BenchResult } from '../bench.ts';
import { checkStored } from '../load/check.ts';
import { climb, type Step, saturationOf } from '../load/climb.ts';
import { crowdOf } from '../load/crowds.ts';
import { type DeskProcess, startDeskProcess } from '../load/desk.ts';
import { Fleet, type PressReport } from '../load/fleet.ts';
import { type Latency, merged, summarize } from '../load/histograms.ts';
import { makePeople } from '../load/people/index.ts';
import { postgresCpu } from '../load/proc.ts';

const GENERATORS = 2;
/** Of the saturation rate. */
const PRESSURE = 2;
const CALM = 0.4;
/** What is accepted waits no longer than the server promises, and some for the way. */
const MOST_P99_MS = 2_000;
/** Normal is what the same rate took before the pressure, with room for chance; or less than a person notices. */
const NORMAL = { times: 2, leastMs: 100 };
/** What a heap may breathe; a queue without bounds would be many times that. */
const MOST_GROWTH = 300e6;

const PACE = {
  quick: {
    size: { talks: 1_000, agents: 40 },
    climb: { warmupMs: 500, measureMs: 1_500 },
    rates: [1_000, 3_000, 6_000, 9_000, 12_000, 18_000, 26_000],
    press: { warmupMs: 3_000, pressMs: 8_000, calmMs: 6_000 },
  },
  full: {
    size: { talks: 5_000, agents: 200 },
    climb: { warmupMs: 2_000, measureMs: 6_000 },
    rates: [4_000, 8_000, 10_000, 12_000, 14_000, 16_000, 20_000, 24_000, 28_000],
    press: { warmupMs: 5_000, pressMs: 60_000, calmMs: 20_000 },
  },
} as const;

export const overload: Bench = {
  name: 'overload',
  about: 'twice the saturation rate: what is accepted, how late, what it costs, and how it ends',
  run: runOverload,
};

interface Memory {
  /** Means over the first and the last quarter of the pressure. bytes */
  early: number;
  late: number;
}

/** CPU of the desk and of PostgreSQL over the pressure. ms; null where it cannot be read */
interface Spent {
  desk: number;
  postgres: number | null;
}

/** Watches resident memory. @returns how to stop, which says how it went */
function watchMemory(desk: DeskProcess): () => Memory {
  const samples: number[] = [];
  const timer = setInterval(() => samples.push(desk.usage().rss), 200);
  return () => {
    clearInterval(timer);
    const mean = (some: number[]) => some.reduce((a, b) => a + b, 0) / Math.max(1, some.length);
    const quarter = Math.max(1, Math.floor(samples.length / 4));
    return { early: mean(samples.slice(0, quarter)), late: mean(samples.slice(-quarter)) };
  };
}

async function runOverload(context: BenchContext): Promise<BenchResult> {
  const pace = PACE[context.quick ? 'quick' : 'full'];
  const db = await context.createDatabase();
  const people = await makePeople(db.pool, pace.size);
  const { secret } = people;
  const desk = await startDeskProcess({ databaseUrl: db.url, secret, folder: context.folder });
  context.after(() => desk.stop());
  const crowd = crowdOf(people, [desk]);
  const fleet = new Fleet(GENERATORS);
  context.after(() => fleet.end());
  await fleet.connect(crowd.talks, crowd.agents);
  context.say(`${crowd.talks.length + crowd.agents.length} connected`);
  const serverCpu = () => desk.usage().cpuMs;
  const databaseCpu = await postgresCpu(db.pool);
  const say = (line: string) => context.say(line);
  const steps = await climb(fleet, pace.rates, {
    ...pace.climb,
    serverCpu,
    ...(databaseCpu ? { databaseCpu } : {}),
    say,
  });
  const saturation = saturationOf(steps);

  if (saturation === 0) throw new Error('the desk carries nothing: this machine is busy otherwise');
  const rate = PRESSURE * saturation;
  context.say(`saturated at ${Math.round(saturation)}/s; now ${Math.round(rate)} attempts/s`);
  let stop: (() => Memory) | undefined;
  let memory: Memory = { early: 0, late: 0 };
  const spent = (): Spent => ({ desk: serverCpu(), postgres: databaseCpu?.() ?? null });
  let [before, after] = [spent(), spent()];
  const calmRate = CALM * saturation;
  const distance = (step: Step) => Math.abs(step.rate - calmRate);
  const alike = steps.reduce((a, b) => (distance(b) < distance(a) ? b : a));
  const normalMs = Math.max(NORMAL.leastMs, NORMAL.times * alike.ack.p99);
  const order = { ...pace.press, rate, calmRate, normalMs };
  const reports = await fleet.press(order, {
    pressing: () => {
      stop = watchMemory(desk);
      before = spent();
    },
    calming: () => {
      memory = stop?.() ?? memory;
      after = spent();
    },
  });
  const ledgers = await fleet.ledgers();
  await fleet.end();
  const problems = await checkStored(db.pool, people.workspace.id, ledgers, (process) =>
    Fleet.talksOf(crowd.talks, process, GENERATORS).map((talk) => talk.conversationId),
  );
  const code = await desk.stop();
  if (code !== 0) problems.push(`the desk ended with ${code}`);
  const postgres =
    before.postgres === null || after.postgres === null ? null : after.postgres - before.postgres;
  const cpu = { desk: after.desk - before.desk, postgres };
  return resultOf({ saturation, rate, normalMs, ...pace.press }, reports, memory, cpu, problems);
}

interface Asked {
  saturation: number;
  rate: number;
  pressMs: number;
  calmMs: number;
  normalMs: number;
}

function resultOf(
  asked: Asked,
  reports: readonly PressReport[],
  memory: Memory,
  cpu: Spent,
  problems: string[],
): BenchResult {
  const sum = (pick: (report: PressReport) => number) =>
    reports.reduce((total, report) => total + pick(report), 0);
  const refused = sum((report) => Object.values(report.refused).reduce((a, b) => a + b, 0));
  const generatorMs = sum((report) => report.cpuMs);
  const codes = new Set(reports.flatMap((report) => Object.keys(report.refused)));
  const ack: Latency = summarize(merged(reports.map((report) => report.ack)));
  const lateness = summarize(merged(reports.map((report) => report.lateness)));
  const seconds = asked.pressMs / 1_000;
  const cores = (ms: number | null) => (ms === null ? '?' : (ms / asked.pressMs).toFixed(2));
  const recoveryMs = Math.max(...reports.map((report) => report.recoveryMs));
  const growth = memory.late - memory.early;
  const accepted = sum((report) => report.acked) / seconds;
  const offered = sum((report) => report.attempts) / seconds;

  if (ack.p99 > MOST_P99_MS)
    problems.push(`what was accepted took ${Math.round(ack.p99)} ms (p99)`);
  if (growth > MOST_GROWTH) problems.push(`memory grew by ${Math.round(growth / 1e6)} MB`);
  if (recoveryMs > asked.calmMs - 1_000) problems.push('it did not come back to normal by itself');
  const unanswered = sum((report) => report.unanswered);
  if (unanswered > 0) problems.push(`${unanswered} attempts were never answered`);
  for (const code of codes) {
    if (code !== 'overloaded') problems.push(`refused with ${code}, which is not D7’s answer`);
  }
  return {
    metrics: [
      { metric: 'offered_per_second', value: Math.round(offered), unit: '1/s' },
      { metric: 'accepted_per_second', value: Math.round(accepted), unit: '1/s' },
      { metric: 'accepted_of_saturation', value: accepted / asked.saturation, unit: 'ratio' },
      { metric: 'p99_ms_accepted', value: ack.p99, unit: 'ms' },
      { metric: 'p50_ms_accepted', value: ack.p50, unit: 'ms' },
      {
        metric: 'shed_ratio',
        value:
          refused /
          Math.max(
            1,
            sum((r) => r.attempts),
          ),
        unit: 'ratio',
      },
      { metric: 'memory_growth_bytes', value: Math.round(growth), unit: 'bytes' },
      { metric: 'recovery_ms', value: Math.round(recoveryMs), unit: 'ms' },
    ],
    notes: [
      `saturated at ${Math.round(asked.saturation)}/s in this run; pressed with ${Math.round(asked.rate)} attempts/s for ${seconds} s, then ${CALM} of the saturation`,
      'An attempt is a new message or a refused one repeated under the same key, never before retryAfterMs; latency is from the attempt’s intended time to its ack.',
      `Recovered: from then on nobody was refused and nine of ten in each quarter of a second took at most ${Math.round(asked.normalMs)} ms, twice the p99 of that rate before the pressure (at least 100). ${sum((r) => r.leftOver)} messages were still to be repeated when the run ended.`,
      `Cores in use under pressure: desk ${cores(cpu.desk)}, PostgreSQL ${cores(cpu.postgres)}, generators ${cores(generatorMs)} of ${cpus().length}; refused ${Math.round(refused / seconds)}/s.`,
      `Generators on the same cores were late by p99 ${lateness.p99.toFixed(0)} ms, which counts into the latency; resident memory ${Math.round(memory.early / 1e6)} → ${Math.round(memory.late / 1e6)} MB.`,
    ],
    problems,
  };
}
