import type { Step } from '#bench/load/climb.ts';
import type { BenchResult } from '../bench.ts';
import type { IdleCost } from './idle.ts';
import type { Weight } from './memory.ts';
import type { Size } from './sizes.ts';
import type { Spread } from './spread.ts';
import type { Storm } from './storm.ts';

interface Findings {
  /** Still connected after the messages. */
  held: number;
  weight: Weight;
  bare: { weight: Weight; heartbeat: number | null };
  idle: IdleCost;
  steps: Step[];
  storm: Storm;
  spread: Spread | null;
  problems: string[];
  size: Size;
}

const cores = (microseconds: number) => (microseconds * 1_000) / 1e6;

export function reportOf(found: Findings): BenchResult {
  const { weight, bare, idle, steps, storm, spread, problems } = found;
  const seconds = (share: number) =>
    (storm.times[Math.ceil(storm.times.length * share) - 1] ?? 0) / 1_000;
  const { heartbeat: bareHeartbeat } = bare;
  return {
    metrics: [
      { metric: 'held', value: found.held, unit: 'count' },
      { metric: 'bytes_per_connection', value: weight.rss, unit: 'bytes' },
      { metric: 'bare_bytes_per_connection', value: bare.weight.rss, unit: 'bytes' },
      { metric: 'bytes_ratio_to_bare', value: weight.rss / bare.weight.rss, unit: 'ratio' },
      { metric: 'heap_bytes_per_connection', value: weight.heap, unit: 'bytes' },
      { metric: 'heap_ratio_to_bare', value: weight.heap / bare.weight.heap, unit: 'ratio' },
      { metric: 'connects_per_second', value: weight.perSecond, unit: '1/s' },
      { metric: 'bare_connects_per_second', value: bare.weight.perSecond, unit: '1/s' },
      { metric: 'connect_cpu_ms', value: weight.cpuMs, unit: 'ms' },
      { metric: 'bare_connect_cpu_ms', value: bare.weight.cpuMs, unit: 'ms' },
      { metric: 'cpu_us_per_connection_second', value: idle.heartbeat, unit: 'us' },
      ...(bareHeartbeat === null
        ? []
        : [
            {
              metric: 'bare_cpu_us_per_connection_second',
              value: bareHeartbeat,
              unit: 'us',
            },
          ]),
      { metric: 'cpu_us_per_connection_second_with_heads', value: idle.heads, unit: 'us' },
      ...(idle.headsDatabase === null
        ? []
        : [
            {
              metric: 'postgres_us_per_connection_second_with_heads',
              value: idle.headsDatabase,
              unit: 'us',
            },
          ]),
      { metric: 'idle_cores_per_1000', value: cores(idle.heads), unit: 'cores' },
      ...steps.flatMap((step) => [
        { metric: `mean_ms_at_${step.rate}`, value: step.delivery.mean, unit: 'ms' },
        { metric: `p99_ms_at_${step.rate}`, value: step.delivery.p99, unit: 'ms' },
      ]),
      { metric: 'storm_p50_s', value: seconds(0.5), unit: 's' },
      { metric: 'storm_all_in_step_s', value: seconds(1), unit: 's' },
      ...(spread
        ? [
            { metric: 'spread_held', value: spread.held, unit: 'count' },
            { metric: 'spread_desks', value: spread.desks, unit: 'count' },
            { metric: 'spread_bytes_per_connection', value: spread.bytes, unit: 'bytes' },
            { metric: 'spread_connects_per_second', value: spread.perSecond, unit: '1/s' },
          ]
        : []),
    ],
    series: [
      {
        title: 'After the cut: visitors in step with the log',
        x: 's',
        y: '%',
        lines: [
          {
            name: 'in step',
            points: [0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1].map((p) => [seconds(p), p * 100]),
          },
        ],
      },
    ],
    notes: [
      'Memory is resident memory after forced last-resort collections have settled, by the connections on top of the first third; the bare server has the desk’s transport settings and the same clients with the same headers.',
      'A held visitor has a conversation being served, so that connecting also looks for it and tells its agent; heads are compared every 12 to 15 s, as the SDK does.',
      'In the storm the server cuts every connection, each visitor’s agent replies, and all connect at once without a delay of their own; in step means that the log is held without a gap up to the database’s head.',
      ...steps.map(
        (step) =>
          `at ${step.rate} messages/s with ${found.held} held: desk ${(step.serverCores ?? 0).toFixed(2)} cores, PostgreSQL ${(step.databaseCores ?? 0).toFixed(2)}, generator ${step.generatorCores.toFixed(2)}`,
      ),
      ...(spread?.notes ?? [
        'One desk process only; a full run adds 100,000 visitors over several.',
      ]),
    ],
    problems: [
      ...problems,
      ...steps
        .filter((step) => !step.held)
        .map((step) => `${step.rate} messages/s were not held beside the connections`),
    ],
  };
}
