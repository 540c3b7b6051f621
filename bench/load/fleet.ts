import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type {
  AgentOrder,
  Answer,
  Ledger,
  Order,
  PressOrder,
  PressReport,
  RunReport,
  TalkOrder,
} from './generator/orders.ts';
import { type Latency, merged, summarize } from './histograms.ts';

export type { AgentOrder, Ledger, PressOrder, PressReport, TalkOrder } from './generator/orders.ts';

/** One rate, all generators together. */
export interface StepReport {
  /** Asked for, and what was answered and shown within the window. messages/s */
  rate: number;
  acked: number;
  delivered: number;
  ack: Latency;
  delivery: Latency;
  lateness: Latency;
  refused: Record<string, number>;
  unanswered: number;
  /** Acknowledged, and never shown to the agent. */
  undelivered: number;
  /** Generators' CPU over the window, all and the busiest. cores */
  generatorCores: number;
  busiestGenerator: number;
  inboxHints: number;
  windowMs: number;
}

class Generator {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<Answer['type'], (answer: Answer) => void>();
  #failed: Error | null = null;

  constructor() {
    this.#child = fork(join(import.meta.dirname, 'generator', 'main.ts'), [], {
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child.on('message', (answer: Answer) => {
      if (answer.type === 'failed') this.#fail(new Error(`generator: ${answer.why}`));
      this.#waiting.get(answer.type)?.(answer);
      this.#waiting.delete(answer.type);
    });
    this.#child.on('exit', (code) => this.#fail(new Error(`a generator ended with ${code}`)));
  }

  #rejects = new Set<(error: Error) => void>();

  #fail(error: Error): void {
    this.#failed ??= error;
    for (const reject of this.#rejects) reject(this.#failed);
    this.#rejects.clear();
  }

  tell(order: Order): void {
    this.#child.send(order);
  }

  next<T extends Answer['type']>(type: T): Promise<Extract<Answer, { type: T }>> {
    return new Promise((resolve, reject) => {
      if (this.#failed) {
        reject(this.#failed);
        return;
      }
      this.#rejects.add(reject);
      this.#waiting.set(type, (answer) => {
        this.#rejects.delete(reject);
        resolve(answer as Extract<Answer, { type: T }>);
      });
    });
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.disconnect();
    await gone;
  }
}

/** Generator processes that act as all visitors and agents of `talks` and `agents`. */
export class Fleet {
  readonly #generators: Generator[];
  #shares: number[] = [];

  constructor(processes: number) {
    this.#generators = Array.from({ length: processes }, () => new Generator());
  }

  /** An agent's visitors are in the agent's process, which measures both ends by one clock. */
  async connect(talks: readonly TalkOrder[], agents: readonly AgentOrder[]): Promise<void> {
    const all = this.#generators.length;
    const done = this.#generators.map((generator, number) => {
      const mine = agents.flatMap((agent, index) => (index % all === number ? [agent] : []));
      const share = talks
        .filter((talk) => talk.agent % all === number)
        .map((talk) => ({ ...talk, agent: Math.floor(talk.agent / all) }));
      this.#shares[number] = share.length / talks.length;
      const connected = generator.next('connected');
      const seed = 7_919 * (number + 1);
      generator.tell({ type: 'connect', talks: share, agents: mine, number, seed });
      return connected;
    });
    await Promise.all(done);
  }

  /** Which talk, of those given to `connect`, a generator's own index means. */
  static talksOf(talks: readonly TalkOrder[], number: number, processes: number): TalkOrder[] {
    return talks.filter((talk) => talk.agent % processes === number);
  }

  /** @param at called when all generators measure, and when the first has ended to */
  async run(
    rate: number,
    { warmupMs, measureMs }: { warmupMs: number; measureMs: number },
    at: { measuring?(): void; measured?(): void } = {},
  ): Promise<StepReport> {
    const measuring = Promise.all(this.#generators.map((one) => one.next('measuring')));
    const measured = Promise.race(this.#generators.map((one) => one.next('measured')));
    const ran = Promise.all(this.#generators.map((one) => one.next('ran')));
    // Awaited one after the other below; a generator that dies rejects them all.
    for (const one of [measuring, measured, ran]) one.catch(() => undefined);
    for (const [number, generator] of this.#generators.entries()) {
      const share = rate * (this.#shares[number] ?? 0);
      generator.tell({ type: 'run', run: { rate: share, warmupMs, measureMs } });
    }
    await Promise.race([measuring, ran]);
    at.measuring?.();
    await Promise.race([measured, ran]);
    at.measured?.();
    return summary(
      rate,
      measureMs,
      (await ran).map(({ report }) => report),
    );
  }

  /**
   * Presses with `rate` attempts a second, then calms down.
   * @param at called when the counted window begins, and when it is over
   */
  async press(
    order: PressOrder,
    at: { pressing(): void; calming(): void },
  ): Promise<PressReport[]> {
    const pressing = Promise.all(this.#generators.map((one) => one.next('pressing')));
    const calming = Promise.race(this.#generators.map((one) => one.next('calming')));
    const pressed = Promise.all(this.#generators.map((one) => one.next('pressed')));
    for (const one of [pressing, calming, pressed]) one.catch(() => undefined);
    for (const [number, generator] of this.#generators.entries()) {
      const share = this.#shares[number] ?? 0;
      const { rate, calmRate } = order;
      const mine = { ...order, rate: rate * share, calmRate: calmRate * share };
      generator.tell({ type: 'press', press: mine });
    }
    await Promise.race([pressing, pressed]);
    at.pressing();
    await Promise.race([calming, pressed]);
    at.calming();
    return (await pressed).map(({ report }) => report);
  }

  async ledgers(): Promise<Ledger[]> {
    return Promise.all(
      this.#generators.map(async (generator) => {
        const answer = generator.next('ledger');
        generator.tell({ type: 'ledger' });
        return (await answer).ledger;
      }),
    );
  }

  async end(): Promise<void> {
    await Promise.all(this.#generators.map((generator) => generator.end()));
  }
}

function summary(rate: number, windowMs: number, reports: readonly RunReport[]): StepReport {
  const sum = (pick: (report: RunReport) => number) =>
    reports.reduce((total, report) => total + pick(report), 0);
  const refused: Record<string, number> = {};
  for (const report of reports) {
    for (const [code, count] of Object.entries(report.refused)) {
      refused[code] = (refused[code] ?? 0) + count;
    }
  }
  const seconds = windowMs / 1_000;
  const cores = reports.map((report) => report.cpuMs / windowMs);
  return {
    rate,
    acked: sum((report) => report.ackedInWindow) / seconds,
    delivered: sum((report) => report.deliveredInWindow) / seconds,
    ack: summarize(merged(reports.map((report) => report.ack))),
    delivery: summarize(merged(reports.map((report) => report.delivery))),
    lateness: summarize(merged(reports.map((report) => report.lateness))),
    refused,
    unanswered: sum((report) => report.unanswered),
    undelivered: sum((report) => report.undelivered),
    generatorCores: cores.reduce((a, b) => a + b, 0),
    busiestGenerator: Math.max(...cores),
    inboxHints: sum((report) => report.inboxHints),
    windowMs,
  };
}
