import { availableParallelism } from 'node:os';
import { ParlourError } from '#lib/protocol/errors.ts';
import type { Ctx } from '../context.ts';

/**
 * Reads under way at a time, as a share of the pool's connections. A storm of reconnects asks for
 * thousands of pages at once; without a bound each live message would wait for a connection behind
 * all of them (D5).
 */
const SHARE = 0.3;
const LEAST = 2;
/** Clients take a line for dead that does not answer in 10 s. */
const LONGEST_WAIT_MS = 4_000;

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
  /** Who waits with what, in the order of their turns: who was served goes to the end. */
  const lines = { member: new Map<string, Waiting[]>(), visitor: new Map<string, Waiting[]>() };
  let underWay = 0;

  const next = (): Waiting | null => {
    for (const line of [lines.member, lines.visitor]) {
      for (const [who, theirs] of line) {
        line.delete(who);
        const one = theirs.shift();
        if (theirs.length > 0) line.set(who, theirs);
        if (one) return one;
      }
    }
    return null;
  };

  const proceed = () => {
    while (underWay < most) {
      const one = next();
      if (!one) return;
      if (now() - one.since > LONGEST_WAIT_MS) {
        // Spread, so that those sent away do not come back together.
        const retryAfterMs = 500 + Math.round(Math.random() * 2_500);
        one.refuse(new ParlourError('overloaded', { retryAfterMs }));
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
   * Runs `work` when its turn has come.
   * @throws ParlourError overloaded: its turn came too late for who asked
   */
  return async function inTurn<T>({ actor }: Ctx, work: () => Promise<T>): Promise<T> {
    if (actor.kind === 'system') return work();
    if (underWay >= most) {
      const line = lines[actor.kind];
      const who = actor.kind === 'member' ? actor.memberId : actor.visitorId;
      await new Promise<void>((start, refuse) => {
        const theirs = line.get(who) ?? [];
        theirs.push({ since: now(), start, refuse });
        line.set(who, theirs);
      });
    } else underWay += 1;
    try {
      return await work();
    } finally {
      ended();
    }
  };
}
