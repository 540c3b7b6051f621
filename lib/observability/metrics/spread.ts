import { type Described, Series } from './tally.ts';

interface Counts {
  /** One per bound and one for what is above them all; not cumulative. */
  buckets: Float64Array;
  sum: number;
  count: number;
}

/** Bounds in seconds for what a person or a client waits for: 0.5 ms to 10 s. */
export const WAITS = [
  0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.055, 0.1, 0.2, 0.5, 1, 2, 5, 10,
] as const;

/** A histogram for hot paths: a short search and two additions. */
export class Spread implements Described {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly bounds: readonly number[];
  readonly series: Series<Counts>;

  constructor(
    name: string,
    help: string,
    bounds: readonly number[],
    labels: readonly string[] = [],
  ) {
    this.name = name;
    this.help = help;
    this.labels = labels;
    this.bounds = bounds;
    this.series = new Series(() => ({
      buckets: new Float64Array(bounds.length + 1),
      sum: 0,
      count: 0,
    }));
    if (labels.length === 0) this.series.of();
  }

  /** `value` in the unit of the name. */
  observe(value: number, a?: string, b?: string): void {
    const counts = this.series.of(a, b);
    let at = 0;
    while (at < this.bounds.length && value > (this.bounds[at] ?? 0)) at += 1;
    counts.buckets[at] = (counts.buckets[at] ?? 0) + 1;
    counts.sum += value;
    counts.count += 1;
  }
}
