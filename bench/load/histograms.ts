import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from 'hdr-histogram-js';

/** Microseconds, up to two minutes, three digits. */
export function newHistogram(): Histogram {
  return build({
    bitBucketSize: 32,
    lowestDiscernibleValue: 1,
    highestTrackableValue: 120_000_000,
    numberOfSignificantValueDigits: 3,
    useWebAssembly: false,
  });
}

/** @param ms a negative one, from rounding of the clock, counts as none */
export function record(histogram: Histogram, ms: number): void {
  const us = Math.round(ms * 1_000);
  histogram.recordValue(us < 1 ? 1 : us > 120_000_000 ? 120_000_000 : us);
}

/** Milliseconds. */
export interface Latency {
  count: number;
  mean: number;
  p50: number;
  p95: number;
  p99: number;
  p999: number;
  max: number;
}

export function summarize(histogram: Histogram): Latency {
  const at = (percentile: number) => histogram.getValueAtPercentile(percentile) / 1_000;
  return {
    count: histogram.totalCount,
    mean: histogram.totalCount === 0 ? 0 : histogram.mean / 1_000,
    p50: at(50),
    p95: at(95),
    p99: at(99),
    p999: at(99.9),
    max: histogram.maxValue / 1_000,
  };
}

/** To be told to another process. */
export const encoded = (histogram: Histogram): string => encodeIntoCompressedBase64(histogram);

/** The sum of what several processes recorded. */
export function merged(all: readonly string[]): Histogram {
  const sum = newHistogram();
  for (const one of all) sum.add(decodeFromCompressedBase64(one, 32, false) as Histogram);
  return sum;
}
