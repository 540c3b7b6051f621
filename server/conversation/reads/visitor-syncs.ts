import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { VisitorOutput } from '#lib/protocol/envelope.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import type { VisitorCtx } from '../context.ts';
import type { FindNames } from '../presenters/names.ts';
import { Rota } from './rota.ts';
import { type Turns, tooLate } from './turns.ts';
import { type PageAsked, visitorPages } from './visitor-pages.ts';

type Sync = VisitorOutput<'conversation.sync'>;

/** Visitors in one statement: as many as bring about this many events, by what the last ones brought. */
const EVENTS = 600;
const MOST = 32;
/** Asked for and not yet answered; beyond that they come back later. */
const MOST_WAITING = 5_000;
/**
 * While messages are being written, they have process and database to themselves after each group for as
 * long as it took (D5); without any, group follows group.
 */
const LONGEST_REST_MS = 25;

interface Asked extends PageAsked {
  since: number;
  resolve(sync: Sync): void;
  reject(error: unknown): void;
}

export interface VisitorSyncsDeps {
  pool: Pool;
  namesIn(workspaceId: string): FindNames;
  turns: Turns;
  /** Messages are being written now. */
  isBusy(): boolean;
  /** ms of a steady clock */
  now?(): number;
}

/**
 * Pages of what visitors may see of a conversation after a public seq (I12). Those of many visitors are
 * read by one statement, one group after another, everybody in turn; between two groups live messages
 * have time of their own (decision 0151). One who asks alone is answered at once.
 * @returns rejects with ParlourError not_found: not this visitor's | overloaded
 */
export function createVisitorSyncs({
  pool,
  namesIn,
  turns,
  isBusy,
  now = () => performance.now(),
}: VisitorSyncsDeps) {
  const waiting = new Rota<Asked>();
  let running = false;
  let size = 1;

  const pick = (): Asked[] => {
    const picked: Asked[] = [];
    while (picked.length < size) {
      const one = waiting.next();
      if (!one) break;
      const late = tooLate(one.since, now());
      if (late) one.reject(late);
      else picked.push(one);
    }
    return picked;
  };

  const answer = async (group: readonly Asked[]): Promise<void> => {
    const pages = await visitorPages(pool, group, namesIn);
    let events = 0;
    for (const [index, { resolve, reject }] of group.entries()) {
      const page = pages[index];
      events += page?.events.length ?? 0;
      if (page) resolve(page);
      else reject(new ParlourError('not_found'));
    }
    const fitting = Math.floor((EVENTS / Math.max(1, events)) * group.length);
    size = Math.min(MOST, Math.max(1, fitting));
  };

  /** @returns ms it took, its waiting for a turn aside */
  const next = (): Promise<number> =>
    // Among visitors who list one by one all of these are one; members come first.
    turns.inTurnOf('visitor', 'syncs', async () => {
      const began = now();
      const group = pick();
      if (group.length === 0) return 0;
      await answer(group).catch((error: unknown) => {
        for (const { reject } of group) reject(error);
      });
      return now() - began;
    });

  const work = async (): Promise<void> => {
    while (waiting.size > 0) {
      try {
        const tookMs = await next();
        if (waiting.size > 0 && isBusy()) await pause(Math.min(LONGEST_REST_MS, tookMs));
      } catch (error) {
        // Their turn came too late.
        for (const { reject } of pick()) reject(error);
      }
    }
    running = false;
  };

  return (ctx: VisitorCtx, conversationId: string, after: number): Promise<Sync> => {
    if (waiting.size >= MOST_WAITING) {
      const retryAfterMs = 500 + Math.round(Math.random() * 2_500);
      return Promise.reject(new ParlourError('overloaded', { retryAfterMs }));
    }
    return new Promise((resolve, reject) => {
      const asked = { ctx, conversationId, after, since: now(), resolve, reject };
      waiting.add(ctx.actor.visitorId, asked);
      if (running) return;
      running = true;
      void work();
    });
  };
}
