import type { Pool } from 'pg';
import type { VisitorOutput } from '#lib/protocol/envelope.ts';
import { ParlourError } from '#lib/protocol/errors.ts';
import type { VisitorCtx } from '../context.ts';
import type { FindNames } from '../presenters/names.ts';
import { channelViews } from './channel.ts';
import { outlinesOfMany } from './outlines.ts';
import { OUTLINES_PAGE } from './visitor-conversation.ts';

type List = VisitorOutput<'conversation.list'>;

/** Visitors in one statement; about 5 ms of one PostgreSQL backend. */
const MOST = 100;
/** Statements under way. */
const AT_ONCE = 2;
/** A batch that is not full begins so long after the one before: what comes meanwhile goes together. */
const EVERY_MS = 50;
/** Asked for and not yet begun; beyond that they come back later. */
const MOST_WAITING = 5_000;

interface Asked {
  ctx: VisitorCtx;
  resolve(list: List): void;
  reject(error: unknown): void;
}

/**
 * The first page of many visitors' lists together. Every open panel compares its heads every 15 s:
 * 15,000 idle visitors ask a thousand times a second, and one by one that costs more than all else
 * that a desk does for them. One who asks alone is answered at once.
 */
export function createHeadsBatch(pool: Pool, namesIn: (workspaceId: string) => FindNames) {
  const waiting: Asked[] = [];
  let underWay = 0;
  let begun = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  const answer = async (batch: readonly Asked[]): Promise<void> => {
    const visitors = batch.map(({ ctx }) => ctx);
    const [views, outlines] = await Promise.all([
      channelViews(pool, visitors),
      outlinesOfMany(pool, visitors, namesIn, OUTLINES_PAGE + 1),
    ]);
    for (const [index, { resolve, reject }] of batch.entries()) {
      const channel = views[index];
      const conversations = outlines[index] ?? [];
      if (!channel) reject(new ParlourError('not_found'));
      else {
        resolve({
          channel,
          conversations: conversations.slice(0, OUTLINES_PAGE),
          more: conversations.length > OUTLINES_PAGE,
        });
      }
    }
  };

  const proceed = () => {
    if (underWay >= AT_ONCE || waiting.length === 0) return;
    const early = EVERY_MS - (performance.now() - begun);
    if (early > 0 && waiting.length < MOST) {
      timer ??= setTimeout(() => {
        timer = undefined;
        proceed();
      }, early);
      return;
    }
    clearTimeout(timer);
    timer = undefined;
    const batch = waiting.splice(0, MOST);
    begun = performance.now();
    underWay += 1;
    answer(batch)
      .catch((error: unknown) => {
        for (const { reject } of batch) reject(error);
      })
      .finally(() => {
        underWay -= 1;
        proceed();
      });
    proceed();
  };

  /** @throws ParlourError not_found: the visitor or channel is gone | overloaded */
  return (ctx: VisitorCtx): Promise<List> => {
    if (waiting.length >= MOST_WAITING) {
      const retryAfterMs = 500 + Math.round(Math.random() * 2_500);
      return Promise.reject(new ParlourError('overloaded', { retryAfterMs }));
    }
    return new Promise((resolve, reject) => {
      waiting.push({ ctx, resolve, reject });
      proceed();
    });
  };
}
