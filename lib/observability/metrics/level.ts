import { logger } from '../logger.ts';
import type { Described } from './tally.ts';

const log = logger.child({ scope: 'metrics' });

/** Label values, in the order of the labels, and the value now. */
export type Reading = readonly [labels: readonly string[], value: number];
type Source = () => readonly Reading[] | Promise<readonly Reading[]>;

/**
 * A gauge that is read only when somebody scrapes. Parts of a process add what they know; readings
 * with the same labels are summed.
 */
export class Level implements Described {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  /** Somebody else counts; shown as a counter. */
  readonly counts: boolean;
  readonly #sources = new Set<Source>();

  constructor(name: string, help: string, labels: readonly string[] = [], counts = false) {
    this.name = name;
    this.help = help;
    this.labels = labels;
    this.counts = counts;
  }

  /** @returns how to take the source out again */
  from(source: Source): () => void {
    this.#sources.add(source);
    return () => this.#sources.delete(source);
  }

  /** A source that fails (a lost database) leaves its readings out; the scrape goes on. */
  async read(): Promise<Reading[]> {
    const sums = new Map<string, [readonly string[], number]>();
    const all = [...this.#sources].map(async (source) => source());
    for (const result of await Promise.allSettled(all)) {
      if (result.status === 'rejected') {
        log.warn({ err: result.reason, metric: this.name }, 'metric_unreadable');
        continue;
      }
      for (const [labels, value] of result.value) {
        const key = labels.join('\0');
        const sum = sums.get(key);
        if (sum) sum[1] += value;
        else sums.set(key, [labels, value]);
      }
    }
    return [...sums.values()];
  }
}
