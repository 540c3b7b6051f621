import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { metrics } from '#lib/observability/metrics/instruments.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import type { LimitClass } from './rate-limit.ts';

/**
 * How many commands may be under way before further ones are sent away. History yields to live
 * messages (D5): reads are refused at a quarter of what messages are.
 */
const MOST_IN_FLIGHT = { message: 4_000, action: 2_000, read: 1_000, signal: 500 } as const;

/**
 * An event loop that was later than this on average, two seconds running, takes no reads or signals.
 * Not a percentile: one pause of a collection or of a busy machine is no overload.
 */
const LATE_MS = 250;

/** Counts what is under way in this process and refuses what it cannot carry. */
export function createOverload(most: Record<keyof typeof MOST_IN_FLIGHT, number> = MOST_IN_FLIGHT) {
  let inFlight = 0;
  let draining = false;
  let onIdle: (() => void) | undefined;
  let lateWindows = 0;
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  const timer = setInterval(() => {
    // NaN when nothing was sampled: the loop stood still for the whole window.
    lateWindows = delay.mean / 1e6 <= LATE_MS ? 0 : lateWindows + 1;
    delay.reset();
  }, 1_000);
  timer.unref();

  return {
    /** @throws ParlourError overloaded; the client repeats with the same key (D7) */
    async run<T>(
      kind: Exclude<LimitClass, 'session' | 'connect'>,
      work: () => Promise<T>,
    ): Promise<T> {
      // The client repeats with the same key where it is connected next.
      if (draining) throw new ParlourError('unavailable');
      const yields = kind === 'read' || kind === 'signal';
      if (inFlight >= most[kind] || (lateWindows >= 2 && yields)) {
        metrics.shed.add(kind, inFlight >= most[kind] ? 'in_flight' : 'event_loop');
        // Spread, so that those sent away do not come back together.
        throw new ParlourError('overloaded', {
          retryAfterMs: 500 + Math.round(Math.random() * 2_500),
        });
      }
      inFlight += 1;
      try {
        return await work();
      } finally {
        inFlight -= 1;
        if (inFlight === 0) onIdle?.();
      }
    },
    get inFlight(): number {
      return inFlight;
    },
    /** Takes nothing new; resolves when what is under way is answered, at the latest after `ms`. */
    async drain(ms: number): Promise<void> {
      draining = true;
      if (inFlight === 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        onIdle = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      // The answers themselves are written in the turn that ends the last command.
      await nextTurn();
    },
    close(): void {
      clearInterval(timer);
      delay.disable();
    },
  };
}

export type Overload = ReturnType<typeof createOverload>;
