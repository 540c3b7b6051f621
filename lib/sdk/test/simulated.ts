import type { ClientPorts } from '../api.ts';

type Timer = { at: number; order: number; fn: () => void };

/** Time that moves only when told to, and chance that repeats by its seed. */
export function createSimulated(seed = 1, start = Date.UTC(2026, 0, 1)) {
  let now = start;
  let order = 0;
  const timers = new Set<Timer>();
  /** mulberry32 */
  let state = seed >>> 0;
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  /** Lets every promise that can settle do so; nothing under simulation waits for the event loop. */
  const settle = async () => {
    for (let i = 0; i < 50; i++) await Promise.resolve();
  };
  const ports: Pick<ClientPorts, 'now' | 'setTimeout' | 'clearTimeout' | 'random'> = {
    now: () => now,
    random,
    setTimeout(fn, ms) {
      const timer = { at: now + Math.max(0, ms), order: order++, fn };
      timers.add(timer);
      return timer;
    },
    clearTimeout(handle) {
      timers.delete(handle as Timer);
    },
  };
  return {
    ports,
    random,
    settle,
    pendingTimers: () => timers.size,
    /** Moves time on by `ms`, firing what falls due in order of its time. */
    async advance(ms: number) {
      const until = now + ms;
      await settle();
      for (;;) {
        let next: Timer | null = null;
        for (const timer of timers) {
          if (timer.at > until) continue;
          if (!next || timer.at < next.at || (timer.at === next.at && timer.order < next.order)) {
            next = timer;
          }
        }
        if (!next) break;
        timers.delete(next);
        now = Math.max(now, next.at);
        next.fn();
        await settle();
      }
      now = until;
    },
  };
}
