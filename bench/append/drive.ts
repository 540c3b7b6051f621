import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { build, type Histogram } from 'hdr-histogram-js';
import type { VisitorOutput } from '#lib/protocol/envelope.ts';
import type { Conversations } from '#server/conversation/index.ts';
import { keyOf, type Ledger, talkerOf } from './ledger.ts';
import { patiently, run, type Talker, TEXTS } from './people.ts';

export interface Load {
  node: Conversations;
  talkers: readonly Talker[];
  ledger: Ledger;
}

/** Tells keys of one run from those of another. */
let sent = 0;

/** Of the message that is sent next. */
export const nextNumber = (): number => sent;

/** One message of the next visitor in turn, through the product's own command. */
export async function sendNext({ node, talkers, ledger }: Load): Promise<void> {
  const count = sent++;
  const { conversationId, ctx } = talkerOf(talkers, count);
  const clientKey = keyOf(count);
  const text = TEXTS[count % TEXTS.length];
  try {
    const { seq } = await patiently(
      () =>
        run<VisitorOutput<'message.send'>>(node, ctx, 'message.send', {
          conversationId,
          clientKey,
          text,
        }),
      () => {
        ledger.sentAway += 1;
      },
    );
    ledger.acknowledged(count, seq);
  } catch (error) {
    ledger.failed(error);
  }
}

/** Latencies in µs, up to a minute, three digits. */
export const newHistogram = (): Histogram =>
  build({ highestTrackableValue: 60_000_000, numberOfSignificantValueDigits: 3 });

/** Rounds of `size` messages at once, the next when all are acknowledged: groups of that size. */
export async function inRounds(load: Load, size: number, ms: number) {
  const latency = newHistogram();
  const began = performance.now();
  let count = 0;
  while (performance.now() - began < ms) {
    const start = performance.now();
    await Promise.all(Array.from({ length: size }, () => sendNext(load)));
    latency.recordValue(Math.round((performance.now() - start) * 1000));
    count += size;
  }
  return { perSecond: (count / (performance.now() - began)) * 1000, count, latency };
}

/** Always `width` on their way: the most the path takes. */
export async function full(load: Load, width: number, ms: number) {
  const began = performance.now();
  let count = 0;
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (performance.now() - began < ms) {
        await sendNext(load);
        count += 1;
      }
    }),
  );
  return { perSecond: (count / (performance.now() - began)) * 1000, count };
}

/**
 * Open loop: message n is due at n / rate whatever became of those before, and its latency counts
 * from then, so that a stall is paid by all whom it would have met. The first `warmUpMs` are not
 * counted. What sends shares the loop it measures; that costs a message about a microsecond, and every
 * lateness of its own is in the figures. A thread beside it says when (metronome.ts).
 */
export async function atRate(
  send: () => Promise<void>,
  rate: number,
  warmUpMs: number,
  ms: number,
) {
  const latency = newHistogram();
  const lateness = newHistogram();
  const gap = 1000 / rate;
  const total = Math.floor((warmUpMs + ms) / gap);
  // Counted, not kept: what is measured shares this heap.
  let pending = 0;
  let next = 0;
  let most = 0;
  let allAnswered = () => {};
  const answered = new Promise<void>((resolve) => {
    allAnswered = resolve;
  });
  const heard = new Int32Array(new SharedArrayBuffer(4));
  heard[0] = 1;
  const metronome = new Worker(new URL('metronome.ts', import.meta.url), {
    workerData: { heard: heard.buffer },
  });
  await once(metronome, 'online');
  const began = performance.now();
  await new Promise<void>((resolve, reject) => {
    metronome.on('error', reject);
    metronome.on('message', () => {
      const now = performance.now() - began;
      for (; next < total && next * gap <= now; next += 1) {
        const due = next * gap;
        const counted = due >= warmUpMs;
        if (counted) lateness.recordValue(Math.round((now - due) * 1000));
        pending += 1;
        void send().then(() => {
          pending -= 1;
          if (counted) latency.recordValue(Math.round((performance.now() - began - due) * 1000));
          if (pending === 0 && next >= total) allAnswered();
        });
      }
      most = Math.max(most, pending);
      Atomics.store(heard, 0, 1);
      if (next >= total) resolve();
    });
  });
  await metronome.terminate();
  if (pending > 0) await answered;
  return { latency, lateness, most, count: total };
}
