import { join } from 'node:path';
import type { BenchContext } from '../bench.ts';
import type { HeldVisitor } from './held-visitor.ts';
import type { Holder, HolderTarget } from './holder.ts';
import { startWorker, type Worker } from './worker.ts';

/** Below the usual 20,000 files a process may open, with room for what else it opens. */
const PER_PROCESS = 9_000;
/** Connects of all processes together that are on the way at a time. */
const WIDTH = 256;

/** Clients in as many processes as their number needs, each from a source address of its own. */
export interface Crowd {
  size: number;
  /** Those who are not there yet, up to this share (0…1) of all. @returns ms */
  connect(share?: number): Promise<number>;
  /** Everybody at once. @returns ms until each was in step, in order */
  storm(): Promise<number[]>;
  /** Everybody syncs at once what was missed at first. @returns ms until each was in step, in order */
  again(): Promise<number[]>;
  compareHeads(on: boolean): Promise<void>;
  heads(): Promise<Map<string, number>>;
  /** What stands in the way of calling the run good; and what was waited out. */
  stand(): Promise<{ joined: number; waits: Map<string, number>; problems: string[] }>;
  close(): Promise<void>;
  end(): Promise<void>;
}

let crowds = 0;

export async function gather(
  context: Pick<BenchContext, 'after'>,
  server: { port: number; namespace: HolderTarget['namespace'] },
  visitors: readonly HeldVisitor[],
): Promise<Crowd> {
  // Ports of connections that ended are not free for a minute: a crowd after another has its own.
  crowds += 1;
  const crowd = crowds % 250;
  const count = Math.max(1, Math.ceil(visitors.length / PER_PROCESS));
  const share = Math.ceil(visitors.length / count);
  const workers: Worker<Holder>[] = await Promise.all(
    Array.from({ length: count }, () =>
      startWorker<Holder>(join(import.meta.dirname, 'holder.ts')),
    ),
  );
  context.after(() => Promise.all(workers.map((worker) => worker.stop())));
  await Promise.all(
    workers.map(({ call }, index) =>
      call.target({
        ...server,
        localAddress: `${crowd}.${index + 2}`,
        visitors: visitors.slice(index * share, (index + 1) * share),
        firstIndex: index * share,
      }),
    ),
  );
  const all = <T>(work: (call: Worker<Holder>['call']) => Promise<T>): Promise<T[]> =>
    Promise.all(workers.map(({ call }) => work(call)));
  return {
    size: visitors.length,
    async connect(share = 1) {
      const since = performance.now();
      await all((call) => call.connect(Math.ceil(WIDTH / count), share));
      return performance.now() - since;
    },
    storm: async () => (await all((call) => call.storm())).flat().sort((a, b) => a - b),
    again: async () => (await all((call) => call.again())).flat().sort((a, b) => a - b),
    compareHeads: async (on) => void (await all((call) => call.compareHeads(on))),
    heads: async () => new Map((await all((call) => call.heads())).flat()),
    async stand() {
      const stands = await all((call) => call.stand());
      const waits = new Map<string, number>();
      for (const stand of stands) {
        for (const [code, n] of Object.entries(stand.waits)) {
          waits.set(code, (waits.get(code) ?? 0) + n);
        }
      }
      return {
        joined: stands.reduce((sum, { joined }) => sum + joined, 0),
        waits,
        problems: stands.flatMap(({ problems }) => problems),
      };
    },
    close: async () => void (await all((call) => call.close())),
    end: async () => void (await Promise.all(workers.map((worker) => worker.stop()))),
  };
}
