import { encoded, newHistogram, record } from '../histograms.ts';
import { TO_AGENT } from './books.ts';
import type { Crowd, Listening } from './crowd.ts';
import type { RunOrder, RunReport } from './orders.ts';

/** After the last message, so long for answers that are still on their way. */
const DRAIN_MS = 15_000;

/**
 * One run at a rate. Open loop: every message has its time from the schedule alone, is sent then or
 * as soon after as this process comes to it, and its latency counts from that time.
 */
export class Run implements Listening {
  readonly #crowd: () => Crowd;
  readonly #ack = newHistogram();
  readonly #delivery = newHistogram();
  readonly #lateness = newHistogram();
  readonly #refused: Record<string, number> = {};
  /** Bounds of the measured window, by performance.now(). */
  #from = Number.POSITIVE_INFINITY;
  #to = Number.POSITIVE_INFINITY;
  #counts = { sent: 0, acked: 0, delivered: 0, ackedInWindow: 0, deliveredInWindow: 0 };
  #answered = 0;
  #inboxHints = 0;

  constructor(crowd: () => Crowd) {
    this.#crowd = crowd;
  }

  acked(number: number): void {
    const now = performance.now();
    const intended = this.#crowd().books.intended[number] as number;
    this.#answered += 1;
    if (now >= this.#from && now < this.#to) this.#counts.ackedInWindow += 1;
    if (intended < this.#from) return;
    this.#counts.acked += 1;
    record(this.#ack, now - intended);
  }

  delivered(number: number): void {
    const now = performance.now();
    const intended = this.#crowd().books.intended[number] as number;
    if (now >= this.#from && now < this.#to) this.#counts.deliveredInWindow += 1;
    if (intended < this.#from) return;
    this.#counts.delivered += 1;
    record(this.#delivery, now - intended);
  }

  refused(code: string): void {
    this.#answered += 1;
    this.#refused[code] = (this.#refused[code] ?? 0) + 1;
  }

  hinted(): void {
    this.#inboxHints += 1;
  }

  /** @param at told when the window begins and ends */
  async work(
    { rate, warmupMs, measureMs }: RunOrder,
    at: (moment: 'measuring' | 'measured') => void,
  ): Promise<RunReport> {
    const crowd = this.#crowd();
    const first = crowd.books.count;
    const begun = performance.now();
    this.#from = begun + warmupMs;
    this.#to = this.#from + measureMs;
    let cpu: NodeJS.CpuUsage | null = null;
    let next = begun + crowd.pause(rate);
    while (next < this.#to) {
      const now = performance.now();
      if (!cpu && now >= this.#from) {
        cpu = process.cpuUsage();
        at('measuring');
      }
      while (next <= now && next < this.#to) {
        crowd.send(next);
        if (next >= this.#from) {
          this.#counts.sent += 1;
          record(this.#lateness, performance.now() - next);
        }
        next += crowd.pause(rate);
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const used = process.cpuUsage(cpu ?? undefined);
    at('measured');
    const sent = crowd.books.count - first;
    await this.#drain(sent, first);
    const undelivered = this.#undelivered(first);
    return {
      ...this.#counts,
      refused: this.#refused,
      unanswered: sent - this.#answered,
      undelivered,
      ack: encoded(this.#ack),
      delivery: encoded(this.#delivery),
      lateness: encoded(this.#lateness),
      cpuMs: (used.user + used.system) / 1_000,
      inboxHints: this.#inboxHints,
    };
  }

  async #drain(sent: number, first: number): Promise<void> {
    const until = performance.now() + DRAIN_MS;
    while (performance.now() < until) {
      if (this.#answered >= sent && this.#undelivered(first) === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Acknowledged, and not shown to the agent. */
  #undelivered(first: number): number {
    const { books } = this.#crowd();
    let count = 0;
    for (let n = first; n < books.count; n += 1) {
      if ((books.seq[n] as number) > 0 && ((books.shown[n] as number) & TO_AGENT) === 0) count += 1;
    }
    return count;
  }
}
