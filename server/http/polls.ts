import { ParlourError } from '#lib/protocol/errors.ts';
import type { VisitorPoll } from '#lib/protocol/visitor-http.ts';
import type { Conversations, VisitorCtx } from '#server/conversation/index.ts';
import type { Reads } from '#server/conversation/reads/index.ts';

/** Below the idle limits of common proxies (30 s and more). */
const LONGEST_MS = 25_000;
/** What other nodes commit is found by looking; this node's commits wake at once. */
const LOOK_MS = 3_000;
const MOST_WAITING = 5_000;
const MOST_PER_PERSON = 4;

const personOf = (contactId: string, channelId: string) => `${contactId} ${channelId}`;

/** Long polls of visitors whose network blocks WebSockets. Nothing is kept between two of them. */
export function createPolls(conversations: Conversations, reads: Reads) {
  const waiting = new Map<string, Set<() => void>>();
  let count = 0;
  let closed = false;
  const stop = conversations.onCommitted(({ record, events }) => {
    if (!events.some((event) => event.publicSeq !== null)) return;
    const wakes = waiting.get(personOf(record.contactId, record.channelId));
    for (const wake of wakes ?? []) wake();
  });

  /** Until this node commits something for the person, or it is time to look anyway. */
  const pause = (person: string, ms: number, signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      const wakes = waiting.get(person) ?? new Set();
      waiting.set(person, wakes);
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        wakes.delete(done);
        if (wakes.size === 0) waiting.delete(person);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done, { once: true });
      wakes.add(done);
    });

  return {
    /** @throws ParlourError overloaded: too many wait already */
    async wait(
      ctx: VisitorCtx,
      heads: Readonly<Record<string, number>>,
      signal: AbortSignal,
    ): Promise<VisitorPoll> {
      const person = personOf(ctx.actor.contactId, ctx.actor.channelId);
      if (count >= MOST_WAITING || (waiting.get(person)?.size ?? 0) >= MOST_PER_PERSON) {
        throw new ParlourError('overloaded', { retryAfterMs: 5_000 });
      }
      count += 1;
      try {
        const until = performance.now() + LONGEST_MS;
        for (;;) {
          const found = await reads.outlines(ctx);
          if (found.some((one) => (heads[one.id] ?? 0) !== one.head)) {
            return { changed: true, conversations: found };
          }
          const left = until - performance.now();
          if (left <= 0 || closed || signal.aborted) return { changed: false, conversations: [] };
          await pause(person, Math.min(left, LOOK_MS), signal);
        }
      } finally {
        count -= 1;
      }
    },
    close(): void {
      closed = true;
      stop();
      for (const wakes of waiting.values()) for (const wake of [...wakes]) wake();
    },
  };
}
