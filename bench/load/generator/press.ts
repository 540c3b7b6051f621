import { encoded, newHistogram, record } from '../histograms.ts';
import type { Crowd, Listening } from './crowd.ts';
import type { PressOrder, PressReport } from './orders.ts';

/** The calm time is judged in slots of so much. */
const SLOT_MS = 250;
/** Of a slot's attempts so many may be slower than normal: a machine that looked away for a moment. */
const SLOW_SHARE = 0.1;
/** As long as the server may take for what it accepts, and more. */
const DRAIN_MS = 12_000;
/** Repeats become due in steps of so much. */
const STEP_MS = 20;

/**
 * A steady stream of attempts, open loop. Each is a refused message whose time has come (the same key,
 * never before `retryAfterMs`), or else a new one: repeats are part of the pressure and do not add to
 * it, so that its height is what was asked for.
 */
export class Press implements Listening {
  readonly #crowd: () => Crowd;
  readonly #ack = newHistogram();
  readonly #lateness = newHistogram();
  readonly #refused: Record<string, number> = {};
  /** Refused messages by the step in which they may come again. */
  readonly #later = new Map<number, number[]>();
  #due: number[] = [];
  #step = 0;
  #from = 0;
  #to = 0;
  #normalMs = 0;
  /** Of the calm time: attempts by slot of their intended time, and of those refused or slow. */
  readonly #calm: { attempts: number; slow: number; refused: number }[] = [];
  #counts = { attempts: 0, acked: 0 };
  #sent = 0;
  #answered = 0;

  constructor(crowd: () => Crowd) {
    this.#crowd = crowd;
  }

  delivered(): void {}
  hinted(): void {}

  acked(number: number): void {
    const now = performance.now();
    const intended = this.#crowd().books.intended[number] as number;
    this.#answered += 1;
    if (intended >= this.#from && intended < this.#to) {
      this.#counts.acked += 1;
      record(this.#ack, now - intended);
    } else if (intended >= this.#to && now - intended > this.#normalMs) {
      this.#slotOf(intended).slow += 1;
    }
  }

  refused(code: string, number: number, retryAfterMs: number): void {
    const now = performance.now();
    const intended = this.#crowd().books.intended[number] as number;
    this.#answered += 1;
    if (intended >= this.#from && intended < this.#to)
      this.#refused[code] = (this.#refused[code] ?? 0) + 1;
    else if (intended >= this.#to) this.#slotOf(intended).refused += 1;
    const step = Math.ceil((now + retryAfterMs) / STEP_MS);
    const those = this.#later.get(step);
    if (those) those.push(number);
    else this.#later.set(step, [number]);
  }

  #slotOf(intended: number) {
    const index = Math.floor((intended - this.#to) / SLOT_MS);
    this.#calm[index] ??= { attempts: 0, slow: 0, refused: 0 };
    return this.#calm[index];
  }

  /** From the end of the pressure to the end of the last slot that was not normal. ms */
  #recoveryMs(): number {
    const last = this.#calm.findLastIndex(
      (slot) => slot && (slot.refused > 0 || slot.slow > SLOW_SHARE * slot.attempts),
    );
    return (last + 1) * SLOT_MS;
  }

  async work(
    { rate, calmRate, warmupMs, pressMs, calmMs, normalMs }: PressOrder,
    at: (moment: 'pressing' | 'calming') => void,
  ): Promise<PressReport> {
    const begun = performance.now();
    this.#step = Math.floor(begun / STEP_MS);
    this.#from = begun + warmupMs;
    this.#to = this.#from + pressMs;
    this.#normalMs = normalMs;
    await this.#stream(rate, begun, this.#from);
    at('pressing');
    const cpu = process.cpuUsage();
    await this.#stream(rate, this.#from, this.#to);
    const used = process.cpuUsage(cpu);
    at('calming');
    await this.#stream(calmRate, this.#to, this.#to + calmMs);
    const until = performance.now() + DRAIN_MS;
    while (this.#answered < this.#sent && performance.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 20));
    const waiting = [...this.#later.values()].reduce((sum, those) => sum + those.length, 0);
    return {
      ...this.#counts,
      refused: this.#refused,
      ack: encoded(this.#ack),
      lateness: encoded(this.#lateness),
      recoveryMs: this.#recoveryMs(),
      unanswered: this.#sent - this.#answered,
      leftOver: waiting + this.#due.length,
      cpuMs: (used.user + used.system) / 1_000,
    };
  }

  async #stream(rate: number, from: number, to: number): Promise<void> {
    const crowd = this.#crowd();
    let next = from + crowd.pause(rate);
    while (next < to) {
      const now = performance.now();
      this.#fetchDue(now);
      for (; next <= now && next < to; next += crowd.pause(rate)) this.#attempt(next);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  #fetchDue(now: number): void {
    for (; (this.#step + 1) * STEP_MS <= now; this.#step += 1) {
      const those = this.#later.get(this.#step);
      if (!those) continue;
      this.#later.delete(this.#step);
      this.#due = this.#due.length === 0 ? those : [...those, ...this.#due];
    }
  }

  #attempt(intended: number): void {
    const crowd = this.#crowd();
    this.#sent += 1;
    if (intended >= this.#from && intended < this.#to) {
      this.#counts.attempts += 1;
      record(this.#lateness, performance.now() - intended);
    } else if (intended >= this.#to) this.#slotOf(intended).attempts += 1;
    const again = this.#due.pop();
    if (again === undefined) crowd.send(intended);
    else crowd.sendAgain(again, intended);
  }
}
