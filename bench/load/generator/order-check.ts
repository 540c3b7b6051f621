/** At most this many problems are kept in words; the rest is counted. */
const MOST = 10;

export class Problems {
  readonly #lines: string[] = [];
  #more = 0;

  add(line: string): void {
    if (this.#lines.length < MOST) this.#lines.push(line);
    else this.#more += 1;
  }

  list(): string[] {
    return this.#more > 0
      ? [...this.#lines, `… and ${this.#more} more of these`]
      : [...this.#lines];
  }
}

/**
 * What one audience of each conversation has been shown: in seq order, without a gap. What comes
 * again is dropped, as every client does (D2).
 */
export class InOrder {
  readonly #last: Int32Array;
  readonly #audience: string;
  readonly #problems: Problems;
  repeats = 0;

  constructor(audience: string, heads: readonly number[], problems: Problems) {
    this.#audience = audience;
    this.#last = Int32Array.from(heads);
    this.#problems = problems;
  }

  /** Whether this is the next; false for what was shown before. */
  next(talk: number, seq: number): boolean {
    const last = this.#last[talk] as number;
    if (seq <= last) {
      this.repeats += 1;
      return false;
    }
    if (seq !== last + 1) {
      this.#problems.add(`talk ${talk}: the ${this.#audience} saw seq ${seq} after ${last}`);
    }
    this.#last[talk] = seq;
    return true;
  }
}
