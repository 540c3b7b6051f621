import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { DueTimer } from './claim.ts';
import { createSchedule } from './schedule.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const timer: DueTimer = {
  workspaceId: 'w',
  conversationId: 'c',
  name: 'offer',
  gen: 1,
  dueAt: 0,
  inMs: 0,
};

test('one that failed waits longer each time, and is forgotten once nobody asks for it again', async () => {
  let fired = 0;
  const schedule = createSchedule({
    width: 1,
    fire: async () => {
      fired += 1;
      return 'later';
    },
  });
  schedule.add(timer);
  await vi.advanceTimersByTimeAsync(500);
  schedule.add(timer);
  expect(fired).toBe(1);
  await vi.advanceTimersByTimeAsync(600);
  schedule.add(timer);
  await vi.advanceTimersByTimeAsync(1_500);
  schedule.add(timer);
  expect(fired).toBe(2);
  expect(schedule.taken).toBe(1);
  // Another node has it, or its conversation moved on: no poll returns its row any more.
  await vi.advanceTimersByTimeAsync(120_000);
  expect(schedule.taken).toBe(0);
  await schedule.stop();
});
