import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { metrics } from './instruments.ts';
import { Level } from './level.ts';
import { Spread } from './spread.ts';
import { type Described, Tally } from './tally.ts';

export const CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

function named({ labels }: Described, values: readonly string[]): Record<string, string> {
  return Object.fromEntries(labels.map((label, at) => [label, values[at] ?? '']));
}

function addTally(registry: Registry, tally: Tally): void {
  const { name, help, labels } = tally;
  const counter = new Counter({
    name,
    help,
    labelNames: [...labels],
    registers: [registry],
    collect() {
      counter.reset();
      for (const [values, { count }] of tally.series) counter.inc(named(tally, values), count);
    },
  });
}

function addLevel(registry: Registry, level: Level): void {
  const { name, help, labels, counts } = level;
  const collect = async () => {
    const readings = await level.read();
    shown.reset();
    // Without labels a reset gauge reads 0, which is not the same as unknown.
    if (labels.length === 0 && readings.length === 0) shown.remove();
    for (const [values, value] of readings) shown.inc(named(level, values), value);
  };
  const about = { name, help, labelNames: [...labels], registers: [registry], collect };
  const shown: Counter | Gauge = counts ? new Counter(about) : new Gauge(about);
}

/** prom-client's histogram in form, our counts in substance. */
class SpreadHistogram extends Histogram {
  readonly #spread: Spread;

  constructor(registry: Registry, spread: Spread) {
    const { name, help, labels, bounds } = spread;
    super({ name, help, labelNames: [...labels], buckets: [...bounds], registers: [registry] });
    this.#spread = spread;
  }

  /** What the registry asks for its text; prom-client's types leave it out. */
  async getForPromString() {
    const spread = this.#spread;
    const { name, help } = spread;
    const values: { metricName: string; labels: Record<string, string>; value: number }[] = [];
    for (const [given, counts] of spread.series) {
      const labels = named(spread, given);
      let below = 0;
      for (const [at, inside] of counts.buckets.entries()) {
        below += inside;
        const le = at < spread.bounds.length ? String(spread.bounds[at]) : '+Inf';
        values.push({ metricName: `${name}_bucket`, labels: { le, ...labels }, value: below });
      }
      values.push({ metricName: `${name}_sum`, labels, value: counts.sum });
      values.push({ metricName: `${name}_count`, labels, value: counts.count });
    }
    return { name, help, type: 'histogram', values };
  }
}

let registry: Registry | undefined;

/** One registry a process: prom-client's own figures of the process, and ours. */
function make(): Registry {
  const made = new Registry();
  collectDefaultMetrics({ register: made });
  for (const one of Object.values(metrics)) {
    if (one instanceof Tally) addTally(made, one);
    else if (one instanceof Spread) new SpreadHistogram(made, one);
    else if (one instanceof Level) addLevel(made, one);
    else one satisfies never;
  }
  return made;
}

/** Starts what prom-client samples by itself (event-loop delay, collections). */
export function startMetrics(): void {
  registry ??= make();
}

/** All figures in Prometheus's text format. */
export function renderMetrics(): Promise<string> {
  registry ??= make();
  return registry.metrics();
}
