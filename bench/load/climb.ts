import type { Fleet, StepReport } from './fleet.ts';

/** One rate with what it cost. Costs are null where they cannot be measured. */
export interface Step extends StepReport {
  /** Answered and shown at the rate they came in, nothing refused, nothing left over. */
  held: boolean;
  /** Cores in use over the window. */
  serverCores: number | null;
  databaseCores: number | null;
}

export interface ClimbOptions {
  warmupMs: number;
  measureMs: number;
  /** Before the first step: code is compiled, caches and connections warm. Nothing of it is counted. */
  warm?: { rate: number; ms: number };
  /** CPU so far of the server and of PostgreSQL. ms */
  serverCpu(): number | null;
  databaseCpu?: (() => number) | null;
  say(line: string): void;
}

/** Of what came in, so much must be answered within the window to call the rate held. */
const HELD = 0.97;

export async function takeStep(fleet: Fleet, rate: number, options: ClimbOptions): Promise<Step> {
  const read = () => ({
    at: performance.now(),
    server: options.serverCpu(),
    database: options.databaseCpu?.() ?? null,
  });
  let [before, after] = [read(), read()];
  const report = await fleet.run(rate, options, {
    measuring: () => {
      before = read();
    },
    measured: () => {
      after = read();
    },
  });
  const cores = (from: number | null, to: number | null) =>
    from === null || to === null ? null : (to - from) / (after.at - before.at);
  const refused = Object.values(report.refused).reduce((a, b) => a + b, 0);
  const step: Step = {
    ...report,
    held:
      Math.min(report.acked, report.delivered) >= HELD * rate &&
      refused + report.unanswered + report.undelivered === 0,
    serverCores: cores(before.server, after.server),
    databaseCores: cores(before.database, after.database),
  };
  options.say(lineOf(step));
  return step;
}

/** So many rates in a row that are not held end the climb: one may be a hiccup of the machine. */
const MISSES = 2;

/** Rising rates until they are no longer held. */
export async function climb(
  fleet: Fleet,
  rates: readonly number[],
  options: ClimbOptions,
): Promise<Step[]> {
  const steps: Step[] = [];
  const { warm } = options;
  if (warm) await fleet.run(warm.rate, { warmupMs: warm.ms, measureMs: 100 });
  let misses = 0;
  for (const rate of rates) {
    const step = await takeStep(fleet, rate, options);
    steps.push(step);
    misses = step.held ? 0 : misses + 1;
    if (misses === MISSES) break;
  }
  return steps;
}

/** Most that was answered and shown in any step. messages/s */
export function saturationOf(steps: readonly Step[]): number {
  return Math.max(0, ...steps.map((step) => Math.min(step.acked, step.delivered)));
}

/** CPU a message. µs; null where it is not measured */
export function microseconds(step: Step, cores: number | null): number | null {
  const rate = Math.min(step.acked, step.delivered);
  return cores === null || rate === 0 ? null : (cores / rate) * 1e6;
}

const fixed = (value: number | null, digits: number) =>
  value === null ? '?' : value.toFixed(digits);

/** What a message cost whom, in words. */
export function costsOf(step: Step): string {
  return [
    `server ${fixed(microseconds(step, step.serverCores), 0)}`,
    ...(step.databaseCores === null
      ? []
      : [`postgres ${fixed(microseconds(step, step.databaseCores), 0)}`]),
    `generator ${fixed(microseconds(step, step.generatorCores), 0)}`,
  ].join(', ');
}

function lineOf(step: Step): string {
  const refused = Object.entries(step.refused).map(([code, count]) => `${count} ${code}`);
  const lost = step.unanswered > 0 ? [`${step.unanswered} unanswered`] : [];
  return [
    `${String(Math.round(step.rate)).padStart(6)}/s → ${String(Math.round(Math.min(step.acked, step.delivered))).padStart(6)}/s`,
    `mean ${fixed(step.delivery.mean, 1)} p50 ${fixed(step.delivery.p50, 1)} p99 ${fixed(step.delivery.p99, 1)} ms`,
    `ack p99 ${fixed(step.ack.p99, 1)}`,
    `µs/message: ${costsOf(step)}`,
    ...refused,
    ...lost,
    ...(step.held ? [] : ['not held']),
  ].join('  ');
}
