import { ParlourError } from '#lib/protocol/errors.ts';

const WINDOW_MS = 60_000;
const MOST_KEYS = 10_000;
const seen = new Map<string, { count: number; since: number }>();

/** The address a request came from, as the desk checked it (TRUST_PROXY) before it proxied. */
export function clientAddress(headers: Headers): string {
  return headers.get('x-parlour-client') ?? 'direct';
}

/**
 * Counts tries of something guessable and refuses more than `most` within a minute.
 * @param key what is tried, and by or on whom
 * @throws ParlourError rate_limited
 */
export function attempt(key: string, most: number, now = Date.now()): void {
  const entry = seen.get(key);
  if (!entry || now - entry.since > WINDOW_MS) {
    seen.delete(key);
    // Bounded; the oldest goes, so that a flood of invented keys does not reset the counted ones at once.
    const [oldest] = seen.size >= MOST_KEYS ? seen.keys() : [];
    if (oldest !== undefined) seen.delete(oldest);
    seen.set(key, { count: 1, since: now });
    return;
  }
  entry.count += 1;
  if (entry.count > most) {
    throw new ParlourError('rate_limited', { retryAfterMs: entry.since + WINDOW_MS - now });
  }
}
