import type { Logger } from 'pino';

export interface Loop {
  /** Runs soon, without waiting for the interval; many calls make one run. */
  poke(): void;
  /** No further run; resolves when the running one is over. */
  stop(): Promise<void>;
}

/**
 * Runs `work` one at a time: after each interval, and sooner when poked. What was poked during a run
 * is run once more. A failure costs only that run; of a series (a lost database) the first is logged,
 * and its end.
 */
export function startLoop(options: {
  name: string;
  everyMs: number;
  log: Logger;
  work: () => Promise<void>;
}): Loop {
  const { name, everyMs, log, work } = options;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | null = null;
  let again = false;
  let stopped = false;
  let failing = false;

  async function run(): Promise<void> {
    do {
      again = false;
      try {
        await work();
        if (failing) log.info(`${name}_recovered`);
        failing = false;
      } catch (error) {
        if (!failing) log.warn({ err: error }, `${name}_failed`);
        failing = true;
        break;
      }
    } while (again && !stopped);
  }

  function start(): void {
    clearTimeout(timer);
    running = run().finally(() => {
      running = null;
      if (!stopped) timer = setTimeout(start, again ? 0 : everyMs);
    });
  }

  timer = setTimeout(start, 0);
  return {
    poke() {
      if (stopped) return;
      if (running) {
        again = true;
        return;
      }
      clearTimeout(timer);
      // The next turn, so that the many commits of one group cause one run.
      timer = setTimeout(start, 0);
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
