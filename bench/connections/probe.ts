import { Socket } from 'node:net';

/**
 * Loaded into a server before its own code (`--expose-gc --import`), so that a bench can ask a
 * production process for what only it knows. Answers messages of `worker.ts`; the desk's own are others.
 */
export interface Probe {
  /** Memory after full collections, once it stays the same. bytes */
  settled(): Promise<{ rss: number; heap: number; external: number }>;
  /** Ends every connection of clients at once, without a word. @returns how many */
  cut(port: number): number;
  /** Writes a heap snapshot. @returns the file */
  snapshot(file: string): Promise<string>;
}

/** Less than this from one collection to the next counts as settled. */
const SAME = 0.002;
const MOST_ROUNDS = 12;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

const probe: Record<keyof Probe, (...args: never[]) => unknown> = {
  async settled() {
    const { gc } = globalThis;
    if (!gc) throw new Error('started without --expose-gc');
    let before = 0;
    let same = 0;
    for (let round = 0; round < MOST_ROUNDS && same < 2; round += 1) {
      // Also gives pages back, which an ordinary collection keeps for later.
      await gc({ type: 'major', flavor: 'last-resort', execution: 'async' });
      await pause(150);
      const { rss } = process.memoryUsage();
      same = Math.abs(rss - before) < rss * SAME ? same + 1 : 0;
      before = rss;
    }
    const { rss, heapUsed, external } = process.memoryUsage();
    return { rss, heap: heapUsed, external };
  },
  cut(port: number) {
    // The only list Node keeps of them; a list of our own would weigh on what is measured.
    const { _getActiveHandles: handles } = process as unknown as {
      _getActiveHandles(): unknown[];
    };
    const clients = handles
      .call(process)
      .filter((one): one is Socket => one instanceof Socket && one.localPort === port);
    for (const socket of clients) socket.destroy();
    return clients.length;
  },
  async snapshot(file: string) {
    const { writeHeapSnapshot } = await import('node:v8');
    return writeHeapSnapshot(file);
  },
};

process.on('message', async (message: { id?: number; name?: string; args?: never[] }) => {
  const { id, name, args } = message;
  if (id === undefined || !name || !(name in probe)) return;
  try {
    const value = await probe[name as keyof Probe](...(args ?? []));
    process.send?.({ id, value });
  } catch (error) {
    process.send?.({ id, error: String(error) });
  }
});
