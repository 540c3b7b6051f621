import { ParlourError } from '#lib/protocol/errors.ts';

const WINDOW_MS = 60_000;
const MOST = 20;
const MOST_KEYS = 10_000;
const seen = new Map<string, { count: number; since: number }>();

/**
 * Counts tries of something guessable per address (the desk sets x-parlour-client after its own
 * check) and refuses the 21st within a minute.
 * @throws ParlourError rate_limited
 */
export function attempt(what: string, headers: Headers, now = Date.now()): void {
  const key = `${what} ${headers.get('x-parlour-client') ?? 'direct'}`;
  const entry = seen.get(key);
  if (!entry || now - entry.since > WINDOW_MS) {
    // Bounded: forgetting everybody under a flood of addresses is better than growing.
    if (seen.size >= MOST_KEYS) seen.clear();
    seen.set(key, { count: 1, since: now });
    return;
  }
  entry.count += 1;
  if (entry.count > MOST) {
    throw new ParlourError('rate_limited', { retryAfterMs: entry.since + WINDOW_MS - now });
  }
}
