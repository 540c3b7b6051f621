import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createCoalescer } from './coalesce.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('D5: the first goes at once, many become one, the last is never dropped', () => {
  const done: string[] = [];
  const coalescer = createCoalescer<string>(500, (key) => done.push(key));
  coalescer.ask('a');
  expect(done).toEqual(['a']);
  for (let n = 0; n < 100; n += 1) coalescer.ask('a');
  coalescer.ask('b');
  expect(done).toEqual(['a', 'b']);
  vi.advanceTimersByTime(499);
  expect(done).toEqual(['a', 'b']);
  vi.advanceTimersByTime(1);
  expect(done).toEqual(['a', 'b', 'a']);
  vi.advanceTimersByTime(10_000);
  expect(done).toEqual(['a', 'b', 'a']);
});

test('D5: at most two a second, however often it is asked', () => {
  let count = 0;
  const coalescer = createCoalescer<string>(500, () => {
    count += 1;
  });
  for (let ms = 0; ms < 10_000; ms += 10) {
    coalescer.ask('a');
    vi.advanceTimersByTime(10);
  }
  expect(count).toBeLessThanOrEqual(21);
});

test('closed: nothing runs any more', () => {
  const done: string[] = [];
  const coalescer = createCoalescer<string>(500, (key) => done.push(key));
  coalescer.ask('a');
  coalescer.ask('a');
  coalescer.close();
  vi.advanceTimersByTime(1_000);
  expect(done).toEqual(['a']);
});
