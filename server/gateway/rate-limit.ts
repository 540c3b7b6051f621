import { metrics } from '#lib/observability/metrics/instruments.ts';
import { ParlourError } from '#lib/protocol/errors.ts';

/** A token bucket: `burst` at once, then `perSecond`. */
export interface Rate {
  burst: number;
  perSecond: number;
}

export type LimitClass = 'message' | 'action' | 'read' | 'signal' | 'session' | 'connect';

/** Who is limited: one visitor, one member, or one network address (many people behind one NAT). */
export type LimitSubject = 'visitor' | 'member' | 'address';

export type RateTable = Record<LimitClass, Record<LimitSubject, Rate>>;

/**
 * A person writes a message a second at most and syncs a few conversations at once; an outbox that
 * was filled offline comes as a burst. Addresses carry an office of people.
 */
export const RATES: RateTable = {
  message: {
    visitor: { burst: 20, perSecond: 2 },
    member: { burst: 40, perSecond: 8 },
    address: { burst: 400, perSecond: 60 },
  },
  action: {
    visitor: { burst: 20, perSecond: 1 },
    member: { burst: 60, perSecond: 10 },
    address: { burst: 400, perSecond: 60 },
  },
  read: {
    visitor: { burst: 60, perSecond: 6 },
    member: { burst: 200, perSecond: 30 },
    address: { burst: 1_200, perSecond: 200 },
  },
  signal: {
    visitor: { burst: 20, perSecond: 4 },
    member: { burst: 40, perSecond: 8 },
    address: { burst: 600, perSecond: 120 },
  },
  session: {
    visitor: { burst: 20, perSecond: 1 },
    member: { burst: 20, perSecond: 1 },
    address: { burst: 120, perSecond: 5 },
  },
  connect: {
    visitor: { burst: 20, perSecond: 1 },
    member: { burst: 40, perSecond: 2 },
    address: { burst: 300, perSecond: 30 },
  },
};

/** The table with every burst and rate times `factor` (RATE_LIMIT_SCALE). */
export function scaleRates(table: RateTable, factor: number): RateTable {
  const scaled = ({ burst, perSecond }: Rate): Rate => ({
    // Below one token nothing would ever pass.
    burst: Math.max(1, burst * factor),
    perSecond: perSecond * factor,
  });
  const subjects = (rates: Record<LimitSubject, Rate>): Record<LimitSubject, Rate> => ({
    visitor: scaled(rates.visitor),
    member: scaled(rates.member),
    address: scaled(rates.address),
  });
  return {
    message: subjects(table.message),
    action: subjects(table.action),
    read: subjects(table.read),
    signal: subjects(table.signal),
    session: subjects(table.session),
    connect: subjects(table.connect),
  };
}

interface Bucket {
  tokens: number;
  /** Milliseconds of the same clock as `now`. */
  at: number;
}

/** Buckets in memory; 200,000 of them are some 30 MB. */
const MOST_BUCKETS = 200_000;

/**
 * Token buckets of this process. Bounded: beyond `most` the one longest unused is forgotten, which
 * gives its subject a full bucket again, never a wrong refusal.
 * @param now milliseconds of any steady clock
 */
export function createRateLimiter(
  table: RateTable = RATES,
  now: () => number = () => performance.now(),
  most: number = MOST_BUCKETS,
) {
  // Insertion order is order of use: a used bucket is put back at the end.
  const buckets = new Map<string, Bucket>();

  const refilled = (key: string, rate: Rate, time: number): Bucket => {
    const bucket = buckets.get(key);
    if (!bucket) return { tokens: rate.burst, at: time };
    const gained = ((time - bucket.at) / 1000) * rate.perSecond;
    return { tokens: Math.min(rate.burst, bucket.tokens + gained), at: time };
  };

  const put = (key: string, bucket: Bucket) => {
    buckets.delete(key);
    buckets.set(key, bucket);
    if (buckets.size <= most) return;
    const oldest = buckets.keys().next();
    if (!oldest.done) buckets.delete(oldest.value);
  };

  return {
    /**
     * Takes one token from each subject's bucket, or from none.
     * @throws ParlourError rate_limited with the time until all have one (D7)
     */
    take(kind: LimitClass, subjects: Partial<Record<LimitSubject, string>>): void {
      const time = now();
      const taken: [string, Bucket][] = [];
      let waitMs = 0;
      for (const subject of ['visitor', 'member', 'address'] as const) {
        const id = subjects[subject];
        if (id === undefined) continue;
        const key = `${kind}:${subject}:${id}`;
        const rate = table[kind][subject];
        const bucket = refilled(key, rate, time);
        if (bucket.tokens < 1) {
          waitMs = Math.max(waitMs, ((1 - bucket.tokens) / rate.perSecond) * 1000);
        }
        taken.push([key, bucket]);
      }
      if (waitMs > 0) {
        metrics.limited.add(kind);
        throw new ParlourError('rate_limited', { retryAfterMs: Math.ceil(waitMs) });
      }
      for (const [key, bucket] of taken) put(key, { ...bucket, tokens: bucket.tokens - 1 });
    },
    get size(): number {
      return buckets.size;
    },
  };
}

export type RateLimiter = ReturnType<typeof createRateLimiter>;
