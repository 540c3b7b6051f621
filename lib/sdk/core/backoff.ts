/** Full delay of the n-th attempt in a row (from 0), in ms. */
const FIRST_MS = 500;
const MOST_MS = 15_000;

/**
 * Doubles from 0.5 s to 15 s; the upper half of each delay is chance, so that clients a server lost
 * all at once do not come back all at once.
 */
export function backoffMs(attempt: number, random: () => number): number {
  const full = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
  return Math.round(full / 2 + (full / 2) * random());
}

/** A restart or a failover is over within some 15 s: until then nobody is far from the next attempt. */
const SOON_ATTEMPTS = 9;
/** From this attempt on the delay stays: 2 s. */
const SOON = 2;

/** Before the n-th attempt in a row (from 0) to connect, in ms: at most 2 s in the first 15 s. */
export function reconnectMs(attempt: number, random: () => number): number {
  const later = attempt - (SOON_ATTEMPTS - SOON - 1);
  return backoffMs(attempt < SOON_ATTEMPTS ? Math.min(attempt, SOON) : later, random);
}
