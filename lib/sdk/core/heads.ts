import { LIMITS } from '#lib/protocol/limits.ts';
import type { ClientPorts } from '../api.ts';

/** Spreads the calls of many clients over this share of the interval. */
const SPREAD = 0.2;

/**
 * Calls `compare` 1 s after joining and every 15 s from then on, so that a lost last message is
 * found; `soon` asks for one out of turn, coalesced.
 */
export function createHeads(
  ports: Pick<ClientPorts, 'setTimeout' | 'clearTimeout' | 'random'>,
  compare: () => Promise<unknown>,
) {
  let timer: unknown = null;
  let early: unknown = null;
  let running = false;

  const next = (ms: number) => {
    if (timer !== null) ports.clearTimeout(timer);
    timer = ports.setTimeout(run, ms);
  };
  async function run() {
    if (running) return;
    running = true;
    await compare();
    running = false;
    if (timer !== null) next(LIMITS.headsEveryMs * (1 - SPREAD * ports.random()));
  }
  const stop = () => {
    if (timer !== null) ports.clearTimeout(timer);
    if (early !== null) ports.clearTimeout(early);
    timer = early = null;
  };
  return {
    joined: () => next(LIMITS.headsFirstMs),
    soon(ms = 150) {
      if (timer === null || early !== null) return;
      early = ports.setTimeout(() => {
        early = null;
        void run();
      }, ms);
    },
    stop,
  };
}
