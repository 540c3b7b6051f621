import type { SavedResult } from '../results.ts';
import { isMet, type Target, targetOf } from '../targets.ts';

/** One metric of one run. */
export interface Moment {
  at: string;
  commit: string | null;
  value: number;
  /** The run reported problems: its figures prove nothing. */
  doubtful: boolean;
}

export interface MetricHistory {
  /** `relay.ratio_to_bare` */
  name: string;
  unit: string;
  /** Median of the shown runs; see `BenchHistory.shown`. */
  value: number;
  /** Lowest and highest of them; null when there is one. */
  spread: [low: number, high: number] | null;
  target: Target | null;
  verdict: 'met' | 'missed' | 'doubtful' | null;
  /** Median of the runs at the commit before on the same ground; null when there is none. */
  before: number | null;
  /** Per ground, from the oldest to the newest; the shown ground first. */
  lines: { ground: string; moments: Moment[] }[];
}

export interface BenchHistory {
  bench: string;
  /** All runs, the newest first. */
  runs: SavedResult[];
  /** The runs that the figures are of: one commit, one ground, the newest first. */
  shown: SavedResult[];
  metrics: MetricHistory[];
}

/** What figures are comparable on: the machine, and how much was asked of it. */
export function groundOf({ machine, quick }: Pick<SavedResult, 'machine' | 'quick'>): string {
  const { cpu, cores, memoryGiB } = machine;
  return `${cpu}, ${cores} ${cores === 1 ? 'core' : 'cores'}, ${memoryGiB} GiB${quick ? ', quick' : ''}`;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (upper + lower) / 2;
}

const valuesOf = (runs: readonly SavedResult[], metric: string): number[] =>
  runs.flatMap((run) => run.metrics.filter((one) => one.metric === metric).map((one) => one.value));

/**
 * The runs whose figures are shown: the newest commit that was measured in full, or in quick mode
 * where none ever was. Of its runs those without problems, where there are any.
 */
function chooseShown(runs: readonly SavedResult[]): SavedResult[] {
  const newest = runs.find((run) => !run.quick) ?? runs[0];
  if (!newest) return [];
  const same = runs.filter(
    (run) => run.commit === newest.commit && groundOf(run) === groundOf(newest),
  );
  const sound = same.filter((run) => run.problems.length === 0);
  return sound.length > 0 ? sound : same;
}

function historyOf(bench: string, metric: string, unit: string, runs: readonly SavedResult[]) {
  const lines = new Map<string, Moment[]>();
  for (const run of runs.toReversed()) {
    for (const value of valuesOf([run], metric)) {
      const ground = groundOf(run);
      const moments = lines.get(ground) ?? [];
      const { at, commit } = run;
      moments.push({ at, commit, value, doubtful: run.problems.length > 0 });
      lines.set(ground, moments);
    }
  }
  return { name: `${bench}.${metric}`, unit, lines };
}

function before(shown: readonly SavedResult[], moments: readonly Moment[]): number | null {
  const earlier = moments.filter(
    (one) => !one.doubtful && one.commit !== shown[0]?.commit && one.at < (shown.at(-1)?.at ?? ''),
  );
  const commit = earlier.at(-1)?.commit;
  const values = earlier.filter((one) => one.commit === commit).map((one) => one.value);
  return values.length > 0 ? median(values) : null;
}

function benchHistory(bench: string, runs: SavedResult[]): BenchHistory {
  const shown = chooseShown(runs);
  const ground = shown[0] ? groundOf(shown[0]) : '';
  const doubtful = shown.some((run) => run.problems.length > 0);
  const seen = new Map(
    shown.flatMap((run) => run.metrics.map(({ metric, unit }) => [metric, unit] as const)),
  );
  const metrics = [...seen].map(([metric, unit]): MetricHistory => {
    const { name, lines } = historyOf(bench, metric, unit, runs);
    const values = valuesOf(shown, metric);
    const value = median(values);
    const target = targetOf(name) ?? null;
    const verdict = target && (doubtful ? 'doubtful' : isMet(target, value) ? 'met' : 'missed');
    return {
      name,
      unit,
      value,
      spread: values.length > 1 ? [Math.min(...values), Math.max(...values)] : null,
      target,
      verdict,
      before: before(shown, lines.get(ground) ?? []),
      lines: [...lines]
        .map(([name_, moments]) => ({ ground: name_, moments }))
        .sort((a, b) => Number(b.ground === ground) - Number(a.ground === ground)),
    };
  });
  return { bench, runs, shown, metrics };
}

/** All runs by bench, in the order given; benches nobody named come last. */
export function historyOfBenches(
  results: readonly SavedResult[],
  order: readonly string[],
): BenchHistory[] {
  const rank = (bench: string) => (order.includes(bench) ? order.indexOf(bench) : order.length);
  const byBench = Map.groupBy(results.toReversed(), (run) => run.bench);
  return [...byBench]
    .sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b))
    .map(([bench, runs]) => benchHistory(bench, runs));
}
