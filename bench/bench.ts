import type { Pool } from 'pg';

/** One figure, as it stands in the JSON of a run. */
export interface Metric {
  /** Name of the bench: `relay`. */
  bench: string;
  /** Without the bench's name: `p99_ms_at_3000`. Printed and compared as `append.p99_ms_at_3000`. */
  metric: string;
  value: number;
  /** `1/s`, `ms`, `bytes`, `ratio`, `count`, `%` */
  unit: string;
}

/** A curve for the report page: latency over rate, cost over size. */
export interface Series {
  title: string;
  x: string;
  y: string;
  /** Drawn on logarithmic axes where a factor says more than a difference. */
  scale?: 'linear' | 'log';
  lines: { name: string; points: [x: number, y: number][] }[];
}

export interface BenchResult {
  metrics: Omit<Metric, 'bench'>[];
  series?: Series[];
  /** What a reader must know to judge the figures: what bounded them, what was not possible. */
  notes: string[];
  /**
   * Correctness that did not hold, such as a message acknowledged and not stored, or a generator that
   * could not keep up. A run with problems fails and its figures are marked.
   */
  problems: string[];
}

/** A database of one bench's own: migrated, empty, durable (fsync on). */
export interface BenchDatabase {
  url: string;
  pool: Pool;
  drop(): Promise<void>;
}

/** What a database holds before the bench begins, where making it takes longer than measuring. */
export interface Seed {
  /** Of the bench and its size: `inbox_quick`. */
  name: string;
  /** Changes with whatever the content depends on: code, migrations, the day. */
  version: string;
  fill(pool: Pool): Promise<void>;
  /** Whether a kept one still holds everything. */
  isWhole(pool: Pool): Promise<boolean>;
}

export interface BenchContext {
  /** Ends within 60 s: fewer steps, a tenth of the data, the same method. */
  quick: boolean;
  /** Folder for what the bench leaves on disk while it runs; removed afterwards. */
  folder: string;
  /**
   * @param seed filled with it; on the embedded server it is kept for the next run with the same version
   */
  createDatabase(seed?: Seed): Promise<BenchDatabase>;
  /** A line of progress. */
  say(line: string): void;
  /** Registers work to undo whatever happens; run in reverse order when the bench ends. */
  after(undo: () => Promise<unknown>): void;
}

export interface Bench {
  name: string;
  /** One sentence: what is measured. */
  about: string;
  run(context: BenchContext): Promise<BenchResult>;
}
