import { availableParallelism } from 'node:os';
import { ParlourError } from '#lib/protocol/errors.ts';
import type { Ctx } from '../context.ts';
import { Rota } from './rota.ts';

/**
 * Reads under way at a time, as a share of the pool's connections. A storm of reconnects asks for
 * thousands of pages at once; without a bound each live message would wait for a connection behind
 * all of them (D5).
 */
const SHARE = 0.3;
const LEAST = 2;
/** Clients take a line for dead that does not answer in 10 s. */
const LONGEST_WAIT_MS = 4_000;

/** What to tell one who has waited since then; null: it is not too late. Both ms of a steady clock. */
export function tooLate(since: number, now: number): ParlourError | null {
  if (now - since <= LONGEST_WAIT_MS) return null;
  // Spread, so that those sent away do not come back together.
  const retryAfterMs = 500 + Math.round(Math.random() * 2_500);
  return new ParlourError('overloaded', { retryAfterMs });
}

interface Waiting {
  since: number;
  start(): void;
  refuse(error: ParlourError): void;
}

export interface TurnOptions {
  /** Reads under way at a time. */
  most: number;
  /** ms of a steady clock */
  now?: () => number;
}

/**
 * No more than there are cores, either (decision 0140): reads that share them with the process and often
 * with its database finish no earlier for being more, and each of them delays live messages.
 */
export function mostReads(poolSize: number | undefined, cores = availableParallelism()): number {
  return Math.max(LEAST, Math.min(cores, Math.floor((poolSize ?? 10) * SHARE)));
}

/**
 * Reads one after another, a few at a time: members before visitors, and of each kind everybody in
 * turn, so that one who asks for a hundred conversations delays nobody who asks for one. Between two
 * reads the event loop goes round, and live messages with it.
 */
export function createTurns({ most, now = () => performance.now() }: TurnOptions) {
  const lines = { member: new Rota<Waiting>(), visitor: new Rota<Waiting>() };
  let underWay = 0;

  const proceed = () => {
    while (underWay < most) {
      const one = lines.member.next() ?? lines.visitor.next();
      if (!one) return;
      const error = tooLate(one.since, now());
      if (error) {
        one.refuse(error);
        continue;
      }
      underWay += 1;
      one.start();
    }
  };

  const ended = () => {
    setImmediate(() => {
      underWay -= 1;
      proceed();
    });
  };

  /**
   * Runs `work` when the turn of that line's `who` has come.
   * @throws ParlourError overloaded: it came too late for who asked
   */
  async function inTurnOf<T>(
    line: keyof typeof lines,
    who: string,
    work: () => Promise<T>,
  ): Promise<T> {
    if (underWay >= most) {
      await new Promise<void>((start, refuse) => {
        lines[line].add(who, { since: now(), start, refuse });
      });
    } else underWay += 1;
    try {
      return await work();
    } finally {
      ended();
    }
  }

  return {
    inTurnOf,
    /** @throws ParlourError overloaded: its turn came too late for who asked */
    inTurn<T>({ actor }: Ctx, work: () => Promise<T>): Promise<T> {
      if (actor.kind === 'system') return work();
      const who = actor.kind === 'member' ? actor.memberId : actor.visitorId;
      return inTurnOf(actor.kind, who, work);
    },
  };
}

export type Turns = ReturnType<typeof createTurns>;
