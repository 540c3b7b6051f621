import { Writable } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import { createLogger } from '#lib/observability/logger.ts';
import { type Loop, startLoop } from './index.ts';

let loop: Loop | undefined;
afterEach(() => loop?.stop());

const HOUR = 3_600_000;
const silent = createLogger({ level: 'silent' });

/** A piece of work whose runs the test ends one by one. */
function byHand() {
  const started: (() => void)[] = [];
  const waiting: (() => void)[] = [];
  return {
    work: () =>
      new Promise<void>((resolve) => {
        started.push(resolve);
        waiting.shift()?.();
      }),
    /** The next run that has begun; its end. */
    async next(): Promise<() => void> {
      if (started.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
      const end = started.shift();
      if (!end) throw new Error('no run');
      return end;
    },
    get open() {
      return started.length;
    },
  };
}

test('runs at once, one at a time; many pokes during a run make one more', async () => {
  const hand = byHand();
  loop = startLoop({ name: 'test', everyMs: HOUR, log: silent, work: hand.work });
  const first = await hand.next();
  for (let i = 0; i < 10; i += 1) loop.poke();
  expect(hand.open).toBe(0);
  first();
  const second = await hand.next();
  second();
  await new Promise((resolve) => setImmediate(resolve));
  expect(hand.open).toBe(0);
  loop.poke();
  (await hand.next())();
});

test('stop waits for the running one, and no other begins', async () => {
  const hand = byHand();
  loop = startLoop({ name: 'test', everyMs: 0, log: silent, work: hand.work });
  const end = await hand.next();
  loop.poke();
  let over = false;
  const stopping = loop.stop().then(() => {
    over = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(over).toBe(false);
  end();
  await stopping;
  loop.poke();
  await new Promise((resolve) => setImmediate(resolve));
  expect(hand.open).toBe(0);
});

test('a series of failures is logged at its beginning and its end, and ends by itself', async () => {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _, done) {
      lines.push(JSON.parse(String(chunk)).msg);
      done();
    },
  });
  let runs = 0;
  await new Promise<void>((resolve) => {
    loop = startLoop({
      name: 'test',
      everyMs: 1,
      log: createLogger({ level: 'info' }, sink),
      work: async () => {
        runs += 1;
        if (runs <= 3) throw new Error('database gone');
        if (runs === 5) resolve();
      },
    });
  });
  expect(lines).toEqual(['test_failed', 'test_recovered']);
});
