/**
 * What an item may wait for its transaction before the queue counts as too long. Far below what a
 * client waits for its answer (10 s), and a person hardly notices half a second before "sent".
 */
const TARGET_MS = 250;
/**
 * Beyond this an item in the queue is given up: a queue that was let in while writing was fast and
 * then slows down. With the target this bounds the wait of whatever is accepted.
 */
const PATIENCE_MS = 3_000;
/** Fewer than this are no reason to hold anything back. */
const FEW = 20;
/** How much of what was written the limit gains, while nobody waits too long: doubles in four turns. */
const GAIN = 0.25;
/** Weight of the past in the measured rate: halves in about this much time of writing. ms */
const MEMORY_MS = 500;
const RETRY = { leastMs: 500, spreadMs: 1_000, mostSpreadMs: 8_000 } as const;

export interface AdmissionOptions {
  /** Items in the queue however fast it moves; bounds memory. */
  most: number;
  /**
   * Items in one group. So many may always wait: they go with the next group, and sending some of them
   * away would make it smaller, not sooner (a group's time is mostly its round trips and its commit).
   */
  group: number;
  targetMs?: number;
  patienceMs?: number;
  /** 0 … 1 */
  random?: () => number;
}

/**
 * Lets items into the append queue by how long they would wait there, not by how many there are: as
 * many as the measured rate drains within the target. Like CoDel it looks at what waiting items went
 * through rather than at the length, so that a burst which is gone in a moment is let in whole
 * (K. Nichols, V. Jacobson, "Controlling Queue Delay", ACM Queue 2012); the limit falls to what the rate
 * allows as soon as the oldest of a group waited too long, and grows again by what is written.
 * All times are ms of one steady clock, given by the caller.
 */
export class Admission {
  readonly #most: number;
  readonly #least: number;
  readonly #targetMs: number;
  readonly #patienceMs: number;
  readonly #random: () => number;
  #limit: number;
  /** Items a ms. */
  #rate = 0;
  /** Since when items wait too long; null: they do not. */
  #lateSince: number | null = null;
  #now = 0;

  constructor(options: AdmissionOptions) {
    this.#most = options.most;
    this.#least = Math.min(options.group, options.most);
    this.#targetMs = options.targetMs ?? TARGET_MS;
    this.#patienceMs = options.patienceMs ?? PATIENCE_MS;
    this.#random = options.random ?? Math.random;
    this.#limit = options.most;
  }

  /** Items that may wait now. */
  get limit(): number {
    return this.#limit;
  }

  /** So many wait, and too long: what can wait (history, signals) should not be asked for now. */
  isBehind(waiting: number): boolean {
    return this.#lateSince !== null && waiting > FEW;
  }

  admits(waiting: number): boolean {
    return waiting < this.#limit;
  }

  /** Whether an item that has waited since then, in a queue of so many, is to be given up. */
  tooLate(since: number, now: number, waiting: number): boolean {
    return waiting > this.#least && now - since > this.#patienceMs;
  }

  /**
   * A group was written, or failed for good.
   * @param oldestWaitMs how long its oldest item had waited when the group began
   */
  settled(items: number, tookMs: number, oldestWaitMs: number, now: number): void {
    this.#now = now;
    const took = Math.max(tookMs, 0.1);
    const past = 0.5 ** (took / MEMORY_MS);
    this.#rate = this.#rate === 0 ? items / took : past * this.#rate + (1 - past) * (items / took);
    if (oldestWaitMs > this.#targetMs) {
      this.#lateSince ??= now;
      // What queued during one stall of the disk or the machine is written in a moment, too.
      if (now - this.#lateSince >= this.#targetMs) {
        this.#limit = this.#clamp(this.#rate * this.#targetMs);
      }
    } else {
      this.#lateSince = null;
      this.#limit = this.#clamp(this.#limit + Math.max(1, items * GAIN));
    }
  }

  /**
   * When somebody sent away may come back: spread over longer the longer this lasts, so that those who
   * repeat do not become the load.
   */
  retryAfterMs(): number {
    const lasts = this.#lateSince === null ? 0 : this.#now - this.#lateSince;
    const spread = Math.min(RETRY.mostSpreadMs, RETRY.spreadMs + lasts);
    return RETRY.leastMs + Math.round(this.#random() * spread);
  }

  #clamp(limit: number): number {
    return Math.min(this.#most, Math.max(this.#least, Math.round(limit)));
  }
}
