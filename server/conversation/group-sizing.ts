/** Times the usual size, as a group at most has. */
const MOST = 4;
/** A group that took less may be larger next time, one that took more is smaller. ms */
const QUICK_MS = 150;
const SLOW_MS = 400;

/**
 * How many items go into one group. One group is on its way at a time, and a busy event loop comes to
 * its answer once a turn: at 60 ms a turn groups of 500 are 8,000 a second at most, and what is queued
 * behind them makes the turns longer still. So a group that was full and quick is followed by a larger
 * one. A slow database keeps the usual size: there a larger group is later, not more.
 */
export class GroupSizing {
  readonly #least: number;
  #size: number;

  constructor(usual: number) {
    this.#least = usual;
    this.#size = usual;
  }

  get size(): number {
    return this.#size;
  }

  settled(items: number, tookMs: number): void {
    if (tookMs > SLOW_MS) this.#size = Math.max(this.#least, Math.floor(this.#size / 2));
    else if (tookMs < QUICK_MS && items >= this.#size) {
      this.#size = Math.min(this.#least * MOST, this.#size * 2);
    }
  }
}
