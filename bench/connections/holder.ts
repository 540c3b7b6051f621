import { backoffMs } from '#lib/sdk/core/backoff.ts';
import { createHeld, type Held, type HeldVisitor } from './held-visitor.ts';
import { serveWorker } from './worker.ts';

/** Where a process holds its clients, and who they are. */
export interface HolderTarget {
  port: number;
  namespace: '/' | '/visitor';
  /** The end of the clients' own source addresses, below 127.0: one gives 28,000 ports per server. */
  localAddress: string;
  visitors: HeldVisitor[];
  /** Of the first of them among all processes' visitors: each then has an address of its own. */
  firstIndex: number;
}

export interface HolderStand {
  joined: number;
  inStep: number;
  /** Codes of refusals that were waited out, with their counts. */
  waits: Record<string, number>;
  problems: string[];
}

/** Connecting, a storm or a sync of everybody that takes longer is over: who is left is a problem. */
const LIMIT_MS = 120_000;

async function withinLimit(work: Promise<unknown>): Promise<void> {
  let limit: NodeJS.Timeout | undefined;
  const over = new Promise((resolve) => {
    limit = setTimeout(resolve, LIMIT_MS);
  });
  await Promise.race([work, over]);
  clearTimeout(limit);
}

/** One process that holds many clients, each on a connection of its own. */
function createHolder() {
  let held: Held[] = [];
  let problems: string[] = [];
  const waits: Record<string, number> = {};
  let comeBack = false;

  const note = {
    wait(code: string) {
      waits[code] = (waits[code] ?? 0) + 1;
    },
    problem(text: string) {
      // Ten say as much as ten thousand.
      if (problems.length < 10) problems.push(text);
    },
  };

  /** ms each took, of those who were done within the limit; the others are a problem. */
  async function timed(what: string, work: (one: Held) => Promise<void>): Promise<number[]> {
    const since = performance.now();
    const times: number[] = [];
    const all = Promise.all(
      held.map(async (one) => {
        await work(one);
        times.push(performance.now() - since);
      }),
    );
    await withinLimit(all);
    const left = held.length - times.length;
    if (left > 0) note.problem(`${left} have not ${what} within ${LIMIT_MS / 1_000} s`);
    return times;
  }

  return {
    target({ visitors, firstIndex, ...where }: HolderTarget): number {
      problems = [];
      held = visitors.map((visitor, index) =>
        createHeld(visitor, { ...where, index: firstIndex + index }, note, {
          onLost: () => (comeBack ? backoffMs(0, Math.random) : null),
        }),
      );
      return held.length;
    },
    /** Those who are not there yet, up to `share` (0…1) of all, at most `width` on the way at a time. */
    async connect(width: number, share: number): Promise<void> {
      const left = held.slice(0, Math.ceil(held.length * share)).filter((one) => !one.joined);
      let over = false;
      const walk = async () => {
        for (let one = left.pop(); one && !over; one = left.pop()) await one.connect(false);
      };
      await withinLimit(Promise.all(Array.from({ length: width }, walk)));
      over = true;
      const missing = left.length;
      if (missing > 0) note.problem(`${missing} had not connected after ${LIMIT_MS / 1_000} s`);
    },
    /** All at once, and each in step with the log. @returns ms until each was in step, in order */
    async storm(): Promise<number[]> {
      comeBack = true;
      return (await timed('came back in step', (one) => one.connect(true))).sort((a, b) => a - b);
    },
    /** Syncs anew what was missed at first, all at once. @returns ms until each was in step */
    again: (): Promise<number[]> => timed('synced anew', (one) => one.again()),
    /** Compares heads as the visitor's client does, until told otherwise. */
    compareHeads(on: boolean): void {
      for (const one of held) one.compareHeads(on);
    },
    /** Lost connections stay lost from now on. */
    stayAway(): void {
      comeBack = false;
    },
    stand(): HolderStand {
      return {
        joined: held.filter((one) => one.joined).length,
        inStep: held.filter((one) => one.inStep).length,
        waits,
        problems,
      };
    },
    /** Public seq up to which each visitor holds the log without a gap. */
    heads: (): [string, number][] => held.map((one) => [one.visitor.conversationId, one.seq]),
    async close(): Promise<void> {
      comeBack = false;
      for (const one of held) one.close();
      const until = performance.now() + 20_000;
      while (held.some((one) => !one.closed) && performance.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}

export type Holder = ReturnType<typeof createHolder>;

if (process.send) serveWorker(createHolder());
