import { setImmediate as nextTurn } from 'node:timers/promises';
import { logger } from '#lib/observability/logger.ts';
import { metrics } from '#lib/observability/metrics/instruments.ts';
import { ERRORS, ParlourError, type WireError } from '#lib/protocol/errors.ts';
import type { LimitClass } from './rate-limit.ts';

const log = logger.child({ scope: 'overload' });

/** Commands, and arrivals: a visitor's session and a visitor's socket. */
export type Work = LimitClass;
type Arrival = Extract<Work, 'session' | 'connect'>;

/**
 * How many commands may be under way before further ones are sent away; bounds memory. Messages have
 * the append path's own admission, by waiting time, far below this; reads take turns (D5), and who
 * waits too long there is sent away by then.
 */
const MOST_IN_FLIGHT = {
  message: 8_000,
  action: 2_000,
  read: 4_000,
  signal: 500,
  session: 4_000,
  connect: 4_000,
} as const;

/**
 * How long this process may have been at it since it last asked the network, ms. What is read in one
 * turn of the event loop arrived before or during it: a command read late in a long turn has waited
 * that long already, and each turn takes in what came during the one before, so that turns of an
 * overloaded process grow without end. Messages go last: as late as the append path's target, which
 * they meet next.
 */
const LATE_MS = {
  message: 250,
  action: 250,
  connect: 150,
  read: 100,
  session: 100,
  signal: 60,
} as const;
/**
 * How long an arrival may take, ms: far less than a client waits for it (15 s). While the last one took
 * longer, only so many are under way; after an outage thousands come together, and those who wait until
 * their client gives up come again, for nothing.
 */
const ARRIVAL_MS = 3_000;
const FEW_ARRIVALS = 100;
/**
 * One long turn after short ones is a collection, or a machine that looked away: it is over when it is
 * noticed. Only beyond this many times the limit it counts without a long one before it.
 */
const ALONE = 4;
/**
 * A turn with fewer commands is long for another reason than commands: a starved machine. Sending the
 * next one away would not make it shorter.
 */
const FEW = 100;

const RETRY = { leastMs: 500, spreadMs: 2_500, mostSpreadMs: 8_000 } as const;
/** So long without sending anybody away ends an overload. */
const OVER_MS = 2_000;
const SAY_EVERY_MS = 1_000;

const isArrival = (kind: Work): kind is Arrival => kind === 'session' || kind === 'connect';

export interface OverloadOptions {
  most?: Partial<Record<Work, number>>;
  late?: Partial<Record<Work, number>>;
  /** The append path is behind: only messages and actions go on to it. */
  isBehind?: () => boolean;
  /** The append path would send a message away, to come again after so many ms; null: it takes it. */
  isFull?: () => number | null;
  /** ms of a steady clock */
  now?: () => number;
  /** Calls back when this turn of the event loop is over. */
  afterTurn?: (done: () => void) => void;
}

