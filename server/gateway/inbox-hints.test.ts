import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Committed } from '#server/conversation/index.ts';
import { createInboxHints } from './inbox-hints.ts';
import { rooms } from './rooms.ts';

const WORKSPACE = '01a1fdf3-63c9-7836-921a-000000000001';
const OWNER = '01a1fdf3-63c9-7836-921a-000000000002';

const snapshot = (ownerId: string | null) => ({ ownerId }) as Committed['after'];
const message = (ownerId: string | null) => {
  const after = snapshot(ownerId);
  return { workspaceId: WORKSPACE, before: after, after };
};

let told: string[] = [];
let hints: ReturnType<typeof createInboxHints>;

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  hints = createInboxHints((room) => told.push(room));
});

afterEach(() => {
  hints.close();
  vi.useRealTimers();
});

const everybody = rooms.inbox(WORKSPACE);
const owner = rooms.member(OWNER);
const times = (room: string) => told.filter((one) => one === room).length;

test('D4: the first message is told to all at once', () => {
  hints.committed(message(OWNER));
  expect(told.toSorted()).toEqual([owner, everybody].toSorted());
});

test('D4: more of them come to their owner each second, to the others each five; none is dropped', () => {
  for (let at = 0; at < 10_000; at += 100) {
    hints.committed(message(OWNER));
    vi.advanceTimersByTime(100);
  }
  expect(times(owner)).toBe(11);
  expect(times(everybody)).toBe(3);
  hints.committed(message(OWNER));
  vi.advanceTimersByTime(60_000);
  // What came after the last hint was told too.
  expect(times(everybody)).toBe(4);
});

test('D4: what moves a conversation, and what nobody serves, is told to all four times a second', () => {
  for (let at = 0; at < 1_000; at += 50) {
    const moved = { workspaceId: WORKSPACE, before: snapshot(null), after: snapshot(OWNER) };
    hints.committed(at % 100 === 0 ? moved : message(null));
    vi.advanceTimersByTime(50);
  }
  expect(times(everybody)).toBe(5);
  expect(times(owner)).toBe(0);
});
