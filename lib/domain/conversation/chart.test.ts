import { expect, test } from 'vitest';
import { compileFlow } from './compile.ts';
import type { FlowDefinition, StateDefinition } from './definition.ts';
import { open, step } from './engine.ts';
import type { FlowEvent, Snapshot } from './model.ts';
import { asMoved, OPENING, SALES, SECOND, T0 } from './test/fixtures.ts';

/** The machine format, on small flows of bot states. Actions leave their mark as a priority or memory. */

const mark = (key: string) => ({ type: 'remember', params: { key, value: true } }) as const;
const bot = (state: StateDefinition = {}): StateDefinition => ({ phase: 'bot', ...state });
const close = { 'conversation.ended': '#t.end' } as const;
const staffedNews: FlowEvent = { type: 'queue.staffed', queueId: SALES };
const unstaffedNews: FlowEvent = { type: 'queue.unstaffed', queueId: SALES };
const hello: FlowEvent = { type: 'visitor.message' };

function run(states: Record<string, StateDefinition>, over: Partial<FlowDefinition> = {}) {
  const flow = compileFlow({
    id: 't',
    initial: Object.keys(states)[0] ?? '',
    delays: {},
    states: { ...states, end: { type: 'final', phase: 'closed' } },
    ...over,
  });
  let now = T0;
  let snapshot: Snapshot = asMoved(open(flow, OPENING, now)).snapshot;
  return {
    get at() {
      return snapshot;
    },
    get marks() {
      return Object.keys(snapshot.memory);
    },
    ask: (event: FlowEvent) => step(flow, snapshot, event, now),
    on(event: FlowEvent, wait = 0) {
      now += wait;
      const moved = asMoved(step(flow, snapshot, event, now));
      snapshot = moved.snapshot;
      return moved;
    },
  };
}

test('S1: the leaf is asked before what is around it; a guard that says no passes on', () => {
  const never = { type: 'memory', params: { key: 'never', is: true } } as const;
  const m = run({
    outer: {
      initial: 'a',
      on: { ...close, 'visitor.message': { target: '.b' }, 'queue.staffed': { target: '.b' } },
      states: {
        a: bot({
          on: {
            'visitor.message': { actions: [mark('leaf')] },
            'queue.staffed': { guard: never, target: '#t.end' },
          },
        }),
        b: bot(),
      },
    },
  });
  m.on(hello);
  expect([m.at.state, m.marks]).toEqual(['outer.a', ['leaf']]);
  m.on(staffedNews);
  expect(m.at.state).toBe('outer.b');
});

test('S2: exit from the inside out, actions, entry from the outside in', () => {
  const m = run({
    a: {
      initial: 'in',
      exit: [mark('2 exit a')],
      on: { ...close, 'visitor.message': { target: 'b', actions: [mark('3 action')] } },
      states: { in: bot({ exit: [mark('1 exit a.in')] }) },
    },
    b: {
      initial: 'in',
      entry: [mark('4 entry b')],
      on: close,
      states: { in: bot({ entry: [mark('5 entry b.in')] }) },
    },
  });
  m.on(hello);
  expect(m.marks).toEqual(['1 exit a.in', '2 exit a', '3 action', '4 entry b', '5 entry b.in']);
});

test('S2: into itself leaves nothing of itself, unless it reenters', () => {
  const m = run(
    {
      a: {
        initial: 'x',
        exit: [mark('left')],
        after: { pause: 'end' },
        on: {
          ...close,
          'visitor.message': '.y',
          'queue.staffed': { target: 'a', reenter: true },
          'queue.unstaffed': 'a',
        },
        states: { x: bot(), y: bot() },
      },
    },
    { delays: { pause: { ms: 5 * SECOND, base: 'entered' } } },
  );
  const gen = m.at.timers.pause?.gen;
  m.on(hello, SECOND);
  m.on(unstaffedNews, SECOND);
  expect([m.at.state, m.marks, m.at.timers.pause?.gen]).toEqual(['a.x', [], gen]);
  m.on(staffedNews, SECOND);
  expect([m.at.state, m.marks]).toEqual(['a.x', ['left']]);
  expect(m.at.timers.pause).toMatchObject({ gen: m.at.stateRev, startedAt: T0 + 3 * SECOND });
});

test('S3, S6: without a target it stays, and still counts', () => {
  const m = run({
    a: bot({
      exit: [mark('left')],
      on: { ...close, 'visitor.message': { actions: [mark('seen')] } },
    }),
  });
  const moved = m.on(hello, SECOND);
  expect(moved.transitions).toEqual([{ from: 'a', to: 'a', trigger: 'visitor.message' }]);
  expect(m.at).toMatchObject({ stateRev: 2, enteredAt: T0, memory: { seen: true } });
});

test('S4, S6: always is followed, then onDone, in one step', () => {
  const m = run({
    a: bot({ on: { ...close, 'visitor.message': 'b' } }),
    b: {
      initial: 'one',
      onDone: 'c',
      states: { one: bot({ always: 'two' }), two: { type: 'final', phase: 'bot' } },
    },
    c: bot({ on: close }),
  });
  const moved = m.on(hello);
  expect(moved.transitions.map((t) => t.trigger)).toEqual(['visitor.message', 'always', 'done']);
  expect(m.at).toMatchObject({ state: 'c', stateRev: 2 });
});

test('S5: guards see the conversation as it was', () => {
  const set = { type: 'memory', params: { key: 'set', is: true } } as const;
  const m = run({
    a: bot({ on: { ...close, 'visitor.message': { target: 'b', actions: [mark('set')] } } }),
    b: bot({ on: close, always: { guard: set, target: 'c' } }),
    c: bot({ on: close }),
  });
  m.on(hello);
  expect(m.at.state).toBe('b');
});

test('T1, T6: leaving ends a delay; one that acted is gone, target or not', () => {
  const m = run(
    {
      a: bot({
        after: { first: { actions: [mark('first')] }, second: 'b' },
        on: { ...close, 'visitor.message': 'b' },
      }),
      b: bot({ on: close }),
    },
    {
      delays: {
        first: { ms: 2 * SECOND, base: 'entered' },
        second: { ms: 9 * SECOND, base: 'entered' },
      },
    },
  );
  m.on({ type: 'timer.fired', name: 'first', gen: 1 }, 2 * SECOND);
  expect([m.marks, Object.keys(m.at.timers)]).toEqual([['first'], ['second']]);
  expect(m.ask({ type: 'timer.fired', name: 'first', gen: 1 })).toEqual({ kind: 'unchanged' });
  const { effects } = m.on(hello);
  expect(effects).toEqual([{ type: 'timer.clear', name: 'second' }]);
});

test('T5, T7: bases and given delays', () => {
  const m = run(
    {
      a: bot({
        on: {
          ...close,
          'visitor.message': 'b',
        },
        after: { idle: 'end' },
      }),
      b: bot({ on: close, after: { silence: 'end' } }),
    },
    {
      delays: {
        idle: { ms: 5 * SECOND, base: 'queued' },
        silence: { ms: 5 * SECOND, base: 'visitor' },
      },
    },
  );
  const { effects } = m.on(hello, SECOND);
  expect(effects).toContainEqual({
    type: 'timer.set',
    name: 'silence',
    gen: 2,
    dueAt: T0 + 6 * SECOND,
  });
});
