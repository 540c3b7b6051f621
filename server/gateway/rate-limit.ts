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
  /** When it was put at the end of its class. */
  movedAt: number;
}

/** Buckets in memory; 200,000 of them are some 30 MB. */
const MOST_BUCKETS = 200_000;
/** A bucket in steady use is put back at the end this often, not each time: ms */
const MOVE_EVERY_MS = 1_000;

const SUBJECTS = ['visitor', 'member', 'address'] as const;

/** Buckets of one class and subject by id, those longest unused first. */
type Shelf = Map<string, Bucket>;

/**
 * Token buckets of this process. Bounded: beyond `most` the one longest unused (of the fullest class)
 * is forgotten, which gives its subject a full bucket again, never a wrong refusal.
 * @param now milliseconds of any steady clock
 */
export function createRateLimiter(
  table: RateTable = RATES,
  now: () => number = () => performance.now(),
  most: number = MOST_BUCKETS,
) {
  const shelves = Object.fromEntries(
    Object.keys(table).map((kind) => [
      kind,
      { visitor: new Map(), member: new Map(), address: new Map() },
    ]),
  ) as Record<LimitClass, Record<LimitSubject, Shelf>>;
  const all = Object.values(shelves).flatMap((kind) => Object.values(kind));
  let size = 0;

  const forgetOne = () => {
    const fullest = all.reduce((a, b) => (b.size > a.size ? b : a));
    const oldest = fullest.keys().next();
    if (!oldest.done && fullest.delete(oldest.value)) size -= 1;
  };

  /** The subject's bucket as it is at `time`. */
  const look = (shelf: Shelf, id: string, rate: Rate, time: number): Bucket => {
    const bucket = shelf.get(id);
    if (!bucket) {
      if (size >= most) forgetOne();
      const fresh = { tokens: rate.burst, at: time, movedAt: time };
      shelf.set(id, fresh);
      size += 1;
      return fresh;
    }
    const gained = ((time - bucket.at) / 1000) * rate.perSecond;
    bucket.tokens = Math.min(rate.burst, bucket.tokens + gained);
    bucket.at = time;
    if (time - bucket.movedAt >= MOVE_EVERY_MS) {
      bucket.movedAt = time;
      shelf.delete(id);
      shelf.set(id, bucket);
    }
    return bucket;
  };

  return {
    /**
     * Takes one token from each subject's bucket, or from none.
     * @throws ParlourError rate_limited with the time until all have one (D7)
     */
    take(kind: LimitClass, subjects: Partial<Record<LimitSubject, string>>): void {
      const time = now();
      let waitMs = 0;
      for (const subject of SUBJECTS) {
        const id = subjects[subject];
        if (id === undefined) continue;
        const rate = table[kind][subject];
        const { tokens } = look(shelves[kind][subject], id, rate, time);
        if (tokens < 1) waitMs = Math.max(waitMs, ((1 - tokens) / rate.perSecond) * 1000);
      }
      if (waitMs > 0) {
        metrics.limited.add(kind);
        throw new ParlourError('rate_limited', { retryAfterMs: Math.ceil(waitMs) });
      }
      for (const subject of SUBJECTS) {
        const id = subjects[subject];
        const bucket = id === undefined ? undefined : shelves[kind][subject].get(id);
        if (bucket) bucket.tokens -= 1;
      }
    },
    get size(): number {
      return size;
    },
  };
}

export type RateLimiter = ReturnType<typeof createRateLimiter>;
