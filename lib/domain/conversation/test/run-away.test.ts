import { describe, expect, test } from 'vitest';
import { buildChart } from '../chart.ts';
import { compileFlow } from '../compile.ts';
import type { FlowDefinition, StateDefinition } from '../definition.ts';
import { open, step } from '../engine.ts';
import { validateFlow } from '../validate.ts';
import { asMoved, MINUTE, OPENING, T0 } from './fixtures.ts';

/** Transitions without an event that never come to rest: XState follows them for ever. */

const bot = (state: StateDefinition = {}): StateDefinition => ({ phase: 'bot', ...state });
const end: StateDefinition = { type: 'final', phase: 'closed' };
const flowOf = (states: Record<string, StateDefinition>): FlowDefinition => ({
  id: 't',
  initial: 'a',
  delays: { soon: { ms: MINUTE, base: 'entered' } },
  states: { ...states, end },
});
const start = bot({
  on: { 'visitor.message': 'x', 'conversation.ended': 'end' },
  after: { soon: 'x' },
});
const yes = { type: 'memory', params: { key: 'never', is: null } } as const;

const CIRCLES: [string, Record<string, StateDefinition>][] = [
  ['two states', { x: bot({ always: 'y' }), y: bot({ always: 'x' }) }],
  ['one state into itself', { x: bot({ always: { target: 'x', reenter: true } }) }],
  ['without a target', { x: bot({ always: { guard: yes, actions: [] } }) }],
  [
    'an end that begins again',
    {
      x: {
        initial: 'y',
        onDone: { target: 'x', reenter: true },
        states: { y: bot({ always: 'z' }), z: { type: 'final', phase: 'bot' } },
      },
    },
  ],
  [
    'around an end',
    {
      x: {
        initial: 'y',
        always: { guard: yes, target: '.y' },
        onDone: 'end',
        states: { y: { type: 'final', phase: 'bot' } },
      },
    },
  ],
];

describe('a circle of transitions without an event', () => {
  test.each(CIRCLES)('V3: %s, is refused', (_, states) => {
    const issues = validateFlow(flowOf({ a: start, ...states }));
    expect(issues.map(({ message }) => message).join()).toMatch(/without an event/);
  });

  test.each(CIRCLES)('S9: %s, never checked, changes nothing and ends', (_, states) => {
    const flow = { chart: buildChart(flowOf({ a: start, ...states })).chart };
    const { snapshot } = asMoved(open(flow, OPENING, T0));
    expect(step(flow, snapshot, { type: 'visitor.message' }, T0)).toMatchObject({
      kind: 'refused',
      violation: expect.stringMatching(/^S9/),
    });
    const fired = { type: 'timer.fired', name: 'soon', gen: 1 } as const;
    expect(step(flow, snapshot, fired, T0 + MINUTE)).toMatchObject({
      kind: 'postponed',
      dueAt: T0 + MINUTE + 30_000,
    });
  });

  test('S9: it does not open', () => {
    const chart = buildChart({ ...flowOf({ a: bot({ always: 'b' }), b: bot({ always: 'a' }) }) });
    expect(open({ chart: chart.chart }, OPENING, T0)).toMatchObject({ kind: 'refused' });
  });
});

test('S9: as many transitions as a sound flow may need are followed', () => {
  const states: Record<string, StateDefinition> = {};
  for (let index = 0; index < 300; index += 1) {
    states[`s${index}`] = bot({ always: index < 299 ? `s${index + 1}` : 'end' });
  }
  const flow = compileFlow({ id: 't', initial: 's0', delays: {}, states: { ...states, end } });
  const opened = asMoved(open(flow, OPENING, T0));
  expect(opened.snapshot.state).toBe('end');
  expect(opened.transitions).toHaveLength(301);
});
