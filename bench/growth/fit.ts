/** Cost over size, in the order of size. */
export type Point = readonly [n: number, cost: number];

/** Noise of one measurement on a machine that does other things too. */
const TOLERANCE = 1.5;

/**
 * Whether a cost grows no faster than log n: with the first point as measure, at every later n it may
 * be at most `cost₀ · log n / log n₀`, times the tolerance for noise. Sizes begin at 10, so that log
 * n₀ is not near zero.
 * @returns the worst ratio of cost to what log n allows (≤ 1 holds, tolerance included), and where
 */
export function againstLog(points: readonly Point[]): { ratio: number; at: number } {
  const [first] = points;
  let worst = { ratio: 0, at: 0 };
  if (!first) return worst;
  const [n0, cost0] = first;
  for (const [n, cost] of points.slice(1)) {
    const allowed = ((cost0 * Math.log(n)) / Math.log(n0)) * TOLERANCE;
    const ratio = cost / allowed;
    if (ratio > worst.ratio) worst = { ratio, at: n };
  }
  return worst;
}

/** Exponent k of the best power law cost = c · n^k (least squares on logarithms): 0 flat, 1 linear. */
export function exponentOf(points: readonly Point[]): number {
  const logs = points.map(([n, cost]) => [Math.log(n), Math.log(Math.max(cost, 1e-9))] as const);
  const meanX = logs.reduce((sum, [x]) => sum + x, 0) / logs.length;
  const meanY = logs.reduce((sum, [, y]) => sum + y, 0) / logs.length;
  const covariance = logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const variance = logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return variance === 0 ? 0 : covariance / variance;
}

export const medianOf = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
};
