import fc from 'fast-check';
import type { SystemLine } from '../../model.ts';

/**
 * Random charts within the subset: trees of states, and a list of transitions over them. A transition
 * that makes no sense where it fell (out of a final state, a second delay of the same name around it)
 * is left out when the chart is built, so that what fast-check shrinks stays a chart.
 */

export const EVENTS = [
  'visitor.message',
  'queue.staffed',
  'queue.unstaffed',
  'conversation.ended',
] as const;
export const CONDITIONS = ['c0', 'c1', 'c2'] as const;
export const DELAYS = ['d0', 'd1', 'd2', 'd3', 'd4'] as const;

export interface StateSketch {
  children: StateSketch[];
  initial: number;
  /** Taken as said only without children, and not where the flow starts. */
  final: boolean;
  entry: number;
  exit: number;
}

export interface EdgeSketch {
  source: number;
  trigger:
    | { on: (typeof EVENTS)[number] }
    | { after: (typeof DELAYS)[number] }
    | 'always'
    | 'onDone';
  target: number | null;
  /** How the target is written, when there is a choice. */
  absolute: boolean;
  reenter: boolean;
  guard: { condition: (typeof CONDITIONS)[number]; is: boolean } | null;
  actions: number;
}

export interface ChartSketch {
  initial: number;
  states: StateSketch[];
  edges: EdgeSketch[];
}

/** Actions say their own names; a line the visitor never sees, typed as one they might. */
export const lineOf = (name: string): SystemLine => name as SystemLine;

const count = fc.constantFrom(0, 0, 1, 2);

const state: fc.Memo<StateSketch> = fc.memo((depth) =>
  fc.record({
    children:
      depth <= 1
        ? fc.constant<StateSketch[]>([])
        : fc.oneof(
            { weight: 3, arbitrary: fc.constant<StateSketch[]>([]) },
            { weight: 2, arbitrary: fc.array(state(depth - 1), { minLength: 1, maxLength: 3 }) },
          ),
    initial: fc.nat({ max: 2 }),
    final: fc.constantFrom(false, false, true),
    entry: count,
    exit: count,
  }),
);

const edge: fc.Arbitrary<EdgeSketch> = fc.record({
  source: fc.nat({ max: 30 }),
  trigger: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...EVENTS.map((on) => ({ on }))) },
    { weight: 3, arbitrary: fc.constantFrom(...DELAYS.map((after) => ({ after }))) },
    { weight: 3, arbitrary: fc.constant('always' as const) },
    { weight: 2, arbitrary: fc.constant('onDone' as const) },
  ),
  target: fc.option(fc.nat({ max: 30 }), { freq: 5 }),
  absolute: fc.boolean(),
  reenter: fc.boolean(),
  guard: fc.option(fc.record({ condition: fc.constantFrom(...CONDITIONS), is: fc.boolean() }), {
    freq: 1,
  }),
  actions: count,
});

export const arbitraryChart: fc.Arbitrary<ChartSketch> = fc.record({
  initial: fc.nat({ max: 3 }),
  states: fc.array(state(4), { minLength: 2, maxLength: 5, size: 'max' }),
  // fast-check prefers few of anything; a chart says little without many ways.
  edges: fc.array(edge, { minLength: 8, maxLength: 40, size: 'max' }),
});

/** One thing that happens: an event, or one of the live timers is due. */
export interface Happening {
  event: (typeof EVENTS)[number] | { timer: number };
  /** What the guards find, one bit a condition. */
  conditions: number;
}

export const arbitraryHappenings: fc.Arbitrary<Happening[]> = fc.array(
  fc.record({
    event: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...EVENTS) },
      { weight: 1, arbitrary: fc.record({ timer: fc.nat({ max: 4 }) }) },
    ),
    conditions: fc.nat({ max: 7 }),
  }),
  { minLength: 6, maxLength: 24, size: 'max' },
);
