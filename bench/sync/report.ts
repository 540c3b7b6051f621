import type { BenchResult } from '../bench.ts';
import type { Missed } from './idle.ts';
import type { StormEffect, StormSize } from './storm.ts';

interface Findings {
  results: Missed[];
  storm: StormEffect;
  size: StormSize;
  problems: string[];
}

const ms = (metric: string, value: number) => ({ metric, value, unit: 'ms' });

export function reportOf({ results, storm, size, problems }: Findings): BenchResult {
  const at = (share: number) => storm.times[Math.ceil(storm.times.length * share) - 1] ?? 0;
  const worst = (missed: number) =>
    Math.max(...results.filter((one) => one.missed === missed).map((one) => one.fromReconnect.p95));
  const waits = [...storm.waits].map(([code, count]) => `${count} × ${code}`).join(', ');
  const { calm, storm: stormy } = storm;
  return {
    metrics: [
      // The promise: both sides, connecting included.
      ms('p95_ms_1', worst(1)),
      ms('p95_ms_100', worst(100)),
      ms('p95_ms_10000', worst(10_000)),
      ...results.flatMap(({ who, missed, fromReconnect, fromRequest }) => [
        ms(`${who}_reconnect_p95_ms_${missed}`, fromReconnect.p95),
        ms(`${who}_request_p50_ms_${missed}`, fromRequest.p50),
        ms(`${who}_request_p95_ms_${missed}`, fromRequest.p95),
      ]),
      ms('live_p99_ms', calm.delivery.p99),
      ms('live_p99_ms_in_storm', stormy.delivery.p99),
      ms('live_mean_ms', calm.delivery.mean),
      ms('live_mean_ms_in_storm', stormy.delivery.mean),
      ms('storm_in_step_p50_ms', at(0.5)),
      ms('storm_in_step_p95_ms', at(0.95)),
      {
        metric: 'storm_syncs_per_second',
        value: storm.times.length / (size.measureMs / 1_000),
        unit: '1/s',
      },
    ],
    series: [
      {
        title: 'Time until in step, p95 from reconnecting',
        x: 'messages missed',
        y: 'ms',
        scale: 'log',
        lines: (['visitor', 'agent'] as const).map((who) => ({
          name: who,
          points: results
            .filter((one) => one.who === who)
            .map((one): [number, number] => [one.missed, one.fromReconnect.p95]),
        })),
      },
    ],
    notes: [
      'In step: every missed event is there in order and equal to the stored log; an agent’s inbox is synced too. p95_ms_N is the slower side’s, from opening the TCP connection.',
      `The storm: ${size.clients} connected visitors who each missed ${size.missed} messages sync at once, ${storm.waves} times over, beside ${size.rate} durable messages/s.`,
      ...(waits ? [`Waited out as told (D7): ${waits}`] : []),
    ],
    problems: [
      ...problems,
      ...[calm, stormy]
        .filter((step) => !step.held)
        .map((step) => `${step.rate} messages/s were not held`),
    ],
  };
}