/** Counts what is under way in this process and refuses what it cannot carry in time. */
export function createOverload(options: OverloadOptions = {}) {
  const { isBehind = () => false } = options;
  const most = { ...MOST_IN_FLIGHT, ...options.most };
  const late = { ...LATE_MS, ...options.late };
  const isFull = options.isFull ?? (() => null);
  const now = options.now ?? (() => performance.now());
  const afterTurn = options.afterTurn ?? ((done) => setImmediate(done));
  let inFlight = 0;
  let draining = false;
  let onIdle: (() => void) | undefined;
  /** When the first command of this turn was looked at. */
  let turnBegan: number | null = null;
  let turnBefore = 0;
  let inTurn = 0;
  let arriving = 0;
  /** How long the last one took that came through, or failed for want of a database. */
  let arrivalMs = 0;
  let sentAway = 0;
  let saidAt = Number.NEGATIVE_INFINITY;
  /** The first and the last time somebody was sent away in the present overload. */
  let since = 0;
  let lastAt = Number.NEGATIVE_INFINITY;

  const turnTook = (): number => {
    const time = now();
    if (turnBegan === null) {
      turnBegan = time;
      inTurn = 0;
      afterTurn(() => {
        turnBefore = now() - (turnBegan ?? time);
        turnBegan = null;
      });
    }
    return time - turnBegan;
  };

  const isLate = (kind: Work, took: number): boolean =>
    took > late[kind] && inTurn > FEW && (turnBefore > late[kind] / 2 || took > late[kind] * ALONE);

  /** Why not, and when again; null: it may. */
  const tooMuch = (kind: Work): { reason: string; retryAfterMs?: number } | null => {
    const took = turnTook();
    const underWay = isArrival(kind) ? arriving : inFlight;
    if (underWay >= most[kind]) return { reason: 'in_flight' };
    if (isLate(kind, took)) return { reason: 'event_loop' };
    switch (kind) {
      case 'action':
        return null;
      case 'message': {
        const retryAfterMs = isFull();
        return retryAfterMs === null ? null : { reason: 'append', retryAfterMs };
      }
      case 'session':
      case 'connect':
        if (isFull() !== null) return { reason: 'append' };
        // Whoever has a token may be in the middle of a conversation: let in while messages are.
        if (kind === 'session' && isBehind()) return { reason: 'behind' };
        return arrivalMs > ARRIVAL_MS && arriving >= FEW_ARRIVALS ? { reason: 'arrivals' } : null;
      default:
        return isBehind() ? { reason: 'behind' } : null;
    }
  };

  /** One line a second for all: a line for each would be the load. */
  const say = (reason: string) => {
    sentAway += 1;
    const time = now();
    if (time - saidAt < SAY_EVERY_MS) return;
    log.warn({ sentAway, reason, inFlight }, 'overloaded');
    saidAt = time;
    sentAway = 0;
  };

  /**
   * Spread, so that those sent away do not come back together; over longer the longer it lasts, so that
   * they do not become the load.
   */
  const comeAgain = (): number => {
    const time = now();
    if (time - lastAt > OVER_MS) since = time;
    lastAt = time;
    const spread = Math.min(RETRY.mostSpreadMs, RETRY.spreadMs + (time - since));
    return RETRY.leastMs + Math.round(Math.random() * spread);
  };

  const refuse = (kind: Work): WireError | null => {
    if (draining) return new ParlourError('unavailable').toWire();
    const why = tooMuch(kind);
    if (why === null) return null;
    metrics.shed.add(kind, why.reason);
    say(why.reason);
    const retryAfterMs = why.retryAfterMs ?? comeAgain();
    return { code: 'overloaded', message: ERRORS.overloaded.text, retryAfterMs };
  };

  return {
    /**
     * To be asked before any work is spent on a command. It throws nothing and makes no stack: at twice
     * what a process can carry, what a refusal costs decides how much is left for the others.
     * @returns what to answer instead: it comes again with the same key (D7), here or elsewhere
     */
    refusal(kind: Work): WireError | null {
      const refused = refuse(kind);
      if (refused?.code === 'overloaded') metrics.errors.add('overloaded');
      inTurn += 1;
      return refused;
    },
    /** The same before a command is even read; who is not refused is asked again, and counted, then. */
    refusalUnread(kind: Work): WireError | null {
      const refused = refuse(kind);
      if (refused?.code === 'overloaded') metrics.errors.add('overloaded');
      if (refused) inTurn += 1;
      return refused;
    },
    /**
     * Lets somebody in, or not, before anything is spent on them. Arrivals are no commands of a turn: those
     * who come together after an outage send nobody away, but yield to messages where there are many.
     * @throws ParlourError overloaded or unavailable, with the time to come back
     */
    async arrive<T>(kind: Arrival | 'action', work: () => Promise<T>): Promise<T> {
      const refused = refuse(kind);
      if (refused) {
        const { retryAfterMs } = refused;
        throw new ParlourError(refused.code, retryAfterMs === undefined ? {} : { retryAfterMs });
      }
      const since = now();
      arriving += 1;
      try {
        const result = await work();
        arrivalMs = now() - since;
        return result;
      } catch (error) {
        // Turned out at the door, which says nothing of those who came through.
        if (!(error instanceof ParlourError)) arrivalMs = now() - since;
        throw error;
      } finally {
        arriving -= 1;
      }
    },
    /** Counts an admitted command until it is done. */
    async run<T>(work: () => Promise<T>): Promise<T> {
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
  };
}

export type Overload = ReturnType<typeof createOverload>;
