import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Waiting } from './append-queue.ts';
import { type LaneLeft, Lanes } from './lanes.ts';

const waiting = (clientId: string): Waiting => ({
  item: {
    ctx: { workspaceId: 'w', actor: { kind: 'system', name: 'timers' }, trace: '' },
    conversationId: 'c',
    key: { source: 'timer', clientId },
    entries: [],
  },
  order: 0,
  since: 0,
  deadline: Number.POSITIVE_INFINITY,
  resolve: () => undefined,
  reject: () => undefined,
});
const names = (items: readonly Waiting[]) => items.map((one) => one.item.key.clientId);
const nextTurn = () => vi.advanceTimersByTimeAsync(1_000);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Lanes whose attempts end when the test says so. */
function controlled(width: number) {
  const open: { items: Waiting[]; end: (left: LaneLeft) => void }[] = [];
  const lanes = new Lanes(
    width,
    (items) => new Promise((resolve) => open.push({ items, end: resolve })),
  );
  return { lanes, open };
}

async function until(what: () => boolean): Promise<void> {
  while (!what()) await nextTurn();
}

test('what comes during an attempt goes behind what the attempt left over', async () => {
  const { lanes, open } = controlled(1);
  lanes.push('c', waiting('one'));
  lanes.push('c', waiting('two'));
  await until(() => open.length === 1);
  expect(names(open[0]?.items ?? [])).toEqual(['one', 'two']);
  lanes.push('c', waiting('three'));
  open[0]?.end({ waiting: [waiting('two')], held: true });
  await until(() => open.length === 2);
  expect(names(open[1]?.items ?? [])).toEqual(['two', 'three']);
  open[1]?.end({ waiting: [], held: false });
  await until(() => lanes.idle);
  expect(lanes.has('c')).toBe(false);
});

test('no more lanes than its width are tried at once, and held ones leave places to the others', async () => {
  const { lanes, open } = controlled(4);
  for (const id of ['a', 'b', 'c', 'd']) lanes.push(id, waiting(id));
  lanes.push('late', waiting('late'));
  await until(() => open.length === 4);
  for (const attempt of open.slice()) attempt.end({ waiting: attempt.items, held: true });
  // All four are held; only two of them may come back while `late` is being tried.
  await until(() => open.length === 7);
  await nextTurn();
  expect(open).toHaveLength(7);
  expect(names(open.slice(4).flatMap((attempt) => attempt.items))).toContain('late');
  const ended = new Set(open.slice(0, 4));
  while (!lanes.idle) {
    for (const attempt of open) {
      if (!ended.has(attempt)) attempt.end({ waiting: [], held: false });
      ended.add(attempt);
    }
    await nextTurn();
  }
});
